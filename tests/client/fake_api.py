"""A transport that answers like a small API server, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

from myriarch.client.http import Request, Response

WIDGETS = "/apis/test.io/v1/widgets"


def widget(name: str, version: int, uid: str = "", size: int = 1) -> dict[str, Any]:
    meta = {"name": name, "uid": uid or f"uid-{name}", "resourceVersion": str(version)}
    return {"metadata": meta, "size": size}


def status(code: int, reason: str, message: str = "", **details: Any) -> bytes:
    body = {"kind": "Status", "code": code, "reason": reason, "message": message, "details": details}
    return json.dumps(body).encode()


class ScriptedTransport:
    """Answers each request with the next scripted response; keeps the requests."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def chunks(*parts: bytes) -> AsyncGenerator[bytes, None]:
    for part in parts:
        yield part


_DROP = b"\0"


class FakeApi:
    """One resource with a history that can be compacted and watches that can be dropped."""

    def __init__(self, page_objects: int = 3) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.version = 1
        self.oldest = 0
        self.lists = self.watches = 0
        self.faults: list[Callable[[Request], Response | None]] = []
        self._history: list[tuple[int, bytes]] = []
        self._open: list[asyncio.Queue[bytes]] = []
        self._page_objects = page_objects

    def put(self, name: str, uid: str = "", size: int = 1) -> None:
        self.version += 1
        kind = "MODIFIED" if name in self.objects else "ADDED"
        self.objects[name] = widget(name, self.version, uid, size)
        self._emit(kind, self.objects[name])

    def remove(self, name: str) -> None:
        self.version += 1
        gone = self.objects.pop(name)
        gone = gone | {"metadata": gone["metadata"] | {"resourceVersion": str(self.version)}}
        self._emit("DELETED", gone)

    def bookmark(self) -> None:
        self._tell("BOOKMARK", {"metadata": {"resourceVersion": str(self.version)}})

    def drop_watches(self) -> None:
        for queue in self._open:
            queue.put_nowait(_DROP)
        self._open.clear()

    def compact(self) -> None:
        """Forget history: older watches get 410."""
        self.oldest = self.version

    def fail_next(self, code: int, reason: str) -> None:
        self.faults.append(lambda _request: Response(code, status(code, reason)))

    async def send(self, request: Request) -> Response:
        if self.faults:
            answer = self.faults.pop(0)(request)
            if answer is not None:
                return answer
        assert request.path == WIDGETS
        return self._watch(request) if "watch" in request.query else self._list(request)

    def _list(self, request: Request) -> Response:
        self.lists += 1
        names = sorted(self.objects)
        limit = min(int(request.query.get("limit", len(names) or 1)), self._page_objects)
        begin = int(request.query.get("continue", 0))
        page = names[begin : begin + limit]
        meta: dict[str, Any] = {"resourceVersion": str(self.version)}
        if "limit" in request.query and begin + limit < len(names):
            meta["continue"] = str(begin + limit)
        elif "limit" not in request.query:
            page = names
        items = [self.objects[name] for name in page]
        return Response(200, json.dumps({"metadata": meta, "items": items}).encode())

    def _watch(self, request: Request) -> Response:
        self.watches += 1
        since = int(request.query["resourceVersion"])
        if since < self.oldest:
            gone = json.loads(status(410, "Expired"))
            return Response(200, stream=chunks(json.dumps({"type": "ERROR", "object": gone}).encode() + b"\n"))
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        for version, line in self._history:
            if version > since:
                queue.put_nowait(line)
        self._open.append(queue)
        return Response(200, stream=self._stream(queue))

    async def _stream(self, queue: asyncio.Queue[bytes]) -> AsyncGenerator[bytes, None]:
        while (line := await queue.get()) != _DROP:
            half = len(line) // 2
            yield line[:half]
            yield line[half:]

    def _emit(self, kind: str, obj: dict[str, Any]) -> None:
        self._history.append((self.version, self._tell(kind, obj)))

    def _tell(self, kind: str, obj: dict[str, Any]) -> bytes:
        line = json.dumps({"type": kind, "object": obj}).encode() + b"\n"
        for queue in self._open:
            queue.put_nowait(line)
        return line

"""A small API server of any resource: get, list, watch, create, merge patch (apply counts as one), delete, evict.

It keeps JSON and knows no schema; tests play the controllers by writing to it. ``refuse`` makes requests fail.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

from myriarch.client.http import Request, Response

Object = dict[str, Any]


class LittleApi:
    """Objects by path: ``/api/v1/nodes/n1``."""

    def __init__(self) -> None:
        self.objects: dict[str, Object] = {}
        self.requests: list[tuple[str, str]] = []
        self.refuse: Callable[[Request], Response | None] = lambda _request: None
        self._version = 1
        self._watches: list[tuple[str, dict[str, str], asyncio.Queue[bytes]]] = []

    # What tests do

    def put(self, path: str, body: Object) -> None:
        """Create or replace, as a controller of the test would."""
        known = self.objects.get(path)
        self._store(path, json.loads(json.dumps(body)), "MODIFIED" if known is not None else "ADDED")

    def merge(self, path: str, patch: Object) -> None:
        self._store(path, merged(self.objects[path], patch), "MODIFIED")

    def remove(self, path: str) -> None:
        gone = self.objects.pop(path)
        self._version += 1
        self._emit(path, "DELETED", gone)

    # Transport

    async def send(self, request: Request) -> Response:
        refused = self.refuse(request)
        if request.method != "GET":
            self.requests.append((request.method, request.path))
        if refused is not None:
            return refused
        match request.method:
            case "GET" if request.query.get("watch"):
                return Response(200, stream=self._watch(request))
            case "GET" if request.path in self.objects:
                return self._answer(self.objects[request.path])
            case "GET" if _is_collection(request.path):
                return self._list(request)
            case "POST":
                return self._create(request)
            case "PATCH" if request.path in self.objects:
                self.merge(request.path, json.loads(request.body))
                return self._answer(self.objects[request.path])
            case "DELETE" if request.path in self.objects:
                self.remove(request.path)
                return self._answer({})
        return failure(404, "NotFound")

    def _create(self, request: Request) -> Response:
        body = json.loads(request.body)
        if request.path.endswith("/eviction"):
            self.remove(request.path.removesuffix("/eviction"))
            return Response(201, b"{}")
        path = f"{request.path}/{body['metadata']['name']}"
        if path in self.objects:
            return failure(409, "AlreadyExists")
        self.put(path, body)
        return self._answer(self.objects[path], 201)

    def _answer(self, body: Object, code: int = 200) -> Response:
        return Response(code, json.dumps(body).encode())

    def _list(self, request: Request) -> Response:
        items = [o for path, o in sorted(self.objects.items()) if _within(path, request.path)]
        items = [o for o in items if _selected(o, dict(request.query))]
        return self._answer({"metadata": {"resourceVersion": str(self._version)}, "items": items})

    async def _watch(self, request: Request) -> AsyncGenerator[bytes, None]:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        entry = (request.path, dict(request.query), queue)
        self._watches.append(entry)
        try:
            while True:
                yield await queue.get()
        finally:
            self._watches.remove(entry)

    def _store(self, path: str, body: Object, event: str) -> None:
        self._version += 1
        meta = body.setdefault("metadata", {})
        meta.setdefault("name", path.rpartition("/")[2])
        meta.setdefault("uid", f"uid-{self._version}")
        meta["resourceVersion"] = str(self._version)
        self.objects[path] = body
        self._emit(path, event, body)

    def _emit(self, path: str, event: str, body: Object) -> None:
        line = json.dumps({"type": event, "object": body}).encode() + b"\n"
        for watched, query, queue in self._watches:
            if _within(path, watched) and _selected(body, query):
                queue.put_nowait(line)


def failure(code: int, reason: str, message: str = "", **details: Any) -> Response:
    body = {"kind": "Status", "code": code, "reason": reason, "message": message or reason, "details": details}
    return Response(code, json.dumps(body).encode())


def merged(known: Any, patch: Any) -> Any:
    """JSON merge patch."""
    if not isinstance(patch, dict):
        return patch
    result = dict(known) if isinstance(known, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _is_collection(path: str) -> bool:
    parts = path.strip("/").split("/")
    parts = parts[2:] if parts[0] == "api" else parts[3:]
    return len(parts) % 2 == 1


def _within(path: str, collection: str) -> bool:
    """Whether the object at ``path`` is in a collection, of one namespace or of all."""
    folder, _, _ = path.rpartition("/")
    if folder == collection:
        return True
    head, _, plural = collection.rpartition("/")
    return folder.startswith(f"{head}/namespaces/") and folder.endswith(f"/{plural}")


def _selected(body: Object, query: dict[str, str]) -> bool:
    field = query.get("fieldSelector", "")
    if field:
        key, _, value = field.partition("=")
        found: Any = body
        for part in key.split("."):
            found = found.get(part, {}) if isinstance(found, dict) else {}
        if found != value:
            return False
    labels = body["metadata"].get("labels", {})
    wanted = query.get("labelSelector", "")
    return all(labels.get(k) == v for k, _, v in (each.partition("=") for each in wanted.split(",") if each))

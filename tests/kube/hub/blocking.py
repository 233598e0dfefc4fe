"""A real API server under a hub on virtual time.

The hub's loop runs on virtual time in the test's thread; HTTP runs on a loop of real time in another. A request blocks
the hub's thread until it is answered *and* every open watch that must hear of it has heard: so virtual time stands
still meanwhile, nothing else runs in between, and the order of all that happens is the same in every run. To the hub
the server is as one that answers at once. That is what makes its decisions comparable, one by one, with those of a
hub on the embedded server.

Times of creation are those of the hub's clock, as the embedded server writes them; real ones would lie in its future.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from myriarch.api.kinds import KINDS
from myriarch.base.clock import Clock, rfc3339
from myriarch.client.errors import Unreachable
from myriarch.client.http import Request, Response
from myriarch.client.kubeconfig import load_kubeconfig
from myriarch.client.refs import ref_of
from myriarch.client.remote import RemoteTransport
from myriarch.client.resource import EVENTS, HUB

T = TypeVar("T")

PATIENCE_SECONDS = 30.0
WATCH_SECONDS = 3600
HTTP_OK = range(200, 300)


@dataclass(slots=True)
class Watch:
    """One open watch. ``version`` and ``deleted`` (uids) are what it has heard of; ``arrived`` what the hub has not."""

    collection: str
    version: int
    arrived: deque[bytes] = field(default_factory=deque)
    ready: deque[bytes] = field(default_factory=deque)
    deleted: set[str] = field(default_factory=set)
    ended: bool = False
    waiter: asyncio.Future[None] | None = None
    reading: Any = None

    def covers(self, path: str) -> bool:
        """Whether an object at ``path`` is among what is watched."""
        return covers(self.collection, path)


def covers(collection: str, path: str) -> bool:
    """A collection holds what is below it; that of all namespaces, what is in each."""
    if path.startswith(f"{collection}/"):
        return True
    group, _, plural = collection.rpartition("/")
    parts = path.removeprefix(f"{group}/namespaces/").split("/")
    return path.startswith(f"{group}/namespaces/") and len(parts) > 1 and parts[1] == plural


class BlockingServer:
    """Use as a context; ``clock`` is set by whoever plays a story over it."""

    def __init__(self, kubeconfig: Path) -> None:
        self._remote = RemoteTransport(load_kubeconfig(kubeconfig))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._heard = threading.Condition()
        self._watches: list[Watch] = []
        self._created: dict[str, str] = {}
        self.clock: Clock | None = None
        self.requests = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wait(self._remote.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)
        self._loop.close()

    def begin(self, clock: Clock) -> None:
        """Implements ``tests.hub.house.Ground``."""
        self.clock = clock
        for ref in (*map(ref_of, KINDS.values()), EVENTS):
            every = Request("GET", ref.path(HUB))
            for item in msgspec.json.decode(self._wait(self._remote.send(every)).body)["items"]:
                path = ref.path(HUB, item["metadata"].get("namespace", ""), item["metadata"]["name"])
                self._wait(self._remote.send(Request("DELETE", path)))

    def transport(self, _user: str) -> Self:
        """Everybody is the user of the kubeconfig."""
        return self

    async def send(self, request: Request) -> Response:
        """Implements ``Transport``. Never gives way to other tasks."""
        self.requests += 1
        if request.query.get("watch") == "true":
            return self._open(request)
        response = self._wait(self._remote.send(request))
        if request.method != "GET" and response.status in HTTP_OK:
            self._await_watches(request, msgspec.json.decode(response.body))
        self._deliver()
        return Response(response.status, self._dated(response.body), response.headers)

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)

    # Watches

    def _open(self, request: Request) -> Response:
        query = {**request.query, "timeoutSeconds": str(WATCH_SECONDS)}
        response = self._wait(self._remote.send(Request("GET", request.path, query, request.headers)))
        if response.stream is None:
            return response
        watch = Watch(request.path, int(request.query.get("resourceVersion") or 0))
        watch.reading = asyncio.run_coroutine_threadsafe(self._read(watch, response.stream), self._loop)
        self._watches.append(watch)
        return Response(response.status, b"", response.headers, self._stream(watch))

    async def _read(self, watch: Watch, stream: AsyncIterator[bytes]) -> None:
        """In the other thread: note every line, and what it is about."""
        rest = b""
        try:
            async for chunk in stream:
                *lines, rest = (rest + chunk).split(b"\n")
                with self._heard:
                    for line in filter(None, lines):
                        self._note(watch, line)
                    self._heard.notify_all()
        except Unreachable:
            pass
        finally:
            with self._heard:
                watch.ended = True
                self._heard.notify_all()

    def _note(self, watch: Watch, line: bytes) -> None:
        event = msgspec.json.decode(line)
        metadata = event["object"].get("metadata", {})
        if event["type"] == "BOOKMARK":
            return
        if event["type"] == "DELETED":
            watch.deleted.add(metadata["uid"])
        watch.version = max(watch.version, int(metadata.get("resourceVersion") or 0))
        watch.arrived.append(line + b"\n")

    def _await_watches(self, request: Request, answer: dict[str, Any]) -> None:
        """Wait until every watch has heard of the write."""
        path = request.path if request.method != "POST" else f"{request.path}/new"
        uid = answer.get("details", {}).get("uid", "") if answer["kind"] == "Status" else ""
        version = 0 if uid else int(answer.get("metadata", {}).get("resourceVersion") or 0)
        concerned = [watch for watch in self._watches if watch.covers(path)]

        def heard() -> bool:
            return all(
                watch.ended or (uid in watch.deleted if uid else watch.version >= version) for watch in concerned
            )

        with self._heard:
            assert self._heard.wait_for(heard, PATIENCE_SECONDS), f"no watch tells of {request.method} {path}"

    def _deliver(self) -> None:
        """Hand what has arrived to the hub, watch by watch in the order of their beginning."""
        with self._heard:
            for watch in self._watches:
                watch.ready.extend(watch.arrived)
                watch.arrived.clear()
                if (watch.ready or watch.ended) and watch.waiter is not None and not watch.waiter.done():
                    watch.waiter.set_result(None)

    async def _stream(self, watch: Watch) -> AsyncIterator[bytes]:
        try:
            while True:
                while watch.ready:
                    yield self._dated(watch.ready.popleft())
                if watch.ended:
                    return
                watch.waiter = asyncio.get_running_loop().create_future()
                await watch.waiter
        finally:
            self._watches.remove(watch)
            watch.reading.cancel()

    # Times

    def _dated(self, body: bytes) -> bytes:
        """``body`` with the times of creation as of the hub's clock."""
        if b'"creationTimestamp":"' not in body:
            return body
        decoded = msgspec.json.decode(body)
        for each in decoded.get("items") or [decoded.get("object", decoded)]:
            metadata = each["metadata"]
            if metadata.get("creationTimestamp"):
                assert self.clock is not None
                now = rfc3339(self.clock.now())
                metadata["creationTimestamp"] = self._created.setdefault(metadata["uid"], now)
        return msgspec.json.encode(decoded) + (b"\n" if body.endswith(b"\n") else b"")

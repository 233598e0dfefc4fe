"""Watches: who wants which changes, and the streams that carry them.

A change costs what its watchers cost. Watches of a single object (``metadata.name=x``) are found by a
dictionary look-up, so ten thousand agents that each watch their own object don't slow one another's
writes. A stream has no task and no timer of its own unless it asked for a timeout: changes are put into its
buffer, and its reader takes everything that has gathered as one chunk.

A reader too slow for the changes is cut off: its stream ends, and the client resumes or lists again, as it
must be able to anyway. What a change looks like on the wire is the encoder's business (``negotiate.py``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from myriarch.apiserver.record import Bucket, Change, Record

MAX_BUFFERED_CHUNKS = 20_000

Matches = Callable[[Record], bool]
Encoder = Callable[[Change], bytes]
BookmarkEncoder = Callable[[int, bool], bytes]
"""(version, initial events end here) -> line."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a watch covers: a bucket, or one namespace of it, or one object. ``None`` means every."""

    bucket: Bucket
    namespace: str | None = None
    name: str | None = None


class Stream:
    """One watch: an async iterator of chunks, each some lines of JSON. Ends when closed from either side."""

    def __init__(
        self, hub: Watches, scope: Scope, matches: Matches | None, encode: Encoder, bookmark: BookmarkEncoder | None
    ) -> None:
        self.scope = scope
        self.bookmark = bookmark
        self.version = 0  # of the last change or bookmark sent
        self._hub = hub
        self._matches = matches
        self._encode = encode
        self._chunks: list[bytes] = []
        self._reader: asyncio.Future[None] | None = None
        self._ended = False
        self._timer: asyncio.TimerHandle | None = None

    def end_after(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._time_out)

    def _time_out(self) -> None:
        self.send_bookmark(self._hub.version())
        self.end()

    def offer(self, change: Change) -> None:
        """Take a change if it matters here; what enters or leaves the selection is added or deleted."""
        seen = change if self._matches is None else selected(change, self._matches)
        if seen is not None:
            self.version = change.version
            self.push(self._encode(seen))

    def send_bookmark(self, version: int, *, initial: bool = False) -> None:
        """Tell the client how far it has seen, unless that is nothing new."""
        if self.bookmark is not None and (initial or version > self.version) and not self._ended:
            self.version = max(version, self.version)
            self.push(self.bookmark(version, initial))

    def push(self, chunk: bytes) -> None:
        if self._ended:
            return
        self._chunks.append(chunk)
        if len(self._chunks) > MAX_BUFFERED_CHUNKS:
            self.end()
        self._wake()

    def end(self) -> None:
        """No more changes; what is buffered can still be read."""
        if self._ended:
            return
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        self._hub.forget(self)
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def __aiter__(self) -> Stream:
        return self

    async def __anext__(self) -> bytes:
        while not self._chunks:
            if self._ended:
                raise StopAsyncIteration
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        chunk = b"".join(self._chunks)
        self._chunks.clear()
        return chunk

    async def aclose(self) -> None:
        self._chunks.clear()
        self.end()


def selected(change: Change, matches: Matches) -> Change | None:
    """The change as a watcher of the selection sees it."""
    after = change.type != "DELETED" and matches(change.record)
    before = change.previous is not None and matches(change.previous)
    if after:
        return change if before or change.type == "ADDED" else Change("ADDED", change.record, None)
    if not before or change.previous is None:
        return None
    if change.type == "DELETED":
        return change
    return Change("DELETED", change.previous.at_version(change.version), change.previous)


class _Watched:
    """The streams of one bucket. Dictionaries keep the order in which they came."""

    __slots__ = ("everything", "namespaces", "objects")

    def __init__(self) -> None:
        self.everything: dict[Stream, None] = {}
        self.namespaces: dict[str, dict[Stream, None]] = {}
        self.objects: dict[tuple[str, str], dict[Stream, None]] = {}

    def shelf_of(self, scope: Scope) -> dict[Stream, None]:
        if scope.namespace is None:
            return self.everything
        if scope.name is None:
            return self.namespaces.setdefault(scope.namespace, {})
        return self.objects.setdefault((scope.namespace, scope.name), {})

    def drop(self, stream: Stream) -> None:
        scope = stream.scope
        self.shelf_of(scope).pop(stream, None)
        if scope.namespace is not None and scope.name is not None:
            if not self.objects[scope.namespace, scope.name]:
                del self.objects[scope.namespace, scope.name]
        elif scope.namespace is not None and not self.namespaces[scope.namespace]:
            del self.namespaces[scope.namespace]

    def concerned(self, namespace: str, name: str) -> list[Stream]:
        return [
            *self.everything,
            *self.namespaces.get(namespace, ()),
            *self.objects.get((namespace, name), ()),
        ]

    def __bool__(self) -> bool:
        return bool(self.everything or self.namespaces or self.objects)


class Watches:
    """Every open stream. ``version()`` tells how far committed changes have got."""

    def __init__(self, version: Callable[[], int]) -> None:
        self.version = version
        self._watched: dict[Bucket, _Watched] = {}
        self._streams: dict[Stream, None] = {}

    def __len__(self) -> int:
        return len(self._streams)

    def open(self, scope: Scope, matches: Matches | None, encode: Encoder, bookmark: BookmarkEncoder | None) -> Stream:
        """A stream that gets every change from now on."""
        stream = Stream(self, scope, matches, encode, bookmark)
        self._watched.setdefault(scope.bucket, _Watched()).shelf_of(scope)[stream] = None
        self._streams[stream] = None
        return stream

    def is_watched(self, bucket: Bucket) -> bool:
        return bucket in self._watched

    def publish(self, change: Change) -> None:
        for stream in self.concerned(*change.record.key):
            stream.offer(change)

    def concerned(self, bucket: Bucket, namespace: str, name: str) -> list[Stream]:
        """The streams that a change of the object must be offered to."""
        watched = self._watched.get(bucket)
        return watched.concerned(namespace, name) if watched is not None else []

    def forget(self, stream: Stream) -> None:
        if stream not in self._streams:
            return
        del self._streams[stream]
        watched = self._watched.get(stream.scope.bucket)
        if watched is not None:
            watched.drop(stream)
            if not watched:
                del self._watched[stream.scope.bucket]

    def wants_bookmarks(self) -> bool:
        return any(stream.bookmark is not None for stream in self._streams)

    def send_bookmarks(self) -> None:
        version = self.version()
        for stream in list(self._streams):
            stream.send_bookmark(version)

    def end_all(self) -> None:
        for stream in list(self._streams):
            stream.end()

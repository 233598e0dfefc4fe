"""HTTP/1.1 as cheaply as Python can: requests made of bytes, answers read no further than to their end.

The load must not be what is measured, so nothing is parsed but a status, a length, and the sizes of chunks.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

HEAD_END = b"\r\n\r\n"
EVENT_END = b"}\n"


@dataclass(frozen=True, slots=True)
class Server:
    """Where to ask, and with which token. ``context`` is None for plain HTTP."""

    url: str
    token: str
    context: ssl.SSLContext | None

    @property
    def place(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 0)

    def request(self, method: str, path: str, body: bytes = b"", content_type: str = "application/json") -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.place[0]}\r\nAuthorization: Bearer {self.token}\r\n"
        head += "Accept: application/json\r\n"
        if body:
            head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"\r\n" + body


class Lane(asyncio.Protocol):
    """One kept-alive connection; one request at a time. ``received`` counts bytes of bodies."""

    def __init__(self) -> None:
        self.received = 0
        self._transport: asyncio.WriteTransport | None = None
        self._answer: asyncio.Future[bytes] | None = None
        self._buffer = bytearray()
        self._body = 0
        self._end = -1
        self._next_chunk = -1

    @classmethod
    async def open(cls, server: Server) -> Self:
        _, lane = await asyncio.get_running_loop().create_connection(cls, *server.place, ssl=server.context)
        return lane

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer, as it came. Raises RuntimeError for a status that is not 2xx."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._buffer.clear()
        self._body, self._end, self._next_chunk = 0, -1, -1
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._body and not self._read_head():
            return
        if self._next_chunk >= 0:
            self._skip_chunks()
        if 0 <= self._end <= len(self._buffer):
            self._finish()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(RuntimeError(f"the server closed the connection: {exc}"))

    def _read_head(self) -> bool:
        end = self._buffer.find(HEAD_END)
        if end < 0:
            return False
        self._body = end + len(HEAD_END)
        head = bytes(self._buffer[:end]).lower()
        at = head.find(b"\r\ncontent-length:")
        if at < 0:
            self._next_chunk = self._body
        else:
            self._end = self._body + int(head[at + 17 :].split(b"\r\n", 1)[0])
        return True

    def _skip_chunks(self) -> None:
        """From the size of a chunk to that of the next, until the empty one."""
        while (line := self._buffer.find(b"\r\n", self._next_chunk)) >= 0:
            size = int(self._buffer[self._next_chunk : line], 16)
            self._next_chunk = line + size + 4
            if not size:
                self._end = self._next_chunk
            if not size or self._next_chunk >= len(self._buffer):
                return

    def _finish(self) -> None:
        assert self._answer is not None
        self.received += self._end - self._body
        if self._buffer[9:10] != b"2":
            self._answer.set_exception(RuntimeError(f"the server answered {bytes(self._buffer[:400])!r}"))
        elif not self._answer.done():
            self._answer.set_result(bytes(self._buffer[self._body : self._end]))


class Watch(asyncio.Protocol):
    """One watch, which only counts its events; ``finished`` when it has seen ``wanted``."""

    def __init__(self, request: bytes, wanted: int) -> None:
        self._request = request
        self._left = wanted
        self._tail = b""
        loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[None] = loop.create_future()
        self.finished: asyncio.Future[None] = loop.create_future()
        self._transport: asyncio.WriteTransport | None = None

    @classmethod
    async def open(cls, server: Server, path: str, wanted: int) -> Watch:
        """Returns once the server has answered with a stream."""
        request = server.request("GET", path)
        loop = asyncio.get_running_loop()
        _, watch = await loop.create_connection(lambda: cls(request, wanted), *server.place, ssl=server.context)
        await watch.begun
        return watch

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self.begun.done():
            if data.startswith(b"HTTP/1.1 200"):
                self.begun.set_result(None)
            else:
                self.begun.set_exception(RuntimeError(f"no watch: {data[:300]!r}"))
        seen = self._tail + data
        self._left -= seen.count(EVENT_END)
        self._tail = b"}" if data[-1:] == b"}" else b""
        if self._left <= 0 and not self.finished.done():
            self.finished.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        for waiting in (self.begun, self.finished):
            if not waiting.done():
                waiting.set_exception(RuntimeError(f"the server ended the watch: {exc}"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

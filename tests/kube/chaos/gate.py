"""A TCP proxy that can part its two sides: by silence, as a broken network does, or by refusing connections.

It runs on a loop of its own in a thread. Silence holds what is under way and loses nothing: once the gate opens, bytes
flow on, as they do when TCP sends them again.
"""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

CHUNK_BYTES = 65_536
CLOSING_SECONDS = 10.0


class Gate:
    """In front of ``port`` of the loopback interface, itself on ``self.port``. Use as a context."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._loop = asyncio.new_event_loop()
        self._flow = asyncio.Event()
        self._flow.set()
        self._refusing = False
        self._open: set[asyncio.StreamWriter] = set()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = int(self._server.sockets[0].getsockname()[1])
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(CLOSING_SECONDS)
        self._server.close()

    def silence(self) -> None:
        """Nothing passes, nothing is closed."""
        self._loop.call_soon_threadsafe(self._flow.clear)

    def refuse(self) -> None:
        """What is open is cut, what is new is closed at once."""

        def cut() -> None:
            self._refusing = True
            for writer in list(self._open):
                writer.transport.abort()

        self._loop.call_soon_threadsafe(cut)

    def open(self) -> None:
        """Everything passes again."""

        def mend() -> None:
            self._refusing = False
            self._flow.set()

        self._loop.call_soon_threadsafe(mend)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flow.wait()
        try:
            if self._refusing:
                raise ConnectionRefusedError
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        await asyncio.gather(self._copy(reader, back), self._copy(there, writer))

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                await self._flow.wait()
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        finally:
            self._open.discard(writer)
            writer.close()

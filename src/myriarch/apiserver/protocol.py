"""uvicorn's connection, hardened: who the client's certificate names, and limits on clients that dawdle.

A connection that sends no request, a request's head or body that never ends, and a head that is too long are cut
off, so that idle sockets can't use up the server. A request that arrives whole, as nearly all do, costs no timer.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

CERTIFICATE: Final = "myriarch.certificate"
"""Where in an ASGI scope the client's certificate is, as DER; empty where there is none."""

MAX_HEAD_BYTES: Final = 64 * 1024
FIRST_REQUEST_SECONDS: Final = 20.0
HEAD_SECONDS: Final = 10.0
BODY_SECONDS: Final = 60.0
_TOO_LONG: Final = b"the head of the request is too long"


class _Part(Enum):
    NONE = 0
    HEAD = 1
    BODY = 2


_SECONDS = {_Part.HEAD: HEAD_SECONDS, _Part.BODY: BODY_SECONDS}


class GuardedProtocol(HttpToolsProtocol):
    """What of a request has not arrived yet is ``_part``; ``_timer`` cuts the connection when it doesn't come."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._certificate = _certificate(transport)
        self._part = _Part.NONE
        self._head_bytes = 0
        self._timed = _Part.NONE
        self._timer: asyncio.TimerHandle | None = self.loop.call_later(FIRST_REQUEST_SECONDS, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._part is not _Part.BODY:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._part is _Part.HEAD and self._head_bytes > MAX_HEAD_BYTES:
            self._refuse()
        elif self._part is not self._timed or (self._part is _Part.NONE and self._timer is not None):
            self._time()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._part = _Part.HEAD
        self.scope[CERTIFICATE] = self._certificate  # type: ignore[typeddict-unknown-key]

    def on_headers_complete(self) -> None:
        self._part = _Part.BODY
        self._head_bytes = 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._part = _Part.NONE
        super().on_message_complete()

    def _time(self) -> None:
        """Begin to wait for the part that is missing now, or stop waiting."""
        self._cancel()
        self._timed = self._part
        if self._part is not _Part.NONE:
            self._timer = self.loop.call_later(_SECONDS[self._part], self.transport.abort)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self) -> None:
        head = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain\r\nconnection: close\r\n"
        self.transport.write(head + b"content-length: %d\r\n\r\n" % len(_TOO_LONG) + _TOO_LONG)
        self.transport.close()


def _certificate(transport: Any) -> bytes:
    tls = transport.get_extra_info("ssl_object")
    return (tls.getpeercert(binary_form=True) or b"") if tls is not None else b""

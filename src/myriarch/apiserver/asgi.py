"""From ASGI to requests and back: the thin skin between uvicorn and ``ApiServer.handle``.

It checks the token, gathers the body up to its limit, and pumps streams until they end, the client goes
away, or the server stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from myriarch.apiserver.auth import TokenAuth
from myriarch.apiserver.call import MAX_BODY_BYTES
from myriarch.apiserver.documents import HEALTH
from myriarch.apiserver.negotiate import JSON_HEADERS
from myriarch.apiserver.record import encode
from myriarch.apiserver.status import ApiError, too_large, unauthorized
from myriarch.client.http import Request, Response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Handle = Callable[[Request, str], Awaitable[Response]]

ANONYMOUS = "system:anonymous"
OPEN_PATHS = frozenset(f"/{name}" for name in HEALTH)


class AsgiApp:
    """An ASGI application over ``handle``."""

    def __init__(self, handle: Handle, auth: TokenAuth) -> None:
        self._handle = handle
        self._auth = auth
        self._pumps: dict[asyncio.Task[None], None] = {}

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is spoken, not {scope['type']}")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["path"]
        user = ANONYMOUS if path in OPEN_PATHS else self._auth.user(headers.get("authorization", ""))
        if user is None:
            await _send_whole(send, _refusal(unauthorized()))
            return
        body = await _body(receive)
        if body is None:
            await _send_whole(send, _refusal(too_large(MAX_BODY_BYTES)))
            return
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        response = await self._handle(Request(scope["method"], path, query, headers, body), user)
        if response.stream is None:
            await _send_whole(send, response)
        else:
            await self._stream(response, response.stream, receive, send)

    def end_streams(self) -> None:
        """Cut every open watch, so that the server can stop at once."""
        for pump in list(self._pumps):
            pump.cancel()

    async def _stream(self, response: Response, stream: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
        await send(_start(response))
        pump = asyncio.create_task(_pump(stream, send))
        gone = asyncio.create_task(_disconnected(receive))
        self._pumps[pump] = None
        try:
            await asyncio.wait((pump, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._pumps[pump]
            left = not gone.done()
            for task in (pump, gone):
                task.cancel()
            await asyncio.gather(pump, gone, return_exceptions=True)
            await _close(stream)
        if left:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is too large."""
    message = await receive()
    if not message.get("more_body", False):
        whole: bytes = message.get("body", b"")
        return whole if len(whole) <= MAX_BODY_BYTES else None
    parts: list[bytes] = []
    size = 0
    while True:
        part = message.get("body", b"")
        size += len(part)
        if size <= MAX_BODY_BYTES:
            parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts) if size <= MAX_BODY_BYTES else None
        message = await receive()


async def _pump(stream: AsyncIterator[bytes], send: Send) -> None:
    async for chunk in stream:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _close(stream: AsyncIterator[bytes]) -> None:
    close = getattr(stream, "aclose", None)
    if close is not None:
        await close()


async def _send_whole(send: Send, response: Response) -> None:
    await send(_start(response))
    await send({"type": "http.response.body", "body": response.body, "more_body": False})


def _start(response: Response) -> Message:
    headers = [(name.encode("latin-1"), value.encode("utf-8")) for name, value in response.headers.items()]
    if response.stream is None:
        headers.append((b"content-length", str(len(response.body)).encode()))
    return {"type": "http.response.start", "status": response.status, "headers": headers}


def _refusal(error: ApiError) -> Response:
    return Response(error.code, encode(error.body()), JSON_HEADERS)

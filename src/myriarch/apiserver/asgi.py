"""From ASGI to requests and back: the thin skin between uvicorn and ``ApiServer.handle``.

It leads each request through the ``Doorway`` (who asks, within which limits), gathers the body up to its limit, and
pumps streams until they end, the client goes away, or the server stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from myriarch.apiserver.access.doorway import Doorway
from myriarch.apiserver.access.impersonation import PREFIX, SEPARATOR
from myriarch.apiserver.access.user import ANONYMOUS, User
from myriarch.apiserver.call import MAX_BODY_BYTES
from myriarch.apiserver.protocol import CERTIFICATE
from myriarch.apiserver.server import refused
from myriarch.apiserver.status import ApiError, too_large
from myriarch.client.http import Request, Response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Handle = Callable[[Request, User], Awaitable[Response]]

_IMPERSONATE = PREFIX.encode()


class AsgiApp:
    """An ASGI application over ``handle``."""

    def __init__(self, handle: Handle, doorway: Doorway) -> None:
        self._handle = handle
        self._doorway = doorway
        self._pumps: dict[asyncio.Task[None], None] = {}

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"only HTTP is spoken, not {scope['type']}")
        address = scope["client"][0] if scope.get("client") else ""
        begun = self._doorway.begun()
        request = _request(scope)
        user = ANONYMOUS
        try:
            self._doorway.check_path(scope["raw_path"])
            user = self._doorway.user(request.path, request.headers, scope.get(CERTIFICATE, b""), address)
            body = await _body(receive)
            if body is None:
                raise too_large(MAX_BODY_BYTES)
            response = await self._handle(replace(request, body=body) if body else request, user)
        except ApiError as error:
            response = refused(error)
        code = await self._answer(response, user, receive, send)
        self._doorway.note(request, _uri(scope), user, address, begun, code)

    async def _answer(self, response: Response, user: User, receive: Receive, send: Send) -> int:
        """Send it; the status that went out."""
        stream = response.stream
        if stream is not None:
            try:
                with self._doorway.watching(user):
                    await self._stream(response, stream, receive, send)
                return response.status
            except ApiError as error:
                await _close(stream)
                response = refused(error)
        await _send_whole(send, response)
        return response.status

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


def _request(scope: Mapping[str, Any]) -> Request:
    """The request without its body. Of repeated headers the last counts, but each of an impersonation does."""
    headers: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin-1"), value.decode("latin-1")
        headers[name] = headers[name] + SEPARATOR + text if raw.startswith(_IMPERSONATE) and name in headers else text
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return Request(scope["method"], scope["path"], query, headers)


def _uri(scope: Mapping[str, Any]) -> str:
    query = scope["query_string"]
    whole: bytes = scope["raw_path"] + b"?" + query if query else scope["raw_path"]
    return whole.decode("latin-1")

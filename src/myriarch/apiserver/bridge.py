"""Requests that arrive in one thread and are handled on the event loop of another.

Chunks of a stream are fetched one by one, so that a slow reader holds up nothing but its own watch. All
that crosses is bytes and plain values. Where the other loop is gone, the answer is 503.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from myriarch.apiserver.access.user import User
from myriarch.apiserver.asgi import Handle
from myriarch.apiserver.negotiate import JSON_HEADERS
from myriarch.apiserver.record import encode
from myriarch.apiserver.status import unavailable
from myriarch.client.http import Request, Response

T = TypeVar("T")


def bridged(handle: Handle, loop: asyncio.AbstractEventLoop) -> Handle:
    """``handle``, run on ``loop``, to be awaited on any other."""

    async def across(request: Request, user: User) -> Response:
        try:
            response = await _on(loop, _handled(handle, request, user))
        except RuntimeError:
            return Response(503, encode(unavailable("the hub has stopped").body()), JSON_HEADERS)
        if response.stream is None:
            return response
        return replace(response, stream=_Bridged(response.stream, loop))

    return across


async def _handled(handle: Handle, request: Request, user: User) -> Response:
    return await handle(request, user)


async def _on(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    try:
        handed = asyncio.run_coroutine_threadsafe(work, loop)
    except RuntimeError:
        work.close()
        raise
    return await asyncio.wrap_future(handed)


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    return await anext(stream, None)


async def _close(stream: AsyncIterator[bytes]) -> None:
    close = getattr(stream, "aclose", None)
    if close is not None:
        await close()


class _Bridged:
    """A stream of the other loop."""

    def __init__(self, stream: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self._stream = stream
        self._loop = loop

    def __aiter__(self) -> _Bridged:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await _on(self._loop, _next(self._stream))
        except RuntimeError:
            raise StopAsyncIteration from None
        if chunk is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Ask the other loop to close the stream; doesn't wait, it may be stopping."""
        closing = _close(self._stream)
        try:
            asyncio.run_coroutine_threadsafe(closing, self._loop)
        except RuntimeError:
            closing.close()

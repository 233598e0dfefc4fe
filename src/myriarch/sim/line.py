"""The line between a participant and the API server, on which transport faults sit.

The hub asks ``Lines.wrap`` for each participant's transport. While no fault is active a request passes
straight on; else each active disturbance, in the order of arrival, may answer it, delay it, or spoil its
answer. Open watches are remembered so that a fault can cut them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from myriarch.client.errors import Unreachable
from myriarch.client.http import Request, Response, Transport

Forward = Callable[[Request], Awaitable[Response]]

CONTROLLERS = "controllers"
AGENTS = "agents"
PARTICIPANTS = (CONTROLLERS, AGENTS)


class Disturbance(Protocol):
    """What a transport fault does while it is active."""

    async def send(self, participant: str, request: Request, forward: Forward) -> Response:
        """Answer ``request``, by ``forward`` or otherwise. Raises Unreachable where no answer comes."""


class CutStream:
    """A watch that can be cut from outside: its reader then sees the connection break."""

    def __init__(self, inner: AsyncIterator[bytes], forget: Callable[[CutStream], None]) -> None:
        self._inner = inner
        self._forget = forget
        self._cut = False

    def cut(self) -> None:
        self._cut = True
        end = getattr(self._inner, "end", None)
        if end is not None:
            end()

    def __aiter__(self) -> CutStream:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._inner)
        except StopAsyncIteration:
            self._forget(self)
            if self._cut:
                raise Unreachable("the connection was cut") from None
            raise

    async def aclose(self) -> None:
        self._forget(self)
        close = getattr(self._inner, "aclose", None)
        if close is not None:
            await close()


class Lines:
    """The lines of all participants."""

    def __init__(self) -> None:
        self._disturbances: list[Disturbance] = []
        self._streams: dict[str, dict[CutStream, None]] = {name: {} for name in PARTICIPANTS}

    def wrap(self, participant: str, transport: Transport) -> Transport:
        """The hub's ``wrap``."""
        return _Line(self, participant, transport)

    def disturb(self, disturbance: Disturbance) -> None:
        self._disturbances.append(disturbance)

    def calm(self, disturbance: Disturbance) -> None:
        self._disturbances.remove(disturbance)

    def cut_watches(self, participants: tuple[str, ...]) -> int:
        """Cut every open watch of the participants; how many there were."""
        streams = [stream for name in participants for stream in self._streams.get(name, ())]
        for stream in streams:
            stream.cut()
        return len(streams)

    async def send(self, participant: str, request: Request, transport: Transport) -> Response:
        """Pass the request through every active disturbance."""
        forward: Forward = transport.send
        for disturbance in reversed(self._disturbances):
            forward = _through(disturbance, participant, forward)
        response = await forward(request)
        if response.stream is None:
            return response
        return self._cuttable(participant, response)

    def _cuttable(self, participant: str, response: Response) -> Response:
        assert response.stream is not None
        streams = self._streams.setdefault(participant, {})
        stream = CutStream(response.stream, lambda gone: streams.pop(gone, None) and None)
        streams[stream] = None
        return Response(response.status, response.body, response.headers, stream)


def _through(disturbance: Disturbance, participant: str, forward: Forward) -> Forward:
    async def send(request: Request) -> Response:
        return await disturbance.send(participant, request, forward)

    return send


class _Line:
    """One participant's transport."""

    def __init__(self, lines: Lines, participant: str, transport: Transport) -> None:
        self._lines = lines
        self._participant = participant
        self._transport = transport

    async def send(self, request: Request) -> Response:
        return await self._lines.send(self._participant, request, self._transport)

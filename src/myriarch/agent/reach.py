"""Whether an API server answers: a transport in between, which hears of every answer and of every silence.

Nobody asks a server just to know: what informers, heartbeats and reports find is enough. Two things hang on it.
An agent whose hub is away works on with what it knows, and an agent whose cluster is away judges nothing by what
it saw last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from myriarch.base.errors import UserFault
from myriarch.client.errors import UNREACHABLE, ApiError, Status, Unauthorized, Unreachable, error_of
from myriarch.client.http import Request, Response, Transport

_AWAY: Final = (502, 503, 504)
_NO_WORD: Final = (429, 500)

_UNASKED = Unreachable("it has not been asked yet", "Unasked")


class Reach:
    """What the last answer was. ``fault`` is None where the server answers and knows us."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self.fault: ApiError | UserFault | None = _UNASKED
        self._on_change = on_change

    @property
    def ok(self) -> bool:
        return self.fault is None

    @property
    def asked(self) -> bool:
        """Whether anything was tried yet."""
        return self.fault is not _UNASKED

    def answered(self, status: int, body: bytes) -> None:
        """An answer came. One that says that it is too busy, or that a request made it stumble (a webhook that fails,
        say), tells nothing of the server."""
        if status == 401:
            self._set(Unauthorized(Status(code=401, reason="Unauthorized", message="it does not know our credential")))
        elif status in _AWAY:
            found = error_of(status, body)
            self._set(Unreachable(f"it answers {status}: {found}", UNREACHABLE))
        elif status not in _NO_WORD:
            self._set(None)

    def failed(self, fault: ApiError | UserFault) -> None:
        """No answer came, or we had no credential to ask with."""
        self._set(fault)

    def _set(self, fault: ApiError | UserFault | None) -> None:
        before, self.fault = self.fault, fault
        if _told_apart(before) != _told_apart(fault):
            self._on_change()


def _told_apart(fault: ApiError | UserFault | None) -> str:
    if fault is None:
        return ""
    return fault.status.reason if isinstance(fault, ApiError) else type(fault).__name__


class ReachTransport:
    """``transport``, with ``reach`` told of what comes back."""

    def __init__(self, transport: Transport, reach: Reach) -> None:
        self._transport = transport
        self._reach = reach

    async def send(self, request: Request) -> Response:
        try:
            response = await self._transport.send(request)
        except (Unreachable, UserFault) as error:
            self._reach.failed(error)
            raise
        self._reach.answered(response.status, response.body)
        return response

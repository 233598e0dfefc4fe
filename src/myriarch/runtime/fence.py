"""Fencing: a controller that lost its share of the work, and does not know it yet, must not write.

Work is done in the name of a ``Hold``: one shard, held by this process for one *term*. The hold travels in a
context variable from the worker to the transport, so that no step in between passes it on by hand. Three fences
stand one behind the other:

1. A worker takes no key of a shard that is not held (``shards.py``).
2. ``FencedTransport`` refuses a write whose hold has run out by our own clock.
3. Writes that decide carry the term, and the API server refuses one that is older than what the object has (CEL
   transition rules of ``api/term.py``): a process that was stopped for hours just between the second fence and the
   socket is refused there. The refusal is taken for what it is: the shard is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from myriarch.api.term import STALE_TERM
from myriarch.base.clock import Clock
from myriarch.base.errors import Retryable
from myriarch.client.http import Request, Response, Transport

_READS: Final = frozenset({"GET", "HEAD"})
_INVALID: Final = 422
_MARK: Final = STALE_TERM.encode()


class Fenced(Retryable):
    """The shard is not ours any more, so nothing was written. Whoever holds it now does the work."""


class Hold:
    """One shard, held for one term; ``until`` is seconds of ``clock``. It is extended while renewals succeed."""

    def __init__(self, shard: int, term: int, until: float, clock: Clock) -> None:
        self.shard = shard
        self.term = term
        self.until = until
        self.lost = False
        self.users = 0
        self._clock = clock

    @property
    def valid(self) -> bool:
        """Whether nobody else may have taken the shard yet."""
        return not self.lost and self._clock.now() < self.until

    def check(self) -> None:
        """Raises Fenced where the hold has run out."""
        if not self.valid:
            raise Fenced(f"shard {self.shard}: term {self.term} is over")

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Work within is done in the name of this hold."""
        token = _HOLD.set(self)
        self.users += 1
        try:
            yield
        finally:
            self.users -= 1
            _HOLD.reset(token)


_HOLD: ContextVar[Hold | None] = ContextVar("hold", default=None)


def current_term() -> int:
    """The term in whose name work is done here; 0 where there is but one controller and no Leases."""
    hold = _HOLD.get()
    return hold.term if hold is not None else 0


class FencedTransport:
    """Lets writes through only while the hold that they are done for is valid. Reads always pass."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def send(self, request: Request) -> Response:
        hold = _HOLD.get()
        if hold is None or request.method in _READS:
            return await self._transport.send(request)
        hold.check()
        response = await self._transport.send(request)
        if response.status == _INVALID and _MARK in response.body:
            hold.lost = True
            raise Fenced(f"shard {hold.shard}: the API server refused term {hold.term} as an older one")
        return response

"""A clock that is off: the hub's, seen from its members, whose agents, nodes and people go by the true one.

Only the difference between the two sides can be told by either, so one of them is skewed.
"""

from __future__ import annotations

from myriarch.base.clock import Clock


class SkewedClock:
    """``ahead_seconds`` may be changed at any time: the clock then jumps. Waiting takes as long as ever."""

    def __init__(self, true: Clock) -> None:
        self._true = true
        self.ahead_seconds = 0.0

    def now(self) -> float:
        return self._true.now() + self.ahead_seconds

    async def sleep(self, seconds: float) -> None:
        await self._true.sleep(seconds)

"""The one place that reads the clock.

Time is an argument everywhere else: pure code is handed ``now`` in Unix seconds, and code that waits is
handed a ``Clock``. A hub has exactly one clock, real or virtual; the virtual one lives with the event
loop that drives it (``sim/loop.py``). Sockets and certificates always use real time.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol


class Clock(Protocol):
    """What code that waits may know of time."""

    def now(self) -> float:
        """Unix seconds, UTC, as this hub sees them."""

    async def sleep(self, seconds: float) -> None:
        """Return once ``seconds`` have passed on this clock."""


class RealClock:
    """The machine's clock."""

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SteadyClock:
    """The machine's clock as it was at the start, and from then on how much time has really passed: it never jumps, and
    goes on while the machine or the process is stopped. For how long something lasts, such as a lease."""

    def __init__(self) -> None:
        self._ahead = time.time() - time.clock_gettime(_STEADY)

    def now(self) -> float:
        return self._ahead + time.clock_gettime(_STEADY)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""The other stands still while the machine sleeps; not every system has this one."""


def real_now() -> float:
    """Unix seconds on the machine's clock: for tokens, and the bound of virtual time."""
    return time.time()


def wall_seconds() -> float:
    """Seconds on a monotonic wall clock, for measuring how long our own work took."""
    return time.perf_counter()


def rfc3339(unix_seconds: float) -> str:
    """``2026-01-05T00:00:00Z``: the form of ``metav1.Time`` (whole seconds, UTC)."""
    return _whole_second(int(unix_seconds))


@lru_cache(maxsize=256)
def _whole_second(unix_seconds: int) -> str:
    """Many objects are stamped within one second, and writing a date is slow."""
    return datetime.fromtimestamp(unix_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339_micro(unix_seconds: float) -> str:
    """``2026-01-05T00:00:00.000000Z``: the form of ``metav1.MicroTime``."""
    return datetime.fromtimestamp(unix_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_rfc3339(text: str) -> float:
    """Unix seconds of an RFC 3339 time. Raises ValueError where it is none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment.timestamp()

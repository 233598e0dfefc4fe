"""A queue of keys to work on: each at most once in line, and at most one worker on a key at a time.

Handlers of informers add keys, workers take them, and what a key stands for is read anew each time, so that
ten changes cost one step. A key added while it is worked on comes again afterwards. Delays run on the hub's
clock; the order is first come, first served, and the same in every run.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from myriarch.base.clock import Clock
from myriarch.base.errors import ProgrammerError
from myriarch.client.backoff import backoff_seconds

K = TypeVar("K", bound=Hashable)

KEYS_MAX: Final = 1_000_000
"""Distinct keys in line. There are never so many objects of one kind; more means keys that should not
differ.
"""

FIRST_RETRY_SECONDS: Final = 1.0
LONGEST_RETRY_SECONDS: Final = 300.0


class WorkQueue(Generic[K]):
    """``str(key)`` and ``seed`` determine the jitter of a key's retries."""

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int = 0,
        first_retry_seconds: float = FIRST_RETRY_SECONDS,
        longest_retry_seconds: float = LONGEST_RETRY_SECONDS,
    ) -> None:
        self._clock = clock
        self._seed = seed
        self._first_retry_seconds = first_retry_seconds
        self._longest_retry_seconds = longest_retry_seconds
        self._line: deque[K] = deque()
        self._in_line: set[K] = set()
        self._working: set[K] = set()
        self._again: set[K] = set()
        self._failures: dict[K, int] = {}
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._delays = _Delays[K]()
        self._timer: asyncio.Task[None] | None = None
        self._timer_due = float("inf")

    def __len__(self) -> int:
        """Keys in line now; neither those worked on nor those delayed."""
        return len(self._line)

    @property
    def idle(self) -> bool:
        """Whether nothing is in line or worked on (delayed keys may be)."""
        return not self._line and not self._working

    def next_due(self) -> float | None:
        """Unix seconds at which the next delayed key joins the line."""
        return self._delays.next_due()

    def add(self, key: K) -> None:
        """Put ``key`` in line, unless it is there. Raises ProgrammerError past ``KEYS_MAX``."""
        if key in self._working:
            self._again.add(key)
        elif key not in self._in_line:
            if len(self._line) >= KEYS_MAX:
                raise ProgrammerError(f"more than {KEYS_MAX} keys in line")
            self._line.append(key)
            self._in_line.add(key)
            self._wake_one()

    def add_after(self, key: K, seconds: float) -> None:
        """Put ``key`` in line ``seconds`` from now; of several such wishes the earliest holds."""
        if seconds <= 0:
            self.add(key)
            return
        self._delays.put(key, self._clock.now() + seconds)
        self._set_timer()

    def retry(self, key: K, at_least_seconds: float = 0.0) -> float:
        """Put ``key`` in line after a wait that doubles with each failure in a row; the wait in seconds."""
        failures = self._failures.get(key, 0) + 1
        self._failures[key] = failures
        wait = backoff_seconds(self._seed, str(key), failures, self._first_retry_seconds, self._longest_retry_seconds)
        wait = max(wait, at_least_seconds)
        self.add_after(key, wait)
        return wait

    def forget(self, key: K) -> None:
        """``key`` succeeded, or is given up: its next failure counts as the first."""
        self._failures.pop(key, None)

    def failures(self, key: K) -> int:
        return self._failures.get(key, 0)

    async def get(self) -> K:
        """The next key; call ``done`` with it afterwards.

        Taking a key cancels its delayed addition: whoever works on it says anew when to come back.
        """
        while not self._line:
            await self._wait()
        key = self._line.popleft()
        self._in_line.remove(key)
        self._working.add(key)
        self._delays.drop(key)
        return key

    def done(self, key: K) -> None:
        """Work on ``key`` is over. Raises ProgrammerError if it was not begun."""
        if key not in self._working:
            raise ProgrammerError(f"done({key!r}) without get()")
        self._working.remove(key)
        if key in self._again:
            self._again.remove(key)
            self.add(key)

    def close(self) -> None:
        """Stop the timer. Nothing delayed joins the line any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _wait(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._wake_one()  # This waiter was told of a key and can't take it: tell another.
            raise

    def _wake_one(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _set_timer(self) -> None:
        """Sleep until the earliest delay; replace a timer that would wake too late."""
        due = self._delays.next_due()
        if due is None or (self._timer is not None and self._timer_due <= due):
            return
        self.close()
        self._timer_due = due
        self._timer = asyncio.create_task(self._run_timer(due), name="queue timer")

    async def _run_timer(self, due: float) -> None:
        await self._clock.sleep(max(0.0, due - self._clock.now()))
        self._timer = None
        for key in self._delays.take_due(max(due, self._clock.now())):
            self.add(key)
        self._set_timer()


class _Delays(Generic[K]):
    """Keys with the moment at which each is due. Entries of the heap that are no longer true are skipped."""

    def __init__(self) -> None:
        self._due: dict[K, tuple[float, int]] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._serial = 0

    def put(self, key: K, due: float) -> None:
        known = self._due.get(key)
        if known is not None and known[0] <= due:
            return
        self._serial += 1
        self._due[key] = (due, self._serial)
        heapq.heappush(self._heap, (due, self._serial, key))

    def drop(self, key: K) -> None:
        self._due.pop(key, None)

    def next_due(self) -> float | None:
        self._tidy()
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: float) -> list[K]:
        """Remove and return what is due, earliest first."""
        taken: list[K] = []
        self._tidy()
        while self._heap and self._heap[0][0] <= now:
            key = heapq.heappop(self._heap)[2]
            del self._due[key]
            taken.append(key)
            self._tidy()
        return taken

    def _tidy(self) -> None:
        while self._heap and self._due.get(self._heap[0][2]) != self._heap[0][:2]:
            heapq.heappop(self._heap)

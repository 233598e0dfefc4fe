"""What each outcome of a step leads to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from myriarch.base.errors import MyriarchError, ProgrammerError, Retryable, Terminal, UserFault
from myriarch.client.errors import Details, Status, TooManyRequests
from myriarch.runtime.queue import WorkQueue
from myriarch.runtime.worker import Worker
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

EPOCH = 1_700_000_000.0

Outcome = float | None | Exception


class Bench:
    """A worker whose steps follow a script; past its end they return None."""

    def __init__(self, outcomes: list[Outcome], **options: Any) -> None:
        self.clock = running_clock()
        self.queue = WorkQueue[str](self.clock)
        self.begun: list[tuple[str, float]] = []
        self.reports: list[tuple[str, MyriarchError]] = []
        self._outcomes = outcomes
        options.setdefault("on_report", lambda key, error: self.reports.append((key, error)))
        self.worker = Worker("bench", self.queue, self._reconcile, **options)

    async def _reconcile(self, key: str) -> float | None:
        self.begun.append((key, self.clock.now() - EPOCH))
        outcome = self._outcomes.pop(0) if self._outcomes else None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def run(self, seconds: float) -> None:
        task = asyncio.create_task(self.worker.run())
        await self.clock.sleep(seconds)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def bench(outcomes: list[Outcome], check: Callable[[Bench], None], **options: Any) -> None:
    async def main() -> None:
        made = Bench(outcomes, **options)
        made.queue.add("k")
        await made.run(10_000)
        check(made)

    run_virtual(main(), EPOCH)


def test_comes_back_when_it_says() -> None:
    bench([60.0, 30.0], lambda made: _equal(made.begun, [("k", 0), ("k", 60), ("k", 90)]))


def _equal(left: object, right: object) -> None:
    assert left == right


def test_retryable_backs_off_then_forgets() -> None:
    def check(made: Bench) -> None:
        times = [at for _, at in made.begun]
        assert len(times) == 4
        assert 0.5 <= times[1] <= 1
        assert 1 <= times[2] - times[1] <= 2
        assert made.queue.failures("k") == 0
        assert made.reports == []

    bench([Retryable("x"), Retryable("x"), Retryable("x")], check)


def test_a_servers_wish_to_wait_is_honoured() -> None:
    busy = TooManyRequests(Status(429, details=Details(retry_after_seconds=77)))
    bench([busy], lambda made: _equal(made.begun, [("k", 0), ("k", 77)]))


@pytest.mark.parametrize("error", [Terminal("over"), UserFault("spec.x", 1, "too small", "Raise it.")])
def test_final_errors_are_reported_and_dropped(error: MyriarchError) -> None:
    def check(made: Bench) -> None:
        assert made.begun == [("k", 0)]
        assert made.reports == [("k", error)]

    bench([error], check)


@pytest.mark.parametrize("error", [ProgrammerError("bug"), KeyError("bug")])
def test_our_mistakes_are_loud(error: Exception) -> None:
    async def main() -> None:
        made = Bench([error])
        made.queue.add("k")
        with pytest.raises(type(error), match="bug"):
            await made.worker.run()

    run_virtual(main(), EPOCH)


def test_our_mistakes_may_be_survived() -> None:
    crashes: list[str] = []

    def check(made: Bench) -> None:
        assert crashes == ["k"]
        assert len(made.begun) == 2

    bench([KeyError("bug")], check, on_crash=lambda key, error: crashes.append(key))


def test_many_workers_share_the_line() -> None:
    async def main() -> None:
        clock = running_clock()
        queue = WorkQueue[int](clock)
        begun: list[float] = []

        async def reconcile(key: int) -> None:
            begun.append(clock.now() - EPOCH)
            await clock.sleep(10)

        for key in range(10):
            queue.add(key)
        task = asyncio.create_task(Worker("many", queue, reconcile, count=5).run())
        await clock.sleep(100)
        task.cancel()
        assert begun == [0] * 5 + [10] * 5

    run_virtual(main(), EPOCH)


def test_a_count_out_of_bounds() -> None:
    async def main() -> None:
        with pytest.raises(ProgrammerError, match="workers"):
            Bench([], count=0)

    run_virtual(main(), EPOCH)

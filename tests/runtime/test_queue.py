"""The queue: once in line, one worker a key, delays on the clock, the same order every time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myriarch.base.errors import ProgrammerError
from myriarch.runtime.queue import WorkQueue
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

EPOCH = 1_700_000_000.0


def run(coro: Coroutine[Any, Any, Any]) -> Any:
    return run_virtual(coro, EPOCH)


def test_first_come_first_served_once_each() -> None:
    async def main() -> None:
        queue = WorkQueue[str](running_clock())
        for key in "cabca":
            queue.add(key)
        assert len(queue) == 3
        assert [await queue.get() for _ in range(3)] == ["c", "a", "b"]
        assert not queue.idle

    run(main())


def test_added_while_worked_on_comes_again_after() -> None:
    async def main() -> None:
        queue = WorkQueue[str](running_clock())
        queue.add("a")
        assert await queue.get() == "a"
        queue.add("a")
        queue.add("a")
        assert len(queue) == 0
        queue.done("a")
        assert await queue.get() == "a"
        queue.done("a")
        assert queue.idle
        with pytest.raises(ProgrammerError):
            queue.done("a")

    run(main())


def test_delays_run_on_the_clock_and_the_earliest_holds() -> None:
    async def main() -> None:
        clock = running_clock()
        queue = WorkQueue[str](clock)
        queue.add_after("late", 100)
        queue.add_after("a", 50)
        queue.add_after("a", 10)
        queue.add_after("a", 70)
        queue.add_after("now", 0)
        assert queue.next_due() == EPOCH + 10
        seen = []
        for _ in range(3):
            key = await queue.get()
            queue.done(key)
            seen.append((key, clock.now() - EPOCH))
        assert seen == [("now", 0), ("a", 10), ("late", 100)]
        assert queue.next_due() is None

    run(main())


def test_taking_a_key_cancels_its_delay() -> None:
    async def main() -> None:
        clock = running_clock()
        queue = WorkQueue[str](clock)
        queue.add_after("a", 10)
        queue.add("a")
        queue.done(await queue.get())
        queue.add_after("b", 60)
        assert await queue.get() == "b"
        assert clock.now() == EPOCH + 60

    run(main())


def test_retries_double_up_to_a_cap_and_success_forgets() -> None:
    async def main() -> None:
        queue = WorkQueue[str](running_clock(), first_retry_seconds=1, longest_retry_seconds=60)
        waits = [queue.retry("a") for _ in range(12)]
        for index, wait in enumerate(waits):
            full = min(2.0**index, 60)
            assert full / 2 <= wait <= full
        assert queue.failures("a") == 12
        queue.forget("a")
        assert queue.retry("a") == waits[0]
        assert queue.retry("b", at_least_seconds=500) == 500
        queue.close()

    run(main())


def test_retries_of_many_keys_come_apart() -> None:
    async def main() -> None:
        queue = WorkQueue[int](running_clock(), seed=4)
        assert len({queue.retry(key) for key in range(100)}) == 100
        queue.close()

    run(main())


def test_a_cancelled_waiter_passes_its_turn_on() -> None:
    async def main() -> None:
        queue = WorkQueue[str](running_clock())
        first, second = (asyncio.create_task(queue.get()) for _ in range(2))
        await asyncio.sleep(1)
        queue.add("a")
        first.cancel()
        assert await second == "a"

    run(main())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20), st.booleans()), max_size=40),
    st.integers(1, 4),
)
def test_never_two_workers_on_a_key_and_none_is_lost(adds: list[tuple[int, int, bool]], workers: int) -> None:
    """Every addition is followed by a step that began at or after it."""

    async def main() -> list[tuple[float, int]]:
        clock = running_clock()
        queue = WorkQueue[int](clock)
        busy: set[int] = set()
        begun: list[tuple[float, int]] = []

        async def work() -> None:
            while True:
                key = await queue.get()
                assert key not in busy
                busy.add(key)
                begun.append((clock.now(), key))
                await clock.sleep(3)
                busy.remove(key)
                queue.done(key)

        tasks = [asyncio.create_task(work()) for _ in range(workers)]
        asked: list[tuple[float, int]] = []
        for key, pause, delayed in adds:
            await clock.sleep(pause)
            if delayed:
                queue.add_after(key, 5)
            else:
                queue.add(key)
                asked.append((clock.now(), key))
        await clock.sleep(1000)
        assert queue.idle
        assert queue.next_due() is None
        for at, key in asked:
            assert any(other == key and when >= at for when, other in begun)
        assert {key for key, _, _ in adds} == {key for _, key in begun}
        for task in tasks:
            task.cancel()
        return begun

    assert run(main()) == run(main())


def test_a_hundred_thousand_keys() -> None:
    async def main() -> None:
        queue = WorkQueue[int](running_clock())
        for key in range(100_000):
            queue.add(key)
        for key in range(100_000):
            assert await queue.get() == key
            queue.done(key)

    run(main())

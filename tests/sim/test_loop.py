"""Virtual time: it jumps, it waits for real work, it repeats itself exactly, it never passes real time."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine
from typing import Any

import pytest

from myriarch.base.clock import real_now, wall_seconds
from myriarch.base.errors import ProgrammerError
from myriarch.sim.loop import LoopClock, VirtualTimeLoop, running_clock
from myriarch.sim.run import run_virtual

EPOCH = 1_700_000_000.0


def loop_now() -> VirtualTimeLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    return loop


def test_days_pass_at_once_and_exactly() -> None:
    async def main() -> list[float]:
        clock = running_clock()
        seen = [clock.now()]
        for seconds in (0.001, 3 * 86_400, 0.5):
            await clock.sleep(seconds)
            seen.append(clock.now())
        return seen

    assert run_virtual(main(), EPOCH) == [
        EPOCH,
        EPOCH + 0.001,
        EPOCH + 3 * 86_400 + 0.001,
        EPOCH + 3 * 86_400 + 0.501,
    ]


def test_timeouts_are_virtual() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(900):
                await asyncio.sleep(1000)
        return loop_now().time()

    assert run_virtual(main(), EPOCH) == 900


def test_callbacks_take_no_virtual_time() -> None:
    async def main() -> float:
        for _ in range(200):
            await asyncio.sleep(0)
        return loop_now().time()

    assert run_virtual(main(), EPOCH) == 0


def worker_schedule() -> list[tuple[float, int]]:
    trace: list[tuple[float, int]] = []

    async def worker(index: int) -> None:
        for step in range(5):
            await asyncio.sleep((index * 7 + step * 3) % 11)
            trace.append((loop_now().time(), index))

    async def main() -> None:
        await asyncio.gather(*(worker(index) for index in range(20)))

    run_virtual(main(), EPOCH)
    return trace


def test_same_program_same_schedule() -> None:
    first = worker_schedule()
    assert len(first) == 100
    assert worker_schedule() == first


def test_deadlock_names_the_waiting() -> None:
    async def waits_for_ever() -> None:
        await asyncio.get_running_loop().create_future()

    async def main() -> None:
        await asyncio.gather(waits_for_ever(), asyncio.sleep(5))

    with pytest.raises(ProgrammerError, match="waits_for_ever"):
        run_virtual(main(), EPOCH)


def test_tasks_that_wake_each_other_for_ever_are_reported() -> None:
    async def spins() -> None:
        while True:  # noqa: ASYNC110 (nothing is waited for, which is the fault)
            await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(spins(), asyncio.sleep(5))

    with pytest.raises(ProgrammerError, match=r"time stands still at 0\.000 s.*spins"):
        run_virtual(main(), EPOCH)


def call_from_thread(act: Any, after_seconds: float = 0.05) -> threading.Thread:
    timer = threading.Timer(after_seconds, act)
    timer.start()
    return timer


def test_another_thread_calls_in_while_held() -> None:
    async def main() -> tuple[float, bool]:
        loop = loop_now()
        loop.hold()
        done = loop.create_future()
        jumped = loop.create_future()
        loop.call_later(3600, jumped.set_result, None)
        call_from_thread(lambda: loop.call_soon_threadsafe(done.set_result, None))
        await done
        at = loop.time()
        loop.release()
        await jumped
        return at, loop.time() == 3600

    assert run_virtual(main(), EPOCH) == (0, True)


def test_a_thread_that_releases_lets_its_earlier_timer_fire_first() -> None:
    order: list[str] = []

    async def main() -> None:
        loop = loop_now()
        loop.hold()
        late = loop.create_future()
        loop.call_later(100, late.set_result, None)

        def act() -> None:
            loop.call_soon_threadsafe(lambda: loop.call_later(1, order.append, "early"))
            loop.release()

        call_from_thread(act)
        await late
        order.append("late")

    run_virtual(main(), EPOCH)
    assert order == ["early", "late"]


def test_release_without_hold_is_our_mistake() -> None:
    async def main() -> None:
        loop_now().release()

    with pytest.raises(ProgrammerError, match="without hold"):
        run_virtual(main(), EPOCH)


def test_work_in_threads_holds_time() -> None:
    async def main() -> float:
        loop = loop_now()
        loop.call_later(1, lambda: None)
        started = threading.Event()
        await asyncio.to_thread(started.wait, 0.05)
        return loop.time()

    assert run_virtual(main(), EPOCH) == 0


def test_descriptors_are_served_before_a_jump() -> None:
    async def main() -> float:
        loop = loop_now()
        here, there = socket.socketpair()
        here.setblocking(False)
        with here, there:
            loop.call_later(3600, lambda: None)
            there.send(b"x")
            assert await loop.sock_recv(here, 1) == b"x"
        return loop.time()

    assert run_virtual(main(), EPOCH) == 0


def test_open_sockets_are_waited_for_in_real_time() -> None:
    async def main() -> bytes:
        loop = loop_now()
        here, there = socket.socketpair()
        here.setblocking(False)
        with here, there:
            call_from_thread(lambda: there.send(b"y"))
            return await loop.sock_recv(here, 1)

    assert run_virtual(main(), EPOCH) == b"y"


def test_busy_loops_still_hear_other_threads() -> None:
    async def main() -> None:
        loop = loop_now()
        here, there = socket.socketpair()
        here.setblocking(False)
        with here, there:
            receive = asyncio.ensure_future(loop.sock_recv(here, 1))
            await asyncio.sleep(0)
            there.send(b"z")
            for _ in range(1000):
                await asyncio.sleep(0)
            assert receive.done()

    run_virtual(main(), EPOCH)


def test_never_overtakes_real_time() -> None:
    async def main() -> list[float]:
        clock = running_clock()
        leads = []
        for _ in range(5):
            await clock.sleep(0.03)
            leads.append(clock.now() - real_now())
        return leads

    assert max(run_virtual(main(), real_now() - 0.05)) <= 0


def test_can_not_begin_in_the_future() -> None:
    with pytest.raises(ProgrammerError, match="future"):
        VirtualTimeLoop(real_now() + 60)


def test_pace_bounds_speed_and_may_change() -> None:
    async def main() -> tuple[float, float]:
        loop = loop_now()
        begun = wall_seconds()
        await asyncio.sleep(5)
        paced = wall_seconds() - begun
        loop.set_pace(None)
        begun = wall_seconds()
        await asyncio.sleep(1e6)
        return paced, wall_seconds() - begun

    paced, flat_out = run_virtual(main(), EPOCH, pace=100.0)
    assert paced >= 0.049
    assert flat_out < 1000


@pytest.mark.parametrize("pace", [0, -1, float("inf"), float("nan")])
def test_refuses_odd_paces(pace: float) -> None:
    with pytest.raises(ProgrammerError, match="positive"):
        VirtualTimeLoop(EPOCH, pace)


def test_leftovers_are_cancelled_oldest_first_and_may_clean_up() -> None:
    ended: list[int] = []

    async def leftover(index: int) -> None:
        try:
            await asyncio.sleep(1e9)
        finally:
            await asyncio.sleep(60 + index)
            ended.append(index)

    async def main() -> str:
        tasks = [asyncio.create_task(leftover(index)) for index in range(50)]
        await asyncio.sleep(1)
        assert len(tasks) == 50
        return "done"

    assert run_virtual(main(), EPOCH) == "done"
    assert ended == list(range(50))


def test_errors_come_through_and_the_loop_is_closed() -> None:
    loops: list[VirtualTimeLoop] = []

    async def main() -> None:
        loops.append(loop_now())
        await asyncio.to_thread(lambda: None)
        raise LookupError("as is")

    with pytest.raises(LookupError, match="as is"):
        run_virtual(main(), EPOCH)
    assert loops[0].is_closed()


def test_a_clock_of_the_loop() -> None:
    loop = VirtualTimeLoop(EPOCH)

    def run(coro: Coroutine[Any, Any, Any]) -> Any:
        return loop.run_until_complete(coro)

    clock = LoopClock(loop)
    run(clock.sleep(10))
    assert clock.now() == EPOCH + 10
    loop.close()


def test_running_clock_needs_the_loop() -> None:
    async def main() -> None:
        running_clock()

    with pytest.raises(ProgrammerError, match="virtual time"):
        asyncio.run(main())

"""An asyncio loop whose time is virtual: it jumps to the next timer when there is nothing else to do.

Days of a release pass in seconds, and the code that runs is the code of production: it sleeps, waits and
times out as ever, only ``loop.time()`` differs. Three rules hold.

- **Virtual time waits for real work.** Real file descriptors are polled before each jump, so calls from other
  threads get in; ``hold()`` forbids jumps while work is under way that no timer knows of (a commit to disk, a
  request in another thread); work in an executor holds by itself.
- **Virtual time never overtakes real time**, so that ages print sensibly; when it has caught up, the loop
  waits as any other does, and the hub simply runs on real time.
- **Same program, same schedule.** Nothing here depends on the machine's speed unless a pace is set, or real
  time is caught up with, or other threads call in.

All of it is done through the selector, the one thing that a loop waits on (``selector.py``). Sockets
belong in another thread's loop: their time-outs would otherwise pass in virtual time. ``run.py`` runs a
program.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from myriarch.base.errors import ProgrammerError
from myriarch.sim.selector import VirtualSelector
from myriarch.sim.virtual_time import VirtualTime

T = TypeVar("T")

RESOLUTION_SECONDS = 1e-9
"""Timers closer than this fire together."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """``time()`` is virtual seconds since ``epoch_unix_seconds``.

    ``pace`` is virtual seconds per real second, or None for flat out.
    """

    _closed = True  # Until asyncio opens it: a loop refused by VirtualTime must not be closed again.

    def __init__(self, epoch_unix_seconds: float, pace: float | None = None) -> None:
        self.virtual = VirtualTime(epoch_unix_seconds, pace)
        self._virtual_selector = VirtualSelector(self.virtual, selectors.DefaultSelector(), self._describe_waiting)
        super().__init__(self._virtual_selector)
        self._clock_resolution = RESOLUTION_SECONDS
        self._own_descriptors = len(self._virtual_selector.get_map())
        self._serial = 0
        self._by_serial: WeakValueDictionary[int, asyncio.Task[Any]] = WeakValueDictionary()

    def time(self) -> float:
        return self.virtual.seconds

    @property
    def epoch_unix_seconds(self) -> float:
        return self.virtual.epoch_unix_seconds

    def set_pace(self, pace: float | None) -> None:
        """Change the pace from now on, from this loop's thread. Raises ProgrammerError unless it is
        positive.
        """
        self.virtual.set_pace(pace)

    def hold(self) -> None:
        """Forbid jumps until a matching ``release``. Holds count. May be called from any thread."""
        self.virtual.hold()

    def release(self) -> None:
        """Undo one ``hold``. May be called from any thread. Raises ProgrammerError where there is none."""
        self.virtual.release()
        if not self.is_closed():
            self.call_soon_threadsafe(_nothing)

    def watch_for_deadlock(self, on: bool) -> None:
        """Whether to raise ProgrammerError when nothing can ever happen again.

        Not to be asked for where other threads call in of their own accord.
        """
        self._virtual_selector.detect_deadlock(on, self._own_descriptors)

    def tasks_in_order(self) -> list[asyncio.Task[Any]]:
        """Unfinished tasks, oldest first: ``asyncio.all_tasks`` gives a set, whose order is chance."""
        return [task for _, task in sorted(self._by_serial.items()) if not task.done()]

    def create_task(
        self,
        coro: Generator[Any, None, T] | Coroutine[Any, Any, T],
        *,
        name: object = None,
        context: Context | None = None,
        **more: Any,
    ) -> asyncio.Task[T]:
        task = super().create_task(coro, name=name, context=context, **more)
        self._serial += 1
        self._by_serial[self._serial] = task
        return task

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """As asyncio's, and virtual time stands still until ``func`` is done."""
        self.hold()
        try:
            future: asyncio.Future[T] = super().run_in_executor(executor, func, *args)
        except BaseException:
            self.release()
            raise
        future.add_done_callback(self._release_after)
        return future

    def _release_after(self, _future: asyncio.Future[Any]) -> None:
        self.release()

    def _describe_waiting(self) -> str:
        return "; ".join(_describe(task) for task in self.tasks_in_order()) or "no task"


class LoopClock:
    """The virtual loop's time as a ``base.clock.Clock``."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self._virtual = loop.virtual

    def now(self) -> float:
        return self._virtual.epoch_unix_seconds + self._virtual.seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def running_clock() -> LoopClock:
    """The clock of the virtual loop that runs this code. Raises ProgrammerError on any other loop."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualTimeLoop):
        raise ProgrammerError("this loop does not run on virtual time")
    return LoopClock(loop)


def _describe(task: asyncio.Task[Any]) -> str:
    frames = task.get_stack(limit=1)
    coroutine = getattr(task.get_coro(), "__qualname__", "a coroutine")
    where = f" at line {frames[0].f_lineno}" if frames else ""
    return f"{coroutine}{where}"


def _nothing() -> None:
    """Wakes the loop."""

"""Run a program on virtual time from start to clean end: ``asyncio.run`` for ``VirtualTimeLoop``.

What differs: leftovers are cancelled oldest first and so in the same order every time, a program that can
never go on is reported instead of hanging, and time-outs of the ending itself don't race with real threads.
Ctrl-C cancels the program, as ``asyncio.run`` does, instead of breaking off whichever task happens to run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from myriarch.sim.interrupt import interrupt_cancels
from myriarch.sim.loop import VirtualTimeLoop

T = TypeVar("T")

CANCEL_ROUNDS_MAX = 16
"""Leftovers may start tasks while they end; after so many rounds the rest is abandoned."""


def run_virtual(
    coro: Coroutine[Any, Any, T],
    epoch_unix_seconds: float,
    pace: float | None = None,
    *,
    detect_deadlock: bool = True,
) -> T:
    """The result of ``coro`` run on a new virtual loop.

    Raises what ``coro`` raises, and ProgrammerError naming the waiting tasks when nothing is ready, no
    timer is set and no descriptor is open, or when tasks wake each other and no time passes.
    Give ``detect_deadlock=False`` where other threads call in.
    """
    loop = VirtualTimeLoop(epoch_unix_seconds, pace)
    try:
        asyncio.set_event_loop(loop)
        loop.watch_for_deadlock(detect_deadlock)
        return _until_complete(loop, loop.create_task(coro))
    finally:
        try:
            _end(loop)
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _until_complete(loop: VirtualTimeLoop, program: asyncio.Task[T]) -> T:
    with interrupt_cancels(loop, program) as interrupted:
        try:
            return loop.run_until_complete(program)
        except asyncio.CancelledError:
            if interrupted():
                raise KeyboardInterrupt from None
            raise


def _end(loop: VirtualTimeLoop) -> None:
    loop.set_pace(None)
    for _ in range(CANCEL_ROUNDS_MAX):
        leftovers = loop.tasks_in_order()
        if not leftovers:
            break
        _cancel(loop, leftovers)
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.hold()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.release()


def _cancel(loop: VirtualTimeLoop, tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    outcomes = loop.run_until_complete(_settle(tasks))
    for task, outcome in zip(tasks, outcomes, strict=True):
        if isinstance(outcome, Exception):
            context = {"message": "unhandled exception while ending", "exception": outcome, "task": task}
            loop.call_exception_handler(context)


async def _settle(tasks: list[asyncio.Task[Any]]) -> list[Any]:
    return await asyncio.gather(*tasks, return_exceptions=True)

"""Ctrl-C while a program runs on virtual time: its main task is cancelled, so that everything ends in order.

Python's own way, KeyboardInterrupt at whatever line is running, would strike any task: the hub would take it for a
participant that died, and tell a traceback of it. A second Ctrl-C does just that, for a program that doesn't end.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def interrupt_cancels(loop: asyncio.AbstractEventLoop, program: asyncio.Task[Any]) -> Iterator[Callable[[], bool]]:
    """Within, SIGINT cancels ``program``; the function given tells whether it did. Signals belong to the main thread,
    and a handler that somebody set is left alone: then nothing changes."""
    struck = False

    def on_interrupt(_signal: int, _frame: FrameType | None) -> None:
        nonlocal struck
        if struck or program.done():
            raise KeyboardInterrupt
        struck = True
        program.cancel()
        loop.call_soon_threadsafe(_nothing)

    ours = threading.current_thread() is threading.main_thread()
    ours = ours and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield lambda: struck
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _nothing() -> None:
    """Wakes the loop."""

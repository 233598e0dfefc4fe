"""The selector that turns a loop's waiting into a jump of virtual time.

A loop waits in exactly one place: it asks its selector for events and says how long it can spare. This one
asks the real selector without waiting, and where there is nothing it moves virtual time instead. Everything
else is passed on.
"""

from __future__ import annotations

import math
import selectors
from collections.abc import Callable, Mapping
from typing import Any

from myriarch.base.errors import ProgrammerError
from myriarch.sim.virtual_time import VirtualTime

LONGEST_WAIT_SECONDS = 3600.0
"""A real wait is cut into pieces of this length."""

BUSY_TURNS_PER_POLL = 32
"""While callbacks are ready, descriptors are looked at once in so many turns: a system call for each is
dear.
"""

SPINS_MAX = 100_000
"""So many turns at one moment are no work: callbacks that wake each other would go on for ever."""

_Ready = list[tuple[selectors.SelectorKey, int]]


class VirtualSelector(selectors.BaseSelector):
    """``describe_waiting`` is asked for words when a deadlock is reported."""

    def __init__(self, virtual: VirtualTime, real: selectors.BaseSelector, describe_waiting: Callable[[], str]) -> None:
        self._virtual = virtual
        self._real = real
        self._describe_waiting = describe_waiting
        self._busy_turns = 0
        self._spins = 0
        self._detect = False
        self._idle_descriptors = 0

    def detect_deadlock(self, on: bool, idle_descriptors: int) -> None:
        """``idle_descriptors`` is how many the loop registers for itself."""
        self._detect = on
        self._idle_descriptors = idle_descriptors

    def select(self, timeout: float | None = None) -> _Ready:
        if timeout is not None and timeout <= 0:
            self._busy_turns += 1
            if self._busy_turns < BUSY_TURNS_PER_POLL:
                return []
            self._count_spins()
            self._busy_turns = 0
            return self._real.select(0)
        self._busy_turns = self._spins = 0
        events = self._real.select(0)
        if events:
            return events
        target = math.inf if timeout is None else self._virtual.seconds + timeout
        wait = self._virtual.advance_towards(target)
        if wait <= 0:
            return []
        if self._detect and self._is_stuck(target):
            raise ProgrammerError(f"nothing can ever happen again; waiting: {self._describe_waiting()}")
        events = self._real.select(min(wait, LONGEST_WAIT_SECONDS))
        held = wait == math.inf and target != math.inf
        if not (events and held):
            self._virtual.advance_towards(target)
        return events

    def _count_spins(self) -> None:
        self._spins += self._busy_turns
        if self._detect and self._spins > SPINS_MAX:
            self._spins = 0  # Of the ending, which runs on this loop too.
            moment = f"{self._virtual.seconds:.3f} s"
            raise ProgrammerError(f"time stands still at {moment}; waiting: {self._describe_waiting()}")

    def _is_stuck(self, target: float) -> bool:
        virtual = self._virtual
        idle = target == math.inf and not virtual.held and virtual.pace is None
        return idle and len(self._real.get_map()) <= self._idle_descriptors

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()

"""Lets the faults of a scenario strike and heal at their times, and keeps the record of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import numpy as np

from myriarch.base.clock import Clock
from myriarch.base.hashing import stable_hash
from myriarch.fleet.fleet import Fleet
from myriarch.sim.faults.fault import Crashable, Fault, Ground, Means, Timing
from myriarch.sim.line import Lines
from myriarch.sim.troubles import Span, Troubles

Say = Callable[[str], None]


class Weather:
    """``strikes`` counts by fault class."""

    def __init__(
        self,
        hub: Crashable,
        fleet: Fleet,
        lines: Lines,
        clock: Clock,
        troubles: Troubles,
        means: Means,
        seed: int,
        say: Say,
    ) -> None:
        self._hub = hub
        self._means = means
        self._fleet = fleet
        self._lines = lines
        self._clock = clock
        self._troubles = troubles
        self._seed = seed
        self._say = say
        self._crashed: dict[str, int] = {}
        self._restarts: dict[str, asyncio.Task[None]] = {}
        self._active: dict[int, tuple[Fault, Ground, Span]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.strikes: Counter[str] = Counter()

    @property
    def busy(self) -> bool:
        """Whether a fault is active or still to come."""
        return any(not task.done() for task in self._tasks)

    def begin(self, faults: tuple[tuple[Timing, Fault], ...], done: Callable[[], None]) -> None:
        """Start them all, from now."""
        for number, (timing, fault) in enumerate(faults):
            dice = np.random.default_rng(stable_hash(self._seed, "fault", number, fault.name))
            ground = Ground(
                self._hub, self._fleet, self._lines, self._clock, dice, self._crashed, self._restarts, self._means
            )
            task = asyncio.get_running_loop().create_task(self._run(number, timing, fault, ground))
            task.add_done_callback(lambda _task: done())
            self._tasks.append(task)

    async def _run(self, number: int, timing: Timing, fault: Fault, ground: Ground) -> None:
        start = self._clock.now()
        for strike in range(timing.times):
            await self._clock.sleep(max(start + timing.at + strike * timing.every - self._clock.now(), 0.0))
            await self._strike(number, fault, ground)
            await self._clock.sleep(timing.lasting)
            await self._heal(number)

    async def _strike(self, number: int, fault: Fault, ground: Ground) -> None:
        self.strikes[fault.name] += 1
        span = self._troubles.begin(fault.name, None)
        await fault.strike(ground)
        span.clusters = struck_clusters(fault)
        where = "" if span.clusters is None else f" {' '.join(sorted(span.clusters))}"
        self._say(f"fault {fault.name} strikes{where}")
        self._active[number] = (fault, ground, span)

    async def _heal(self, number: int) -> None:
        fault, ground, span = self._active.pop(number)
        await fault.heal(ground)
        self._troubles.end(span)
        self._say(f"fault {fault.name} is over")

    async def calm(self) -> None:
        """No further strikes, and an end to those that last. Raises what a fault failed of."""
        for task in self._tasks:
            if task.done():
                task.result()
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for number in list(self._active):
            await self._heal(number)
        for restart in self._restarts.values():
            await restart


def struck_clusters(fault: Fault) -> frozenset[str] | None:
    """Clusters that the fault has struck; None where it strikes all."""
    struck = getattr(fault, "struck", None)
    if struck is None:
        return None
    return frozenset(each if isinstance(each, str) else each[0] for each in struck)

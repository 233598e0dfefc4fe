"""Keeps the simulated fleet at the hub's present: sleeps until something is due in it, then lets it happen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from myriarch.base.clock import Clock
from myriarch.fleet.fleet import Fleet

LONGEST_SLEEP_SECONDS = 3600.0


class Pump:
    """``run`` until cancelled."""

    def __init__(self, fleet: Fleet, clock: Clock) -> None:
        self._fleet = fleet
        self._clock = clock
        self._sooner = asyncio.Event()
        self._sleeping_until = 0.0

    async def run(self) -> None:
        self._fleet.subscribe(self._changed)
        try:
            while True:
                self._fleet.advance_to(self._clock.now())
                await self._rest()
        finally:
            self._fleet.unsubscribe(self._changed)

    def _changed(self, _cluster: str, _nodes: Sequence[str]) -> None:
        if self._fleet.next_event() < self._sleeping_until:
            self._sooner.set()

    async def _rest(self) -> None:
        """Sleep until the next event, or until an earlier one is scheduled."""
        now = self._clock.now()
        self._sleeping_until = min(self._fleet.next_event(), now + LONGEST_SLEEP_SECONDS)
        self._sooner.clear()
        sleep = asyncio.ensure_future(self._clock.sleep(max(self._sleeping_until - now, 0.0)))
        sooner = asyncio.ensure_future(self._sooner.wait())
        try:
            await asyncio.wait((sleep, sooner), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            sooner.cancel()

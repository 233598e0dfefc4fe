"""Runs all controllers over one client: the caches, a worker each, and the liveness check."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from myriarch.base.clock import Clock
from myriarch.base.errors import MyriarchError
from myriarch.client.client import Client
from myriarch.client.informer import run_informers
from myriarch.controllers.caches import Caches
from myriarch.controllers.cluster.liveness import Heartbeats, LivenessController
from myriarch.controllers.component.standing import StandingController
from myriarch.controllers.environment.counting import CountingController
from myriarch.controllers.freezewindow.telling import FreezeWindowController
from myriarch.controllers.override.telling import OverrideController
from myriarch.controllers.policy.using import PolicyController
from myriarch.controllers.release.controller import ReleaseController
from myriarch.runtime.events import EventRecorder
from myriarch.runtime.worker import Worker

RECORDED_AS = "myriarch-controllers"
"""Who the events come from."""


class Controllers:
    """One instance of every controller; all that it knows, it gathers from the API again after a crash."""

    def __init__(
        self, client: Client, clock: Clock, heartbeats: Heartbeats, *, coalesce_seconds: float, seed: int = 0
    ) -> None:
        self.caches = Caches(client, clock, seed)
        self._liveness = LivenessController(client, self.caches, clock, heartbeats)
        self._recorder = EventRecorder(client, clock, RECORDED_AS)
        releases = ReleaseController(
            client, self.caches, clock, self._recorder, coalesce_seconds=coalesce_seconds, seed=seed
        )
        standing = StandingController(client, self.caches, clock, coalesce_seconds=coalesce_seconds, seed=seed)
        counting = CountingController(client, self.caches, clock, seed=seed)
        windows = FreezeWindowController(client, self.caches, clock, seed=seed)
        overrides = OverrideController(client, self.caches, clock, seed=seed)
        policies = PolicyController(client, self.caches, clock, seed=seed)
        self._workers: tuple[Worker[Any], ...] = (
            Worker("release", releases.queue, releases.reconcile, on_report=self._reported),
            Worker("standing", standing.queue, standing.reconcile, on_report=self._reported),
            Worker("environment", counting.queue, counting.reconcile, on_report=self._reported),
            Worker("freezewindow", windows.queue, windows.reconcile, on_report=self._reported),
            Worker("override", overrides.queue, overrides.reconcile, on_report=self._reported),
            Worker("policy", policies.queue, policies.reconcile, on_report=self._reported),
        )
        self.on_report: Callable[[str, MyriarchError], None] | None = None

    async def run(self) -> None:
        """Work until cancelled. Work begins once every cache is whole: half a fleet must never be judged."""
        tasks: list[asyncio.Task[Any]] = [*run_informers(self.caches.all())]
        try:
            await self.caches.wait_synced()
            for worker in self._workers:
                tasks.append(asyncio.create_task(worker.run(), name=f"controller {worker.name}"))
            tasks.append(asyncio.create_task(self._liveness.run(), name="controller liveness"))
            tasks.append(asyncio.create_task(self._recorder.run(), name="controller events"))
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _reported(self, key: object, error: MyriarchError) -> None:
        if self.on_report is not None:
            self.on_report(str(key), error)

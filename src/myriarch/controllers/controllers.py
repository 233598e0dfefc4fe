"""Runs all controllers over one client: the caches, a worker each, and the liveness check."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from myriarch.base.clock import Clock
from myriarch.base.errors import MyriarchError
from myriarch.client.client import Client
from myriarch.client.informer import run_informers
from myriarch.controllers.caches import Caches
from myriarch.controllers.cluster.counting_pairs import PairsController
from myriarch.controllers.cluster.liveness import Heartbeats, LivenessController
from myriarch.controllers.clusterprofile.publishing import ProfileController
from myriarch.controllers.component.requirements import RequirementsController
from myriarch.controllers.component.standing import StandingController
from myriarch.controllers.environment.counting import CountingController
from myriarch.controllers.freezewindow.telling import FreezeWindowController
from myriarch.controllers.override.telling import OverrideController
from myriarch.controllers.policy.using import PolicyController
from myriarch.controllers.release.controller import ReleaseController
from myriarch.controllers.release.takeover import Takeover
from myriarch.controllers.releasetrain.controller import TrainController
from myriarch.controllers.sharing import Share, by_component, by_name, by_train, highest_term
from myriarch.gates.fetch import Fetch, nobody
from myriarch.runtime.events import EventRecorder
from myriarch.runtime.shards import Shards
from myriarch.runtime.worker import Reconcile, Worker

K = TypeVar("K", bound=Hashable)

RECORDED_AS = "myriarch-controllers"
"""Who the events come from."""


class Controllers:
    """One instance of every controller; all that it knows, it gathers from the API again after a crash.

    With ``shards`` it works on the keys of those that are held, and on everything without. Where profiles are
    published, every Cluster has a ClusterProfile too. ``fetch`` is how gates ask strangers; without it, nobody is.
    """

    def __init__(
        self,
        client: Client,
        clock: Clock,
        heartbeats: Heartbeats,
        *,
        coalesce_seconds: float,
        seed: int = 0,
        shards: Shards | None = None,
        publish_profiles: bool = False,
        fetch: Fetch = nobody,
    ) -> None:
        self.caches = caches = Caches(client, clock, seed)
        self._shards = shards
        self._liveness = LivenessController(client, caches, clock, heartbeats, shards)
        self._recorder = EventRecorder(client, clock, RECORDED_AS)
        takeover = Takeover(client, caches)
        releases = ReleaseController(
            client, caches, clock, self._recorder, takeover, fetch, coalesce_seconds=coalesce_seconds, seed=seed
        )
        self._errands = releases.errands
        standing = StandingController(client, caches, clock, takeover, coalesce_seconds=coalesce_seconds, seed=seed)
        counting = CountingController(client, caches, clock, seed=seed)
        windows = FreezeWindowController(client, caches, clock, seed=seed)
        overrides = OverrideController(client, caches, clock, seed=seed)
        policies = PolicyController(client, caches, clock, seed=seed)
        pairs = PairsController(client, caches, clock, seed=seed)
        requirements = RequirementsController(client, caches, clock, takeover, seed=seed)
        trains = TrainController(client, caches, clock, seed=seed)
        self.on_report: Callable[[str, MyriarchError], None] | None = None
        self._workers: tuple[Worker[Any], ...] = (
            self._worker("release", by_component(releases.queue, caches), releases.reconcile),
            self._worker("requirements", by_name(requirements.queue, caches.components), requirements.reconcile),
            self._worker("releasetrain", by_train(trains.queue, caches), trains.reconcile),
            self._worker("standing", by_name(standing.queue, caches.components), standing.reconcile),
            self._worker("environment", by_name(counting.queue, caches.environments), counting.reconcile),
            self._worker("freezewindow", by_name(windows.queue, caches.windows), windows.reconcile),
            self._worker("override", by_name(overrides.queue, caches.overrides), overrides.reconcile),
            self._worker("policy", by_name(policies.queue, caches.policies), policies.reconcile),
            self._worker("pairs", by_name(pairs.queue, caches.clusters), pairs.reconcile),
        )
        self._profiles = ProfileController(client, caches, clock, seed=seed) if publish_profiles else None
        if self._profiles is not None:
            self._workers += (self._worker("clusterprofile", self._profiles.share(), self._profiles.reconcile),)
        if shards is not None:
            shards.floor = lambda shard: highest_term(caches, shard)

    def _worker(self, name: str, share: Share[K], reconcile: Reconcile[K]) -> Worker[K]:
        if self._shards is not None:
            self._shards.on_gain.append(share.gained)
            reconcile = share.fenced(reconcile, self._shards)
        return Worker(name, share.queue, reconcile, on_report=self._reported)

    async def run(self) -> None:
        """Work until cancelled. Work begins once every cache is whole: half a fleet must never be judged."""
        tasks: list[asyncio.Task[Any]] = [*run_informers(self.caches.all())]
        try:
            await self.caches.wait_synced()
            for worker in self._workers:
                tasks.append(asyncio.create_task(worker.run(), name=f"controller {worker.name}"))
            tasks.append(asyncio.create_task(self._liveness.run(), name="controller liveness"))
            tasks.append(asyncio.create_task(self._recorder.run(), name="controller events"))
            tasks.append(asyncio.create_task(self._errands.run(), name="controller errands"))
            if self._profiles is not None:
                tasks.append(asyncio.create_task(self._profiles.run(), name="controller profiles"))
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _reported(self, key: object, error: MyriarchError) -> None:
        if self.on_report is not None:
            self.on_report(str(key), error)

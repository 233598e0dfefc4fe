"""Counts the clusters and nodes of every Environment."""

from __future__ import annotations

from myriarch.base.clock import Clock
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.client.refs import ENVIRONMENTS
from myriarch.controllers.caches import Caches
from myriarch.runtime.queue import WorkQueue

COUNT_SECONDS = 60.0
FIELD_MANAGER = "myriarch-environment"


class CountingController:
    """Keys are environment names."""

    def __init__(self, client: Client, caches: Caches, clock: Clock, *, seed: int = 0) -> None:
        self._client = client
        self._caches = caches
        self.queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        caches.environments.add_handlers(on_add=self._added)
        caches.clusters.on_change(self._cluster_changed)

    def _added(self, _old: object, _new: object) -> None:
        for key in self._caches.environments.cache:
            self.queue.add(key.name)

    def _cluster_changed(self, old: object, new: object) -> None:
        before, after = getattr(old, "status", None), getattr(new, "status", None)
        if before is None or after is None or before.nodes != after.nodes:
            for key in self._caches.environments.cache:
                self.queue.add_after(key.name, COUNT_SECONDS)

    async def reconcile(self, name: str) -> float | None:
        """Count one environment and write what changed."""
        environment = self._caches.environments.get(name)
        if environment is None:
            return None
        here = [c for c in self._caches.clusters.cache.values() if c.spec.environment == name]
        counts = {"clusters": len(here), "nodes": sum(cluster.status.nodes for cluster in here)}
        known = {"clusters": environment.status.clusters, "nodes": environment.status.nodes}
        if counts == known:
            return None
        try:
            await self._client.patch(
                ENVIRONMENTS, Raw, name, {"status": counts}, subresource="status", field_manager=FIELD_MANAGER
            )
        except NotFound:
            return None
        return None

"""Tells clusters which pairs of attributes to count: those that policies name, and releases under way.

A plan that covers pairs needs to know where nodes with both values are, before anything is granted; only agents can
tell. Clusters are asked by ``spec.pairs``; they answer in ``status.strata``. It is written only when it changes, which
is when a policy names a pair for the first time, or none does any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from myriarch.api.cluster import Cluster
from myriarch.api.policy import ReleasePolicy
from myriarch.api.release import Release
from myriarch.api.strata import CLUSTER_PAIRS_MAX, told_by_agents
from myriarch.base.clock import Clock
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.client.refs import CLUSTERS
from myriarch.controllers.caches import Caches
from myriarch.controllers.release.starting import is_over
from myriarch.runtime.queue import WorkQueue

FIELD_MANAGER = "myriarch-pairs"


class PairsController:
    """Keys are cluster names."""

    def __init__(self, client: Client, caches: Caches, clock: Clock, *, seed: int = 0) -> None:
        self._client = client
        self._caches = caches
        self._wanted: list[list[str]] = []
        self.queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        caches.clusters.add_handlers(on_add=self._cluster_changed, on_update=self._cluster_changed)
        caches.policies.on_change(self._policy_changed)
        caches.releases.on_change(self._release_changed)

    def _cluster_changed(self, _old: Cluster | None, new: Cluster | None) -> None:
        assert new is not None
        if new.spec.pairs != self._wanted:
            self.queue.add(new.name)

    def _policy_changed(self, old: ReleasePolicy | None, new: ReleasePolicy | None) -> None:
        if any(each is not None and each.spec.coverage.pairs for each in (old, new)):
            self._gather()

    def _release_changed(self, old: Release | None, new: Release | None) -> None:
        release = new or old
        if release is None or release.status.policy is None or not release.status.policy.coverage.pairs:
            return
        if old is None or new is None or is_over(old) != is_over(new):
            self._gather()

    def _gather(self) -> None:
        """Which pairs are wanted now; every cluster that is told otherwise is put in line."""
        wanted = told_by_agents(list(self._named()))[:CLUSTER_PAIRS_MAX]
        if wanted == self._wanted:
            return
        self._wanted = wanted
        for cluster in self._caches.clusters.cache.values():
            self._cluster_changed(None, cluster)

    def _named(self) -> Iterator[Sequence[str]]:
        for policy in self._caches.policies.cache.values():
            yield from policy.spec.coverage.pairs
        for release in self._caches.releases.cache.values():
            if release.status.policy is not None and not is_over(release):
                yield from release.status.policy.coverage.pairs

    async def reconcile(self, name: str) -> float | None:
        """Write what one cluster is to count, where that changed."""
        cluster = self._caches.clusters.get(name)
        if cluster is None or cluster.spec.pairs == self._wanted:
            return None
        try:
            await self._client.patch(
                CLUSTERS, Raw, name, {"spec": {"pairs": self._wanted or None}}, field_manager=FIELD_MANAGER
            )
        except NotFound:
            return None
        return None

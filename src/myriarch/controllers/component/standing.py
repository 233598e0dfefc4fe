"""Standing state: clusters that no release concerns get a grant for what their environment has proven.

A cluster that joins the fleet has no grant for a component; a cluster whose release succeeded has one that is
not marked proven. Both are given the proven revision for all their nodes, so that every node that ever joins
converges to it. While a release is active its own grants are left alone, and so are those of releases that
were aborted or taken back: their units stay where they were put.
"""

from __future__ import annotations

import asyncio

from myriarch.api.cluster import Cluster, Direction, Grant, Mode
from myriarch.api.component import Component
from myriarch.base.clock import Clock
from myriarch.client.client import Client, PatchKind
from myriarch.client.errors import NotFound
from myriarch.client.refs import CLUSTERS
from myriarch.controllers.caches import Caches
from myriarch.controllers.release.granting import WRITES_AT_ONCE, field_manager, grant_object
from myriarch.runtime.queue import WorkQueue


class StandingController:
    """Keys are component names."""

    def __init__(self, client: Client, caches: Caches, clock: Clock, *, coalesce_seconds: float, seed: int = 0) -> None:
        self._client = client
        self._caches = caches
        self._coalesce_seconds = coalesce_seconds
        self.queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        caches.components.add_handlers(self._component_changed, self._component_changed)
        caches.clusters.add_handlers(on_add=self._cluster_added)
        caches.windows.on_change(self._window_changed)

    def _component_changed(self, old: Component | None, new: Component | None) -> None:
        assert new is not None
        if old is None or old.status != new.status or old.spec != new.spec:
            self.queue.add(new.name)

    def _cluster_added(self, _old: Cluster | None, _new: Cluster | None) -> None:
        for key in self._caches.components.cache:
            self.queue.add_after(key.name, self._coalesce_seconds)

    def _window_changed(self, _old: object, _new: object) -> None:
        for key in self._caches.components.cache:
            self.queue.add(key.name)

    async def reconcile(self, name: str) -> float | None:
        """Give every cluster that lacks it the standing grant of one component."""
        component = self._caches.components.get(name)
        if component is None:
            return None
        stopped = any(window.spec.stop for window in self._caches.windows.cache.values())
        due = [
            (cluster, grant)
            for cluster in list(self._caches.clusters.cache.values())
            if cluster.spec.mode is Mode.MANAGE and (grant := standing_grant(cluster, component, stopped)) is not None
        ]
        for start in range(0, len(due), WRITES_AT_ONCE):
            chunk = due[start : start + WRITES_AT_ONCE]
            results = await asyncio.gather(
                *(self._apply(cluster, grant) for cluster, grant in chunk), return_exceptions=True
            )
            for result in results:
                if isinstance(result, BaseException):
                    raise result
        return None

    async def _apply(self, cluster: Cluster, grant: Grant) -> None:
        try:
            await self._client.patch(
                CLUSTERS,
                dict,
                cluster.name,
                grant_object(cluster.name, grant),
                patch_kind=PatchKind.APPLY,
                field_manager=field_manager(grant.component),
                force=True,
            )
        except NotFound:
            return


def standing_grant(cluster: Cluster, component: Component, stopped: bool) -> Grant | None:
    """The grant that the cluster should have now, or None where the one it has stays."""
    proven = component.proven_in(cluster.spec.environment)
    held = cluster.grant(component.name)
    if not proven:
        return None
    way = Direction.HOLD if stopped else Direction.FORWARD
    if held is None:
        return _grant(component, proven, component_attempt(component), way)
    if held.proven:
        same = held.direction is way and held.revision == proven
        return None if same else _grant(component, proven, held.attempt, way)
    status = cluster.component(component.name)
    left_behind = status is not None and status.reverted_attempt == held.attempt
    concluded = component.status.active_release != held.release and held.revision == proven
    if concluded and held.direction is not Direction.REVERT and not left_behind:
        return _grant(component, proven, held.attempt, way)
    return None


def component_attempt(component: Component) -> int:
    """The attempt under which newcomers are brought to the proven revision: the latest ended one."""
    latest = component.status.last_attempt
    return latest - 1 if component.status.active_release and latest else latest


def _grant(component: Component, revision: str, attempt: int, direction: Direction) -> Grant:
    return Grant(
        component=component.name,
        revision=revision,
        rollback_to=revision,
        attempt=attempt,
        direction=direction,
        all_nodes=True,
        proven=True,
    )

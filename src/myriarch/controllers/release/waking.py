"""What wakes a release: its clusters, its own object, and everything that it names.

Changes of clusters are looked at together, a little after the first, and people's changes at once. Nothing is decided
here; a release that is woken for nothing finds that nothing has changed.
"""

from __future__ import annotations

from typing import Any

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component
from myriarch.api.environment import Environment
from myriarch.api.release import Phase, Release
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release import starting
from myriarch.controllers.release.running import Runnings
from myriarch.engine.phases import ENDED
from myriarch.runtime.queue import WorkQueue

WATCH_LOOK_SECONDS = 60.0
"""What changes while a release is watched, for days, is looked at together for so long."""


class Waking:
    """Keeps the fleet's table and the releases' columns up to date, and puts what must take a turn into ``queue``.

    ``coalesce_seconds``: how long after the first change of a cluster the turn comes.
    """

    def __init__(
        self,
        caches: Caches,
        table: FleetTable,
        runnings: Runnings,
        queue: WorkQueue[ObjectKey],
        *,
        coalesce_seconds: float,
    ) -> None:
        self._caches = caches
        self._table = table
        self._runnings = runnings
        self._queue = queue
        self._coalesce_seconds = coalesce_seconds
        caches.clusters.add_handlers(self._cluster_changed, self._cluster_changed, self._cluster_gone)
        caches.releases.on_change(self._release_changed)
        caches.components.add_handlers(self._component_changed, self._component_changed)
        for informer in (caches.components, caches.revisions, caches.policies, caches.windows, caches.overrides):
            informer.on_change(self._named_changed)
        caches.environments.on_change(self._environment_changed)

    def _cluster_changed(self, _old: Cluster | None, new: Cluster | None) -> None:
        assert new is not None
        row = self._table.set(new)
        self._row_changed(row)

    def _cluster_gone(self, old: Cluster | None, _new: Cluster | None) -> None:
        assert old is not None
        self._row_changed(self._table.remove(old.name))

    def _row_changed(self, row: int) -> None:
        self._runnings.update(row)
        for key, release in self._caches.releases.cache.items():
            if not starting.is_over(release):
                watched = release.status.phase is Phase.WATCHING
                self._queue.add_after(key, WATCH_LOOK_SECONDS if watched else self._coalesce_seconds)

    def _release_changed(self, old: Release | None, new: Release | None) -> None:
        release = new or old
        assert release is not None
        self._queue.add(ObjectKey(release.metadata.namespace or "", release.name))
        if old is not None and new is not None and old.spec == new.spec and new.status.phase not in ENDED:
            return
        for key, other in self._caches.releases.cache.items():
            if other.spec.component == release.spec.component:
                self._queue.add(key)

    def _component_changed(self, _old: Component | None, new: Component | None) -> None:
        """Its release may be gone: then nobody else would let the component go."""
        assert new is not None
        if new.status.active_release:
            self._queue.add(ObjectKey(*new.status.active_release.split("/", 1)))

    def _environment_changed(self, old: Environment | None, new: Environment | None) -> None:
        if old is None or new is None or old.spec != new.spec:
            self._named_changed(old, new)

    def _named_changed(self, _old: Any, _new: Any) -> None:
        for key, release in self._caches.releases.cache.items():
            if not starting.is_over(release):
                self._queue.add(key)

"""How releases go back together, where the revision of one requires another's.

A rollback is never held. But when a component goes back to a version with which a dependent revision can't be, the
release of that revision, where it is still under way in the same clusters, goes back too, and first: a cluster in which
nothing has failed waits with going back until the dependent has left it, ten minutes at most. Dependents that have
settled are left where they are, and named (``component/requirements.py``); so are components that can't be reversed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec
import numpy as np

from myriarch.api.cluster import Cluster, Direction
from myriarch.api.release import Phase, Release
from myriarch.base.clock import parse_rfc3339
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.requiring import Requirements, wording
from myriarch.controllers.release.running import Running, Runnings
from myriarch.controllers.release.starting import key_of
from myriarch.engine.observed import TOLD_NOTHING, TOLD_REVERT, Observed
from myriarch.engine.phases import ENDED
from myriarch.engine.population import Bools

BACK_FIRST_SECONDS: Final = 600.0
"""So long a cluster waits for dependents to go back before it does."""

NEVER: Final = float("inf")


class Returning:
    """Of all releases over the clusters of ``table``."""

    def __init__(self, caches: Caches, table: FleetTable, runnings: Runnings) -> None:
        self._caches = caches
        self._table = table
        self._runnings = runnings
        self._requirements = Requirements(caches.components, caches.revisions)

    def observed(self, observed: Observed, release: Release, running: Running, now: float) -> Observed:
        """``observed`` at ``now`` (Unix seconds), with what other releases that go back mean for this one."""
        back_with = self._back_with(release, running) if release.status.phase not in ENDED else ""
        if back_with:
            observed = msgspec.structs.replace(observed, orders=replace(observed.orders, back_with=back_with))
        if release.status.phase is Phase.ROLLING_BACK and self.until(release, now) == NEVER:
            return observed
        later = self._dependents(release) & (observed.failed == 0)
        return msgspec.structs.replace(observed, back_later=later) if later.any() else observed

    def until(self, release: Release, now: float) -> float:
        """When clusters wait for dependents no longer (Unix seconds); infinite where none wait as it is."""
        status = release.status
        if status.phase is not Phase.ROLLING_BACK or status.phase_since is None:
            return NEVER
        end = parse_rfc3339(status.phase_since) + BACK_FIRST_SECONDS
        return end if now < end else NEVER

    def _back_with(self, release: Release, running: Running) -> str:
        """Which release that goes back takes this one along, and why; '' where none does."""
        component = self._caches.components.get(release.spec.component)
        if component is None or not component.spec.reversible:
            return ""
        granted = np.flatnonzero((running.columns.count("granted") > 0) & self._table.present)
        for requirement in self._requirements.of(release.spec.revision):
            for other in self._going_back(requirement.component, release.status.started_at or ""):
                for row in map(int, granted):
                    back = _goes_back_to(self._table.clusters[row], other)
                    if back and not self._requirements.meets(requirement, back):
                        why = f"{release.spec.revision} requires {wording(requirement)}"
                        return f"rolled back with release {key_of(other)}, which goes back to {back}: {why}"
        return ""

    def _going_back(self, component: str, since: str) -> Iterator[Release]:
        """Releases of ``component`` that go back, or have gone back later than ``since``."""
        for key in sorted(self._caches.releases.cache):
            other = self._caches.releases.cache[key]
            status = other.status
            if other.spec.component != component:
                continue
            if status.phase is Phase.ROLLING_BACK or (
                status.phase is Phase.ROLLED_BACK and (status.ended_at or "") > since
            ):
                yield other

    def _dependents(self, release: Release) -> Bools:
        """Clusters in which a release is still to leave that can't be there once this one has gone back."""
        later = np.zeros(self._table.size, np.bool_)
        for key in sorted(self._caches.releases.cache):
            other = self._caches.releases.cache[key]
            component = self._caches.components.get(other.spec.component)
            under_way = other.status.attempt > 0 and other.status.policy is not None
            if not under_way or other.status.phase in ENDED or component is None or not component.spec.reversible:
                continue
            asked = [
                each for each in self._requirements.of(other.spec.revision) if each.component == release.spec.component
            ]
            if not asked:
                continue
            columns = self._runnings.of(other).columns
            there = (columns.asserted != TOLD_NOTHING) & ~((columns.asserted == TOLD_REVERT) & columns.settled)
            for row in map(int, np.flatnonzero(there & self._table.present)):
                back = _goes_back_to(self._table.clusters[row], release)
                later[row] |= bool(back) and not all(self._requirements.meets(each, back) for each in asked)
        return later


def _goes_back_to(cluster: Cluster, release: Release) -> str:
    """The revision that ``release`` returns the cluster to when it goes back; '' where it has done nothing there."""
    grant = cluster.grant(release.spec.component)
    if grant is None or grant.release != key_of(release) or grant.attempt != release.status.attempt:
        return ""
    stays = release.status.wave_only and grant.direction is not Direction.REVERT
    return "" if stays else grant.rollback_to

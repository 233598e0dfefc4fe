"""Holds a release in clusters where an earlier component has not settled: what ``Component.spec.after`` asks.

The clusters are held as a freeze holds them: forward steps wait, nodes in hand are finished, a rollback never waits.
While a release of the earlier component is under way, or waits for its turn, its clusters are held until it has settled
in them (``engine/after.py``). Without one, a cluster is held only from being begun, while nodes of it move to where the
earlier component stands: nodes join all the time, and what has begun isn't stopped for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from myriarch.api.cluster import Cluster, ComponentStatus, Direction, Grant
from myriarch.api.component import Component
from myriarch.api.release import Release
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.freezing import Freezes
from myriarch.controllers.release.planning import stage_members
from myriarch.controllers.release.running import Running, Runnings
from myriarch.controllers.release.starting import WAITING, key_of
from myriarch.controllers.release.telling import memory_of
from myriarch.engine.after import Progress, final_ceilings, unsettled
from myriarch.engine.directions import wished_ceilings
from myriarch.engine.phases import ENDED
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools

NAMED_CLUSTERS = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Clusters held, bool[n], and what they wait for, to be read after 'waits'."""

    units: Bools
    why: str


class Depending:
    """``wake`` is told of releases that wait for one that has moved on."""

    def __init__(
        self, caches: Caches, table: FleetTable, runnings: Runnings, wake: Callable[[ObjectKey], None]
    ) -> None:
        self._caches = caches
        self._table = table
        self._runnings = runnings
        self._wake = wake
        caches.releases.on_change(self._release_changed)

    def hold(self, freezes: Freezes, release: Release, running: Running, plan: ReleasePlan) -> Freezes:
        """``freezes``, with the clusters held in which the release has to wait."""
        component = self._caches.components.get(release.spec.component)
        if component is None or not component.spec.after:
            return freezes
        columns = running.columns
        unfinished = ~(columns.settled & (columns.count("granted") >= final_ceilings(plan)))
        wanted = wished_ceilings(plan, memory_of(release.status)) > columns.count("granted")
        held, waits = freezes.frozen, list(freezes.waits)
        for name in component.spec.after:
            for each in self._earlier(name, columns.count("granted") > 0):
                units = each.units & unfinished & self._table.present
                held = held | units
                if (units & wanted).any():
                    waits.append(f"{self._named(units & wanted)} {each.why}")
        return replace(freezes, frozen=held, waits=tuple(waits))

    def _earlier(self, name: str, begun: Bools) -> Iterator[_Held]:
        component = self._caches.components.get(name)
        concerned = np.zeros(self._table.size, np.bool_)
        for release in self._releases(name):
            members, held = self._of_release(release)
            concerned |= members
            yield _Held(held, f"for release {key_of(release)} of {name} to settle")
        if component is not None:
            yield _Held(self._restless(component, ~concerned & ~begun), f"for {name} to come to rest")

    def _releases(self, component: str) -> list[Release]:
        """Releases of ``component`` that are under way, or may soon be."""
        every = (each for each in self._caches.releases.cache.values() if each.spec.component == component)
        return sorted((each for each in every if _matters(each)), key=key_of)

    def _of_release(self, release: Release) -> tuple[Bools, Bools]:
        """Clusters that the release concerns, and those where it has not settled."""
        if release.status.attempt == 0 or release.status.policy is None:
            policy = self._caches.policies.get(release.spec.policy)
            chosen = np.zeros(self._table.size, np.bool_)
            for members in stage_members(self._table, policy.spec, release.spec.selector) if policy is not None else []:
                chosen |= members
            return chosen, chosen
        running = self._runnings.of(release)
        plan = self._runnings.plan(running, release)
        columns = running.columns
        progress = Progress(columns.asserted, columns.count("granted"), columns.settled, columns.taken_back)
        return final_ceilings(plan) > 0, unsettled(plan, memory_of(release.status), progress)

    def _restless(self, component: Component, among: Bools) -> Bools:
        held = np.zeros(self._table.size, np.bool_)
        for row in np.flatnonzero(among & self._table.present):
            held[row] = not at_rest(self._table.clusters[int(row)], component)
        return held

    def _named(self, units: Bools) -> str:
        rows = np.flatnonzero(units)
        names = [self._table.clusters[int(row)].name for row in rows[:NAMED_CLUSTERS]]
        named = ", ".join([*names, *(["…"] if len(rows) > NAMED_CLUSTERS else [])])
        return f"{len(rows)} clusters ({named}) wait" if len(rows) > 1 else f"cluster {named} waits"

    def _release_changed(self, old: Release | None, new: Release | None) -> None:
        """A release has moved on: those of components that come after it may follow."""
        release = new or old
        assert release is not None
        if new is None or new.status.phase in ENDED:
            self._runnings.forget(key_of(release))
        if old is not None and new is not None and _place(old) == _place(new):
            return
        for key, other in self._caches.releases.cache.items():
            component = self._caches.components.get(other.spec.component)
            if component is not None and release.spec.component in component.spec.after:
                self._wake(key)


def _place(release: Release) -> tuple[object, ...]:
    status = release.status
    return status.phase, status.stage, status.wave, status.attempt, status.reason


def _matters(release: Release) -> bool:
    status = release.status
    return status.phase not in ENDED and (status.attempt > 0 or status.reason in ("", WAITING))


def at_rest(cluster: Cluster, component: Component) -> bool:
    """Whether nothing is left to be moved in the cluster to where the component stands there."""
    grant, told = cluster.grant(component.name), cluster.component(component.name)
    if grant is None:
        return not component.proven_in(cluster.spec.environment)
    if told is None or not _echoes(told, grant):
        return False
    moving = told.updating > told.unreachable
    match grant.direction:
        case Direction.REVERT:
            return told.settled
        case Direction.HOLD:
            return not moving
        case Direction.FORWARD:
            # A standing grant that brings another revision under the same attempt finds it told as settled already.
            return told.settled and (grant.attempt > 0 or not moving)


def _echoes(told: ComponentStatus, grant: Grant) -> bool:
    same = told.attempt == grant.attempt and told.revision == grant.revision
    return same and (told.direction is Direction.REVERT) == (grant.direction is Direction.REVERT)

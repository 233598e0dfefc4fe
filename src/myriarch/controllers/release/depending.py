"""Holds a release in clusters where another component has not settled, or has not the version that is required.

The clusters are held as a freeze holds them: forward steps wait, nodes in hand are finished, a rollback never waits.

``Component.spec.after``: while a release of the earlier component is under way, or waits for its turn, its clusters are
held until it has settled in them (``engine/after.py``). Without one, a cluster is held only from being begun, while
nodes of it move to where the earlier component stands: nodes join all the time, and what has begun isn't stopped for
each of them.

``Revision.spec.requires``: a cluster is held until it meets what the revision requires (``requiring.py``), and as long
as going up would take from another component what that requires where it stands. How dependents go back is in
``returning.py``.

Trains: a car is held in the clusters of a stage until the car before has passed that stage (``cars.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component
from myriarch.api.release import Release
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.cars import owner_name, unpassed
from myriarch.controllers.release.freezing import Freezes
from myriarch.controllers.release.planning import stage_members
from myriarch.controllers.release.requiring import Requirements, wording
from myriarch.controllers.release.resting import restless
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
        self._requirements = Requirements(caches.components, caches.revisions)
        caches.releases.on_change(self._release_changed)
        caches.release_written.append(self._release_changed)

    def hold(self, freezes: Freezes, release: Release, running: Running, plan: ReleasePlan) -> Freezes:
        """``freezes``, with the clusters held in which the release has to wait."""
        columns = running.columns
        granted, final = columns.count("granted"), final_ceilings(plan)
        moving = (final > 0) & ~(columns.settled & (granted >= final)) & self._table.present
        wanted = wished_ceilings(plan, memory_of(release.status)) > granted
        held, waits = freezes.frozen, list(freezes.waits)
        for each in self._all(release, plan, moving, granted > 0):
            held = held | (each.units & moving)
            now = each.units & moving & wanted
            if now.any():
                waits.append(f"{named_clusters(self._table, now)} {each.why}")
        return replace(freezes, frozen=held, waits=tuple(waits))

    def _all(self, release: Release, plan: ReleasePlan, among: Bools, begun: Bools) -> Iterator[_Held]:
        component = self._caches.components.get(release.spec.component)
        if component is None:
            return
        stages, before = unpassed(self._caches, release)
        for stage in plan.stages:
            if stage.name in stages:
                yield _Held(stage.members, f"for car {before} to pass stage {stage.name}")
        for name in component.spec.after:
            yield from self._earlier(name, begun)
        for requirement in self._requirements.of(release.spec.revision):
            lacking = self._where(among, partial(self._requirements.lacks, requirement))
            yield _Held(lacking, f"for {wording(requirement)}")
        yield from self._broken(release.spec.revision, component, among)

    def _where(self, among: Bools, true: Callable[[Cluster], bool]) -> Bools:
        found = among.copy()
        for row in map(int, np.flatnonzero(among)):
            found[row] = true(self._table.clusters[row])
        return found

    def _broken(self, revision: str, component: Component, among: Bools) -> Iterator[_Held]:
        """Clusters where a component that stands there requires that this one goes no further up."""
        askers = {
            each.spec.component
            for each in self._caches.revisions.cache.values()
            if any(requirement.component == component.name for requirement in each.spec.requires)
        }
        held: dict[str, Bools] = {}
        for other in (self._caches.components.get(name) for name in sorted(askers)):
            for row in map(int, np.flatnonzero(among)) if other is not None else ():
                assert other is not None
                why = self._requirements.broken_by(revision, component, self._table.clusters[row], other)
                if why:
                    held.setdefault(why, np.zeros(self._table.size, np.bool_))[row] = True
        yield from (_Held(units, why) for why, units in held.items())

    def _earlier(self, name: str, begun: Bools) -> Iterator[_Held]:
        component = self._caches.components.get(name)
        concerned = np.zeros(self._table.size, np.bool_)
        for release in self._releases(name):
            members, held = self._of_release(release)
            concerned |= members
            yield _Held(held, f"for release {key_of(release)} of {name} to settle")
        if component is not None:
            among = ~concerned & ~begun & self._table.present
            yield _Held(self._where(among, partial(restless, component)), f"for {name} to come to rest")

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

    def _release_changed(self, old: Release | None, new: Release | None) -> None:
        """A release has moved on: those of components that come after it may follow."""
        release = new or old
        assert release is not None
        if new is None or new.status.phase in ENDED:
            self._runnings.forget(key_of(release))
        if train := owner_name(release):
            self._wake_cars(train, release.metadata.namespace or "")
        if old is not None and new is not None and _place(old) == _place(new):
            return
        for key, other in self._caches.releases.cache.items():
            component = self._caches.components.get(other.spec.component)
            named = [each.component for each in self._requirements.of(other.spec.revision)]
            if release.spec.component in (named if component is None else named + component.spec.after):
                self._wake(key)

    def _wake_cars(self, train: str, namespace: str) -> None:
        for key, other in self._caches.releases.cache.items():
            if key.namespace == namespace and owner_name(other) == train and other.status.phase not in ENDED:
                self._wake(key)


def named_clusters(table: FleetTable, units: Bools) -> str:
    """``cluster a waits``, or ``7 clusters (a, b, c, …) wait``."""
    rows = np.flatnonzero(units)
    names = [table.clusters[int(row)].name for row in rows[:NAMED_CLUSTERS]]
    named = ", ".join([*names, *(["…"] if len(rows) > NAMED_CLUSTERS else [])])
    return f"{len(rows)} clusters ({named}) wait" if len(rows) > 1 else f"cluster {named} waits"


def _place(release: Release) -> tuple[object, ...]:
    status = release.status
    return status.phase, status.stage, status.wave, status.attempt, status.reason


def _matters(release: Release) -> bool:
    status = release.status
    return status.phase not in ENDED and (status.attempt > 0 or status.reason in ("", WAITING))

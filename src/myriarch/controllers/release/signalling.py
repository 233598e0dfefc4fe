"""Gathers what a judge of the cause needs: all failures that agents tell, and when every release in flight came.

Everything is read off Cluster objects and releases' statuses, so that whoever takes over judges the same. A release
that ended lately is still a suspect: what it did may show late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from myriarch.api.cluster import Cluster
from myriarch.api.release import Release
from myriarch.base.clock import parse_rfc3339
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable, shared_values
from myriarch.controllers.release.starting import key_of
from myriarch.engine.blame.signals import CLUSTER, HOUR, MEMORY_HOURS, Arrival, Domain, Failures, Places, Signals

RELEASES_MAX: Final = 16
"""So many releases are judged together: the one in question, and the latest of the others."""

BEFORE_SECONDS: Final = HOUR
"""What failed so long before the first of the releases began is looked at too: it is nobody's doing."""

ZONE: Final = "zone"
SHARED: Final = ("region", "provider")
"""Domains by what all nodes of a cluster share, beside its zones and the cluster itself."""


def signals_of(caches: Caches, table: FleetTable, release: Release, now: float) -> Signals | None:
    """What is known at ``now`` (Unix seconds); None where no agent tells of failures."""
    releases = [release, *_others(caches, release, now)]
    since = min(parse_rfc3339(each.status.started_at) for each in releases if each.status.started_at) - BEFORE_SECONDS
    if release.status.tried:  # what failed with an earlier try is no evidence of this one
        since = max(since, parse_rfc3339(release.status.tried[-1].ended_at))
    gathered = _Gathered(releases, since)
    for row in map(int, np.flatnonzero(table.present)):
        gathered.add(table.clusters[row])
    if not gathered.at:
        return None
    return Signals(key_of(release), gathered.places(), gathered.arrivals(), gathered.failures(), since)


def _others(caches: Caches, release: Release, now: float) -> list[Release]:
    """Releases of other components that are in flight, or ended within the time that failures are remembered."""
    found = [
        other
        for other in caches.releases.cache.values()
        if other.spec.component != release.spec.component and other.status.attempt and other.status.started_at
    ]
    recent = [
        other
        for other in found
        if not other.status.ended_at or now - parse_rfc3339(other.status.ended_at) < MEMORY_HOURS * HOUR
    ]
    recent.sort(key=lambda other: (other.status.started_at or "", key_of(other)), reverse=True)
    return recent[: RELEASES_MAX - 1]


@dataclass(slots=True)
class _Gathered:
    """Lists that grow cluster by cluster; a place is the part of a cluster in one zone."""

    releases: Sequence[Release]
    since: float
    names: list[str] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    domains: dict[str, list[str]] = field(default_factory=dict)
    at: list[float] = field(default_factory=list)
    place: list[int] = field(default_factory=list)
    count: list[int] = field(default_factory=list)
    begun: list[list[float]] = field(default_factory=list)
    came: list[tuple[int, float, int, int]] = field(default_factory=list)

    def add(self, cluster: Cluster) -> None:
        """Its zones, what failed in it, and when releases came to it."""
        if not cluster.status.nodes:
            return
        first = len(self.names)
        zones = cluster.status.strata.get(ZONE) or {"": cluster.status.nodes}
        shared = shared_values(cluster)
        for zone, nodes in sorted(zones.items()):
            self.names.append(f"{cluster.name}/{zone}" if zone else cluster.name)
            self.nodes.append(nodes)
            values = {ZONE: zone, CLUSTER: cluster.name} | {name: shared.get(name, "") for name in SHARED}
            for kind, value in values.items():
                self.domains.setdefault(kind, []).append(value)
        heard = [_heard(cluster, release) for release in self.releases]
        for index, release in enumerate(self.releases):
            status = cluster.component(release.spec.component) if heard[index] else None
            for step in status.arrivals if status is not None else ():
                self.came.append((index, parse_rfc3339(step.at), first, step.nodes))
        place_of = {zone: first + offset for offset, zone in enumerate(sorted(zones))}
        for group in cluster.status.sick:
            at = parse_rfc3339(group.at)
            if at < self.since:
                continue
            moments = [group.begun.get(release.spec.component) for release in self.releases]
            known = [parse_rfc3339(moment) if moment and heard[i] else np.inf for i, moment in enumerate(moments)]
            self.at.append(at)
            self.place.append(place_of.get(group.zone, first))
            self.count.append(group.nodes)
            self.begun.append(known)

    def places(self) -> Places:
        """All places with their domains."""
        domains = []
        for kind, values in self.domains.items():
            names = sorted({value for value in values if value})
            code = {name: index for index, name in enumerate(names)}
            domains.append(Domain(kind, names, np.asarray([code.get(value, -1) for value in values], np.int64)))
        return Places(self.names, np.asarray(self.nodes, np.int64), tuple(domains))

    def arrivals(self) -> list[Arrival]:
        """One a release, in their order."""
        found = []
        for index, release in enumerate(self.releases):
            steps = [step[1:] for step in self.came if step[0] == index]
            at = np.asarray([step[0] for step in steps], np.float64)
            place, nodes = (np.asarray([step[column] for step in steps], np.int64) for column in (1, 2))
            found.append(Arrival(key_of(release), at, place, nodes))
        return found

    def failures(self) -> Failures:
        """All sick nodes."""
        begun = np.asarray(self.begun, np.float64).reshape(len(self.at), len(self.releases))
        at, place = np.asarray(self.at, np.float64), np.asarray(self.place, np.int64)
        return Failures(at, place, np.asarray(self.count, np.int64), begun)


def _heard(cluster: Cluster, release: Release) -> bool:
    """Whether what the cluster says of the component is of this release."""
    status = cluster.component(release.spec.component)
    return status is not None and status.attempt == release.status.attempt

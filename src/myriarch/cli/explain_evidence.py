"""What clusters show of a hold: who it is about, how far each has come, and what its agent says.

A status stays small whatever the fleet's size, so who is waited for is asked of the Cluster objects, for the few that a
screen has room for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from myriarch.api.cluster import Cluster, ComponentStatus, Direction, Grant
from myriarch.api.holds import HoldEntry, HoldKind
from myriarch.api.release import Release
from myriarch.base.clock import parse_rfc3339, rfc3339
from myriarch.controllers.fleet_table import silent_since

NAMED: Final = 3
"""Clusters, or gates, told of each hold."""

NEVER: Final = float("inf")


def evidence_of(entry: HoldEntry, release: Release, clusters: Sequence[Cluster]) -> tuple[str, ...]:
    """At most NAMED lines, and how many more there would be."""
    find = _FINDERS.get(entry.kind)
    if find is None:
        return ()
    found = list(find(entry, release, clusters))
    more = [f"and {len(found) - NAMED} more"] if len(found) > NAMED else []
    return (*found[:NAMED], *more)


def _granted(release: Release, clusters: Sequence[Cluster]) -> Iterator[tuple[Cluster, Grant]]:
    key = f"{release.metadata.namespace}/{release.name}"
    for cluster in sorted(clusters, key=lambda each: each.name):
        grant = cluster.grant(release.spec.component)
        if grant is not None and grant.release == key and grant.attempt == release.status.attempt:
            yield cluster, grant


def _heard(cluster: Cluster, grant: Grant) -> ComponentStatus | None:
    """What it says of this attempt."""
    status = cluster.component(grant.component)
    return status if status is not None and status.attempt == grant.attempt else None


def _unsettled(_entry: HoldEntry, release: Release, clusters: Sequence[Cluster]) -> Iterator[str]:
    for cluster, grant in _granted(release, clusters):
        status = _heard(cluster, grant)
        if grant.direction is Direction.REVERT or silent_since(cluster) < NEVER:
            continue
        if status is None:
            yield f"{cluster.name}: has said nothing of this release yet"
        elif not status.settled or status.observed_ceiling != grant.ceiling:
            failed = f", {status.failed} failed" if status.failed else ""
            counts = f"{status.updated} of {grant.ceiling} nodes updated, {status.begun} begun{failed}"
            yield _said(f"{cluster.name}: {counts}", status.message)


def _silent(_entry: HoldEntry, release: Release, clusters: Sequence[Cluster]) -> Iterator[str]:
    for cluster, _grant in _granted(release, clusters):
        since = silent_since(cluster)
        if since < NEVER:
            yield f"{cluster.name}: not heard since {rfc3339(since)}"


def _back(_entry: HoldEntry, release: Release, clusters: Sequence[Cluster]) -> Iterator[str]:
    for cluster, grant in _granted(release, clusters):
        status = _heard(cluster, grant)
        if silent_since(cluster) < NEVER or status is None or not status.begun:
            continue
        left = status.off_target - status.stuck_count
        if grant.direction is not Direction.REVERT:
            yield f"{cluster.name}: its turn has not come, {status.begun} nodes to bring back"
        elif left > 0:
            yield _said(f"{cluster.name}: {left} nodes still to bring back", status.message)


def _stuck(_entry: HoldEntry, release: Release, clusters: Sequence[Cluster]) -> Iterator[str]:
    for cluster, grant in _granted(release, clusters):
        status = _heard(cluster, grant)
        if status is not None and status.stuck_count:
            yield f"{cluster.name}: {'; '.join(status.stuck[:NAMED])}"


def _gate(entry: HoldEntry, release: Release, _clusters: Sequence[Cluster]) -> Iterator[str]:
    """When it was last answered, and what was measured."""
    words = entry.message.split()
    for result in release.status.gates:
        if len(words) > 1 and result.name == words[1] and result.at and result.place in _places(release):
            against = f", {result.value:g} against {result.threshold}" if result.value is not None else ""
            at = rfc3339(parse_rfc3339(result.at))
            yield f"said {result.answer} at {at} of {result.place}{against}; Pass or Fail {result.answered} times"


def _places(release: Release) -> set[str]:
    """Where gates count now: here, and before the next wave."""
    status = release.status
    stages = [stage.name for stage in status.policy.stages] if status.policy else []
    following = {f"{name}/1" for name in stages[status.stage + 1 : status.stage + 2]}
    return {status.place, f"{status.stage_name}/{status.wave + 2}", *following}


def _suspicion(_entry: HoldEntry, release: Release, _clusters: Sequence[Cluster]) -> Iterator[str]:
    for tally in release.status.environments:
        if tally.failed:
            yield f"{tally.environment}: {tally.failed} of {tally.begun} begun nodes failed"


def _harm(_entry: HoldEntry, release: Release, _clusters: Sequence[Cluster]) -> Iterator[str]:
    if release.status.blame:
        blamed = ", ".join(f"{key}={value}" for key, value in sorted(release.status.blame.items()))
        yield f"the failed nodes share {blamed}"


def _said(text: str, message: str) -> str:
    return f"{text}: {message}" if message else text


_FINDERS: Final[dict[HoldKind, Callable[[HoldEntry, Release, Sequence[Cluster]], Iterator[str]]]] = {
    HoldKind.UNSETTLED: _unsettled,
    HoldKind.SILENCE: _silent,
    HoldKind.BACK: _back,
    HoldKind.STUCK: _stuck,
    HoldKind.GATE: _gate,
    HoldKind.SUSPICION: _suspicion,
    HoldKind.HARM: _harm,
}

"""What a plan assumes of how long a node takes, and from where it knows.

Said by ``--node-update``; else measured in the component's last release that went through; else, in a fleet file, what
the file says; else a usual figure. Whichever it is, the plan says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Final

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component, DriverName
from myriarch.api.meta import LabelSelector
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Phase, Release, TimelineEntry
from myriarch.base.clock import parse_rfc3339
from myriarch.base.durations import format_duration, parse_duration
from myriarch.base.errors import UserFault
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.planning import empty_stage_faults, plan_table
from myriarch.engine.forecast import Assumed, WaveForecast, forecast
from myriarch.engine.makespan import UpdateTime
from myriarch.engine.phases import EVERYWHERE
from myriarch.fleet.load import load_fleet

USUAL: Final = UpdateTime(120.0, 0.35)
"""Of a node where nothing is known: an agent restarts within minutes. A drain takes longer."""

LEAST_SECONDS: Final = 1.0
MEASURED_RELEASES: Final = 3


@dataclass(frozen=True, slots=True)
class Known:
    """``source`` says from where, for people."""

    assumed: Assumed
    source: str

    @property
    def text(self) -> str:
        """``a node takes about 2m (the fleet file)``."""
        what = "a cluster" if self.assumed.whole else "a node"
        return f"{what} takes about {format_duration(round(self.assumed.update.median_seconds))} ({self.source})"


def said(text: str) -> Known:
    """By ``--node-update``. Raises UserFault."""
    try:
        seconds = parse_duration(text)
    except ValueError:
        raise UserFault("--node-update", text, "is no duration", "Write one such as 90s, 5m or 1h.") from None
    if seconds < LEAST_SECONDS:
        raise UserFault("--node-update", text, "is shorter than a second", "Write one such as 90s, 5m or 1h.")
    return Known(Assumed(UpdateTime(seconds, USUAL.spread)), "as said")


def of_file(fleet: Path) -> Known:
    """As the fleet file says. Raises UserFault for a file that is no fleet."""
    updates = load_fleet(fleet).updates
    return Known(Assumed(UpdateTime(updates.median_seconds, updates.spread)), "the fleet file")


def of_history(component: Component, releases: Sequence[Release], clusters: Sequence[Cluster]) -> Known:
    """As the component's last good releases went, over the clusters that there are now."""
    whole = component.spec.driver is DriverName.BUNDLE
    for release in _succeeded(component.name, releases)[:MEASURED_RELEASES]:
        seconds = _measured(release, clusters, whole)
        if seconds is not None:
            return Known(Assumed(UpdateTime(seconds, USUAL.spread), whole), f"measured in release {release.name}")
    return Known(Assumed(USUAL, whole), "assumed: nothing of it was released yet; say --node-update")


def _succeeded(component: str, releases: Sequence[Release]) -> list[Release]:
    """The latest first."""
    good = [each for each in releases if each.spec.component == component and each.status.phase in EVERYWHERE]
    return sorted(good, key=lambda each: (each.status.ended_at or "", each.name), reverse=True)


def _measured(release: Release, clusters: Sequence[Cluster], whole: bool) -> float | None:
    """The median over its waves of what a node must have taken; None where that can't be told."""
    policy = release.status.policy
    if policy is None:
        return None
    took = dict(_advanced(policy, release.status.timeline))
    one, two = (_waves(policy, release, clusters, whole, seconds) for seconds in (USUAL.median_seconds, 0.0))
    found = []
    for usual, least in zip(one, two, strict=True):
        at = (usual.stage, usual.wave)
        rate = (usual.advance.expected - least.advance.expected) / USUAL.median_seconds
        if at in took and rate > 0:
            found.append((took[at] - least.advance.expected) / rate)
    return max(median(found), LEAST_SECONDS) if found else None


def _waves(
    policy: ReleasePolicySpec, release: Release, clusters: Sequence[Cluster], whole: bool, seconds: float
) -> tuple[WaveForecast, ...]:
    """What was to be expected of the release, had a node taken so long; nothing where its stages match no cluster."""
    table = FleetTable.of(clusters)
    selector: LabelSelector | None = release.spec.selector
    if empty_stage_faults(table, policy, selector):
        return ()
    plan = plan_table(table, policy, selector, release.status.seed)
    assumed = Assumed(replace(USUAL, median_seconds=seconds), whole)
    return forecast(policy, plan, assumed, (), 0.0)


def _advanced(policy: ReleasePolicySpec, timeline: Sequence[TimelineEntry]) -> Iterator[tuple[tuple[int, int], float]]:
    """By (stage, wave), how long each wave advanced that did so at one go."""
    names = [stage.name for stage in policy.stages]
    for before, after in pairwise(timeline):
        if before.phase is Phase.ADVANCING and after.phase is Phase.SOAKING and before.reason != "WaveUnsettled":
            yield (names.index(before.stage), before.wave), parse_rfc3339(after.at) - parse_rfc3339(before.at)

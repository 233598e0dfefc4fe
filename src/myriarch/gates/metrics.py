"""What a metric of an analysis says of each unit now, and what its own level was before the release.

The metric's query gives one series a unit. Which arm a unit is of, its cluster says: the hub knows which clusters are
updated and which are untouched. Or two queries say it: one of updated units, one of others, told apart by a label such
as the version. The levels are asked of the server's own past, at the moment when the release began: nothing of them is
kept, and whoever comes after a crash asks the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from myriarch.api.metrics import AnalysisMetric, Change, SampleKind, Worse
from myriarch.base.durations import parse_duration
from myriarch.engine.metric_rules import change_of
from myriarch.engine.metric_samples import Reading
from myriarch.gates.fetch import NoAnswer
from myriarch.gates.promql import Labelled, values_of
from myriarch.gates.question import Question
from myriarch.gates.server import Reach

MOST_POINTS: Final = 1000
"""Of a unit's past, at most so many are asked."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Names of clusters: with updated nodes, wholly updated, untouched; and each one's value of the attribute that
    strata are made of. ``began``: when the release did; ``last``: when the metric was last weighed; ``now`` (Unix
    seconds)."""

    updated: frozenset[str]
    whole: frozenset[str]
    controls: frozenset[str]
    strata: Mapping[str, str] = field(default_factory=dict)
    began: float = 0.0
    last: float = 0.0
    now: float = 0.0


Readings = tuple[tuple[Reading, ...], tuple[Reading, ...]]


async def read_metric(metric: AnalysisMetric, question: Question, members: Membership, reach: Reach) -> Readings:
    """Readings of updated units and of others. Raises NoAnswer, Refused, NoSecret."""
    updated = await _now(metric, metric.query, question, reach, members.now)
    levels = await _past(metric, metric.query, question, members, reach)
    if not metric.controls:
        return _split(metric, members, updated, levels)
    controls = await _now(metric, metric.controls, question, reach, members.now)
    for unit, level in (await _past(metric, metric.controls, question, members, reach)).items():
        levels[unit] = _worst(metric, level, levels[unit]) if unit in levels else level
    both = updated.keys() & controls.keys()  # just updated: its old series is not forgotten yet
    first = tuple(_reading(metric, members, unit, updated[unit], levels) for unit in sorted(updated.keys() - both))
    second = tuple(_reading(metric, members, unit, controls[unit], levels) for unit in sorted(controls.keys() - both))
    return first, second


def _split(
    metric: AnalysisMetric, members: Membership, found: Mapping[str, Labelled], levels: Mapping[str, float]
) -> Readings:
    """By the cluster that each unit is in; who is in neither arm is left out."""
    arms: tuple[list[Reading], list[Reading]] = ([], [])
    for unit in sorted(found):
        cluster = found[unit].labels.get(metric.cluster_label, "")
        for arm, names in zip(arms, (members.updated, members.controls), strict=True):
            if cluster in names:
                arm.append(_reading(metric, members, unit, found[unit], levels))
    return tuple(arms[0]), tuple(arms[1])


def _reading(
    metric: AnalysisMetric, members: Membership, unit: str, found: Labelled, levels: Mapping[str, float]
) -> Reading:
    cluster = found.labels.get(metric.cluster_label, "")
    stratum = members.strata.get(cluster) or found.labels.get(metric.stratum, "") if metric.stratum else ""
    whole = bool(metric.controls) or cluster in members.whole
    return Reading(unit, found.value, levels.get(unit, math.nan), stratum, whole)


async def _now(metric: AnalysisMetric, query: str, question: Question, reach: Reach, at: float) -> dict[str, Labelled]:
    """By unit. ``at`` is told, so that the next look can ask for the very same again."""
    return _by_unit(metric, await values_of(metric.server, query, question, reach, at=at))


async def _past(
    metric: AnalysisMetric, query: str, question: Question, members: Membership, reach: Reach
) -> dict[str, float]:
    """By unit: its mean level before the release, or of a Share the worst value until the last look."""
    if metric.kind is not SampleKind.SHARE:
        level = change_of(metric) is not Change.NONE
        return await _over_time("avg", metric, query, question, members, reach, members.began) if level else {}
    function, at = "max" if metric.worse is Worse.HIGHER else "min", max(members.last, members.began)
    found = await _over_time(function, metric, query, question, members, reach, at)
    for unit, each in (await _now(metric, query, question, reach, at)).items():  # steps are aligned, and may miss it
        found[unit] = _worst(metric, each.value, found.get(unit, each.value))
    return found


async def _over_time(
    function: str,
    metric: AnalysisMetric,
    query: str,
    question: Question,
    members: Membership,
    reach: Reach,
    at: float,
) -> dict[str, float]:
    """Of each unit's values from a ``level`` before the release until ``at``."""
    before = parse_duration(metric.level)
    span = max(math.ceil(at - members.began + before), 1)
    step = max(math.ceil(min(parse_duration(metric.every), before)), math.ceil(span / MOST_POINTS), 1)
    text = f"{function}_over_time((\n{query}\n)[{span}s:{step}s])"
    found = await values_of(metric.server, text, question, reach, at=at)
    return {unit: each.value for unit, each in _by_unit(metric, found).items()}


def _worst(metric: AnalysisMetric, first: float, second: float) -> float:
    return max(first, second) if metric.worse is Worse.HIGHER else min(first, second)


def _by_unit(metric: AnalysisMetric, series: tuple[Labelled, ...]) -> dict[str, Labelled]:
    found: dict[str, Labelled] = {}
    labels = metric.unit or [metric.cluster_label]
    for each in series:
        unit = "/".join(each.labels.get(label, "") for label in labels)
        if unit in found:
            raise NoAnswer(f"more than one series of unit {unit or '(without labels)'}: name what tells them in unit")
        found[unit] = each
    return found

"""What a plan says of time, and of what stands in its way: the engine's forecast as a document and in words.

Times come twice: expected, and the worst (``engine/forecast.py`` says what either takes for granted). People's
approvals are in neither; their number is told. So is how long the release is watched once it is everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from myriarch.api.freezewindow import FreezeWindow, FreezeWindowSpec
from myriarch.base.clock import rfc3339
from myriarch.base.durations import format_duration, parse_duration
from myriarch.cli.plan_assumed import Known
from myriarch.cli.release_wish import Checked
from myriarch.controllers.fleet_table import FleetTable, silent_since
from myriarch.controllers.release.freezing import Freezes, selects
from myriarch.controllers.release.terms import hold_outdated
from myriarch.engine.conflicts import Conflict, ConflictKind, Health, find_conflicts
from myriarch.engine.forecast import Freezing, Seconds, WaveForecast, forecast
from myriarch.engine.windows import window_faults

SHOWN_FREEZES: Final = 5
"""Freezes told of in words; the documents tell all."""


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What is known of the time to come: how long nodes take, freeze windows, and the hour (Unix seconds)."""

    known: Known
    windows: Sequence[FreezeWindow]
    now: float


def add_forecast(document: dict[str, Any], checked: Checked, ahead: Ahead) -> tuple[WaveForecast, ...]:
    """Add to a plan's document, its stages and its waves what is expected of each, and the conflicts."""
    policy, plan = checked.policy.spec, checked.plan
    freezes = list(_freezes(checked, ahead.windows))
    waves = forecast(policy, plan, ahead.known.assumed, freezes, ahead.now)
    for wave in waves:
        shown = document["stages"][wave.stage]["waves"][wave.wave]
        shown |= _wave(wave, shown, ahead.now)
    for number, stage in enumerate(document["stages"]):
        mine = [wave for wave in waves if wave.stage == number]
        stage |= _lengths(Seconds(*_between(mine[0].begins, mine[-1].ends)))
    document |= _lengths(Seconds(*_between(Seconds(ahead.now, ahead.now), waves[-1].ends)))
    document["watchSeconds"] = parse_duration(policy.watch.for_) if policy.watch is not None else 0.0
    document["approvals"] = _approvals(checked)
    update = ahead.known.assumed.update
    document["assumed"] = {
        "nodeSeconds": round(update.median_seconds, 1),
        "source": ahead.known.source,
        "text": ahead.known.text,
    }
    health = Health(~_heard(checked), _unready(checked))
    found = [*find_conflicts(policy, plan, waves, freezes, health), *_outdated(checked)]
    document["conflicts"] = [_conflict(each) for each in found]
    return waves


def _outdated(checked: Checked) -> Iterator[Conflict]:
    """Clusters that will be held because their agents would overstep the policy."""
    size = len(checked.clusters)
    none = Freezes(np.zeros(size, np.bool_), np.full(size, math.inf), math.inf, "")
    held = hold_outdated(none, checked.policy.spec, FleetTable.of(checked.clusters))
    if held.reason:
        cure = "Upgrade the agents first, or leave the rule out."
        yield Conflict(ConflictKind.AGENTS, "", f"{int(held.frozen.sum())} clusters are held: {held.reason}", cure)


def _freezes(checked: Checked, windows: Sequence[FreezeWindow]) -> Iterator[Freezing]:
    for window in sorted(windows, key=lambda each: each.name):
        if window.spec.components and checked.spec.component not in window.spec.components:
            continue
        units = np.array([selects(window, cluster) for cluster in checked.clusters], np.bool_)
        if units.any():
            faults = window_faults(window.spec)  # one that can't be read holds until it is mended
            spec = FreezeWindowSpec(stop=True, reason=faults[0].message) if faults else window.spec
            yield Freezing(window.name, spec, units)


def _heard(checked: Checked) -> np.ndarray:
    return np.array([silent_since(cluster) == math.inf for cluster in checked.clusters], np.bool_)


def _unready(checked: Checked) -> np.ndarray:
    nodes = [cluster.status.nodes - cluster.status.ready_nodes for cluster in checked.clusters]
    return np.array(nodes, np.int64)


def _between(begin: Seconds, end: Seconds) -> tuple[float, float]:
    pairs = ((begin.expected, end.expected), (begin.worst, end.worst))
    return tuple(math.inf if last == math.inf else last - first for first, last in pairs)  # type: ignore[return-value]


def _lengths(seconds: Seconds) -> dict[str, float | None]:
    return {"expectedSeconds": _finite(seconds.expected), "worstSeconds": _finite(seconds.worst)}


def _finite(seconds: float) -> float | None:
    return round(seconds, 1) if math.isfinite(seconds) else None


def _wave(wave: WaveForecast, shown: dict[str, Any], now: float) -> dict[str, Any]:
    total = shown["nodes"] / shown["exposure"] if shown["exposure"] else 0.0
    less = (wave.nodes_at_most - wave.nodes_at_least) / total if total else 0.0
    return {
        **_lengths(Seconds(*_between(wave.begins, wave.ends))),
        "beginsAfterSeconds": _finite(wave.begins.expected - now),
        "advanceSeconds": {"expected": _finite(wave.advance.expected), "worst": _finite(wave.advance.worst)},
        "gateSeconds": {"expected": wave.gates.expected, "worst": wave.gates.worst},
        "nodesAtLeast": wave.nodes_at_least,
        "exposureAtLeast": max(shown["exposure"] - less, 0.0),
        "growingClusters": wave.growing,
    }


def _approvals(checked: Checked) -> list[str]:
    """All that people are asked for, in order."""
    found = []
    gates = [gate for gate in checked.policy.spec.gates if gate.approval is not None]
    for stage in checked.plan.stages:
        if stage.approval:
            found.append(stage.name)
        for number, wave in enumerate(stage.waves, 1):
            place = f"{stage.name}/{number}"
            asked = [
                gate.name
                for gate in gates
                if (not gate.stages or stage.name in gate.stages) and (not gate.waves or number in gate.waves)
            ]
            found += [f"gate/{name}/{place}" for name in asked]
            if wave.approval:
                found.append(place)
    return found


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "kind": str(conflict.kind),
        "place": conflict.place,
        "message": conflict.message,
        "cure": conflict.cure,
        "from": rfc3339(conflict.begin) if conflict.begin else None,
        "until": rfc3339(conflict.end) if math.isfinite(conflict.end) else None,
    }


def headline(document: dict[str, Any]) -> str:
    """How long in all, without what."""
    asked = len(document["approvals"])
    people = f", and {asked} approval{'s' if asked > 1 else ''} of people" if asked else ""
    expected, worst = about(document["expectedSeconds"]), about(document["worstSeconds"])
    watched = f", then watched for {about(document['watchSeconds'])}" if document["watchSeconds"] else ""
    return f"{expected} expected, {worst} at worst{people}{watched}; {document['assumed']['text']}"


def about(seconds: float | None) -> str:
    """A length of time as people say it: not to the second where it takes days."""
    if seconds is None:
        return "never"
    step = next(step for least, step in _STEPS if seconds >= least)
    return format_duration(round(seconds / step) * step)


_STEPS: Final = ((86_400.0, 3600.0), (7200.0, 600.0), (600.0, 60.0), (0.0, 1.0))


def conflict_lines(document: dict[str, Any]) -> list[str]:
    """A line each; of many freezes the first ones."""
    freezes = [each for each in document["conflicts"] if each["kind"] == ConflictKind.FREEZE]
    others = [each for each in document["conflicts"] if each["kind"] != ConflictKind.FREEZE]
    lines = [f"conflict: {each['message']}. {each['cure']}" for each in others]
    for each in freezes[:SHOWN_FREEZES]:
        until = each["until"] or "it is removed"
        lines.append(f"freeze: {each['message']}, from {each['from']} until {until}")
    if len(freezes) > SHOWN_FREEZES:
        lines.append(f"freeze: and {len(freezes) - SHOWN_FREEZES} more")
    return lines

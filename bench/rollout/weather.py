"""What befalls nodes whatever is released: ordinary deaths, outages, other releases; as one list of changes in time.

A change adds an illness to a node or takes one away; a node may have several at once. Everything is drawn before the
run, so every policy meets the same weather. Noise of metrics is a factor that all nodes share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myriarch.base.durations import parse_duration
from rollout.chance import DAY, Chance, generator
from rollout.effects import DOWN, SILENT, SLOW, draw_strikes, onsets
from rollout.fleet import Fleet
from rollout.scenario import Noise, OtherRelease, Outage, Scenario, SymptomKind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

HORIZON_SECONDS = 21 * DAY
ORDINARY_DEATHS_PER_NODE_DAY = 1 / 365
REPAIR_MEDIAN_SECONDS = 1800.0
REPAIR_SPREAD = 1.0
REPLACED_SHARE = 0.05
REPLACED_SECONDS = DAY
"""Of the nodes that die, so many never return; somebody replaces them after a day."""
UNKNOWN_SHARE = 0.5
"""Of the nodes that die, so many fall silent; the others say that they are not ready."""
OUTAGE_SPREAD_SECONDS = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Weather:
    """Changes sorted by time: at float64[m] (seconds), node int64[m], code int8[m], step int8[m] (+1 or -1).

    ``other_began`` tells for each other release when each cluster began it, float64[c].
    """

    at: Floats
    node: Ints
    code: Codes
    step: Codes
    noise: tuple[Noise, ...]
    other_began: tuple[Floats, ...]

    def noise_factor(self, metric: str, now: float) -> float:
        """How many times as high everybody's ``metric`` is at ``now``."""
        factor = 1.0
        for noise in self.noise:
            begin, end = noise.span
            if noise.metric == metric and begin <= now < end:
                factor *= noise.factor
        return factor


class _Changes:
    """Collects illnesses: begin, end, node and code of each."""

    def __init__(self) -> None:
        self.begin: list[Floats] = []
        self.end: list[Floats] = []
        self.node: list[Ints] = []
        self.code: list[Codes] = []

    def add(self, nodes: Ints, begin: Floats, end: Floats, code: Codes) -> None:
        lasting = np.isfinite(begin) & (begin < end) & (begin < HORIZON_SECONDS)
        self.begin.append(begin[lasting])
        self.end.append(end[lasting])
        self.node.append(nodes[lasting])
        self.code.append(code[lasting])

    def sorted(self, noise: tuple[Noise, ...], other_began: tuple[Floats, ...]) -> Weather:
        begin, end = np.concatenate(self.begin), np.concatenate(self.end)
        ending = end < HORIZON_SECONDS
        node, code = np.concatenate(self.node), np.concatenate(self.code)
        at = np.concatenate([begin, end[ending]])
        order = np.argsort(at, kind="stable")
        step = np.concatenate([np.ones(len(begin), np.int8), np.full(int(ending.sum()), -1, np.int8)])
        nodes = np.concatenate([node, node[ending]])
        codes = np.concatenate([code, code[ending]])
        return Weather(at[order], nodes[order], codes[order], step[order], noise, other_began)


def draw_weather(fleet: Fleet, scenario: Scenario, chance: Chance) -> Weather:
    """The weather of a scenario and seed."""
    changes = _Changes()
    _deaths(fleet, scenario, changes)
    for index, outage in enumerate(scenario.background.outages):
        _outage(fleet, scenario, outage, index, changes)
    began = tuple(
        _other_release(fleet, scenario, other, index, chance, changes)
        for index, other in enumerate(scenario.background.other_releases)
    )
    return changes.sorted(scenario.background.noise, began)


def _deaths(fleet: Fleet, scenario: Scenario, changes: _Changes) -> None:
    random = generator(fleet, scenario, "deaths")
    rate = ORDINARY_DEATHS_PER_NODE_DAY + scenario.background.deaths_per_node_day
    count = int(random.poisson(rate * fleet.nodes * HORIZON_SECONDS / DAY))
    nodes = random.integers(0, fleet.nodes, count)
    begin = random.uniform(0, HORIZON_SECONDS, count)
    repair = REPAIR_MEDIAN_SECONDS * random.lognormal(0, REPAIR_SPREAD, count)
    repair[random.random(count) < REPLACED_SHARE] = REPLACED_SECONDS
    code = np.where(random.random(count) < UNKNOWN_SHARE, SILENT, DOWN).astype(np.int8)
    changes.add(nodes, begin, begin + repair, code)


def _outage(fleet: Fleet, scenario: Scenario, outage: Outage, index: int, changes: _Changes) -> None:
    random = generator(fleet, scenario, f"outage {index}")
    struck = fleet.matching(outage.where)
    struck &= np.where(fleet.production, "production" in outage.environments, "simulated" in outage.environments)
    if outage.clusters:
        able = np.unique(fleet.cluster[struck])
        chosen = random.permutation(able)[: outage.clusters]
        struck &= np.isin(fleet.cluster, chosen)
    struck &= random.random(fleet.nodes) < outage.share
    nodes = np.flatnonzero(struck)
    begin, end = outage.span
    jitter = random.uniform(0, OUTAGE_SPREAD_SECONDS, len(nodes))
    code = np.full(len(nodes), _shown_as(outage.symptom), np.int8)
    changes.add(nodes, begin + jitter, end + jitter, code)


def _other_release(
    fleet: Fleet, scenario: Scenario, other: OtherRelease, index: int, chance: Chance, changes: _Changes
) -> Floats:
    """Reaches production's clusters in an order of its own, evenly over its time; returns when each began it."""
    random = generator(fleet, scenario, f"other {index}")
    at = parse_duration(other.at)
    order = random.permutation(fleet.clusters)
    began = at + np.argsort(order) / fleet.clusters * parse_duration(other.over)
    began[~fleet.cluster_production] = np.inf
    if other.guilty:
        nodes = np.flatnonzero(fleet.production)
        strikes = draw_strikes(fleet, scenario, other.effects, f"other effects {index}")
        begin, code = onsets(strikes, chance, nodes, began[fleet.cluster[nodes]])
        shown = np.asarray([0, *(_shown_as(kind) for kind in SymptomKind)], np.int8)[code]
        changes.add(nodes, begin, np.full(len(nodes), at + parse_duration(other.for_)), shown)
    return began


def _shown_as(kind: SymptomKind) -> int:
    """Weather knows nodes that are down, silent and slow; what flaps and swings is down."""
    return {SymptomKind.SILENT: SILENT, SymptomKind.SLOW: SLOW}.get(kind, DOWN)

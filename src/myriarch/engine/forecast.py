"""How long a release will take, wave by wave: what is expected, and the worst, before anything moves.

A wave lasts as long as its nodes take to advance, then soaks, then waits for its gates; freezes hold its way forward.
*Expected*: every node takes its usual time, gates pass at once that can, nobody fails. *Worst*: every node takes its
whole ``updateTimeout``, in every wave one cluster and one node die and are waited for, every soak is drawn out as long
as the analysis may, every gate answers at the last moment; no unit fails or joins. People's approvals are in neither:
how long those take nobody can compute. A release that the forecast is compared with runs on the simulator
(``sim/trial.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from myriarch.api.freezewindow import FreezeWindowSpec
from myriarch.api.gates import When
from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.durations import parse_duration
from myriarch.engine.calendar import Span, done_at, spans_within
from myriarch.engine.gates import next_place
from myriarch.engine.makespan import UpdateTime, full_seconds, rounds
from myriarch.engine.memory import Memory
from myriarch.engine.plan import ReleasePlan, WavePlan
from myriarch.engine.population import Bools, Floats, Ints, Population, count
from myriarch.engine.rules import LONG_DEAD_SECONDS, Rules, fleet_rules
from myriarch.engine.slots import node_slots
from myriarch.engine.turns import wave_seconds
from myriarch.engine.windows import INFINITE


@dataclass(frozen=True, slots=True, eq=False)
class Freezing:
    """A freeze window that concerns the release, and the units bool[n] that it holds."""

    name: str
    spec: FreezeWindowSpec
    units: Bools


@dataclass(frozen=True, slots=True)
class Assumed:
    """What the policy doesn't say. ``whole``: clusters move as one. ``told_seconds``: from what happens in a cluster to
    the hub's acting on it, in a wave; ``told_worst_seconds``: on a bad day."""

    update: UpdateTime
    whole: bool = False
    told_seconds: float = 15.0
    told_worst_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Seconds:
    """``expected`` and ``worst``; infinite where it never comes to an end."""

    expected: float
    worst: float

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(self.expected + other.expected, self.worst + other.worst)


@dataclass(frozen=True, slots=True)
class WaveForecast:
    """One wave. ``begins`` and ``ends`` are moments (Unix seconds), the others lengths. ``nodes_at_least``: which the
    wave lets begin even where a few canaries show all values; at most its ceiling. ``rounds``: how often the slowest
    cluster fills its slots. ``freezes``: those that its expected way forward meets."""

    stage: int
    wave: int
    nodes_at_least: int
    nodes_at_most: int
    growing: int
    rounds: int
    advance: Seconds
    soak: Seconds
    gates: Seconds
    begins: Seconds
    ends: Seconds
    freezes: tuple[Span, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Setting:
    """What stays the same from wave to wave."""

    policy: ReleasePolicySpec
    plan: ReleasePlan
    rules: Rules
    assumed: Assumed
    freezes: tuple[Freezing, ...]
    slots: Ints
    slots_worst: Ints
    node_soak_seconds: float
    node_worst_seconds: float


def forecast(
    policy: ReleasePolicySpec, plan: ReleasePlan, assumed: Assumed, freezes: Sequence[Freezing], now: float
) -> tuple[WaveForecast, ...]:
    """Every wave of the plan, if the release began ``now`` (Unix seconds). Raises UserFault for an unsound policy."""
    setting = _setting(policy, plan, assumed, freezes)
    found: list[WaveForecast] = []
    at = Seconds(now, now) + _gate_seconds(setting, None)
    for stage, planned in enumerate(plan.stages):
        begun = np.zeros_like(plan.population.weight)
        for number, wave in enumerate(planned.waves):
            low = np.maximum(begun, least_nodes(wave, plan.population))
            one = _wave(setting, (stage, number), low - begun, wave.ceiling - begun, int(low.sum()), at)
            found.append(one)
            at, begun = one.ends, low
    return tuple(found)


def least_nodes(wave: WavePlan, population: Population) -> Ints:
    """int64[n]: nodes of each unit that the wave lets begin where canaries show one value of every attribute each; its
    ceiling where it covers nothing, and where that leaves no node out."""
    least = wave.ceiling.copy()
    if len(wave.covering):
        attributes = np.array([value.attribute for value in population.values])
        owed = [wave.owed[:, attributes == name].sum(axis=1) for name in np.unique(attributes)]
        ceiling = wave.ceiling[wave.covering]
        some = np.minimum(np.max(np.stack(owed), axis=0), ceiling)
        least[wave.covering] = np.where(ceiling < population.weight[wave.covering], some, ceiling)
    return least


def _setting(policy: ReleasePolicySpec, plan: ReleasePlan, assumed: Assumed, freezes: Sequence[Freezing]) -> _Setting:
    nodes, weight = policy.nodes, plan.population.weight
    slots = weight if assumed.whole else node_slots(policy, plan.population, worst=False)
    slots_worst = weight if assumed.whole else node_slots(policy, plan.population, worst=True)
    return _Setting(
        policy=policy,
        plan=plan,
        rules=fleet_rules(policy),
        assumed=assumed,
        freezes=tuple(freezes),
        slots=slots,
        slots_worst=slots_worst,
        node_soak_seconds=parse_duration(nodes.soak),
        node_worst_seconds=parse_duration(nodes.update_timeout) + parse_duration(nodes.failure_grace),
    )


def _wave(
    setting: _Setting, place: tuple[int, int], growth: Ints, growth_worst: Ints, least: int, begins: Seconds
) -> WaveForecast:
    stage = setting.plan.stages[place[0]]
    wave, members, growing = stage.waves[place[1]], stage.members, growth > 0
    advanced = Seconds(
        _advanced_at(setting, place, growing, _expected_seconds(setting, growth, members), begins.expected),
        _advanced_at(setting, place, growth_worst > 0, _worst_seconds(setting, growth_worst), begins.worst),
    )
    assumed, rules = setting.assumed, setting.rules
    advanced += Seconds(assumed.told_seconds, assumed.told_worst_seconds + rules.unreachable_after_seconds)
    soak = Seconds(wave.soak_seconds, wave.soak_seconds + rules.max_soak_seconds)
    gates = _gate_seconds(setting, place)
    met = [
        span
        for freeze in setting.freezes
        if (freeze.units & growing).any()
        for span in spans_within(freeze.name, freeze.spec, begins.expected, advanced.expected)
    ]
    return WaveForecast(
        stage=place[0],
        wave=place[1],
        nodes_at_least=least,
        nodes_at_most=wave.nodes,
        growing=int(growing.sum()),
        rounds=int(rounds(growth, setting.slots).max(initial=0)),
        advance=Seconds(_length(begins.expected, advanced.expected), _length(begins.worst, advanced.worst)),
        soak=soak,
        gates=gates,
        begins=begins,
        ends=advanced + soak + gates,
        freezes=tuple(met),
    )


def _length(begin: float, end: float) -> float:
    return INFINITE if end == INFINITE else end - begin


def _expected_seconds(setting: _Setting, growth: Ints, members: Bools) -> Floats:
    """float64[n]: how long each cluster takes until its nodes have soaked. Where all move at once, each is given the
    time of the last of them; where they take turns, its own."""
    time, moving = setting.assumed.update, growth > 0
    if setting.assumed.whole:
        return np.where(moving, time.mean_seconds + setting.node_soak_seconds, 0.0)
    busy = full_seconds(growth, setting.slots, time)
    last = np.minimum(growth, setting.slots)
    if setting.rules.in_flight.at_most(count(members)) >= count(moving):
        late = moving & (busy >= busy.max(initial=0.0) - time.mean_seconds)
        last = np.full_like(last, last[late].sum())
    sizes, where = np.unique(last, return_inverse=True)
    longest = np.array([time.longest_seconds(int(size)) for size in sizes])[where]
    found: Floats = np.where(moving, busy + longest + setting.node_soak_seconds, 0.0)
    return found


def _worst_seconds(setting: _Setting, growth: Ints) -> Floats:
    """float64[n]: the same with every node at its time-out, and one that dies."""
    dead = setting.policy.budgets.nodes.dead if setting.policy.budgets.nodes else None
    patience = LONG_DEAD_SECONDS if dead is None else parse_duration(dead.after)
    turns = np.minimum(growth, 1) if setting.assumed.whole else rounds(growth, setting.slots_worst)
    found: Floats = np.where(growth > 0, turns * setting.node_worst_seconds + patience + setting.node_soak_seconds, 0.0)
    return found


def _advanced_at(setting: _Setting, place: tuple[int, int], growing: Bools, seconds: Floats, begin: float) -> float:
    """When the wave has advanced that begins at ``begin``: in concurrency, budgets and freezes."""
    if begin == INFINITE or not growing.any():
        return begin
    take = partial(wave_seconds, setting.plan, setting.rules, setting.plan.stages[place[0]].members, seconds)
    ends = [begin + take(growing)]
    for freeze in setting.freezes:
        held = growing & freeze.units
        if held.any():
            windows = [each.spec for each in setting.freezes if (each.units & held).any()]
            ends.append(done_at(windows, begin, take(held)))
    return max(ends)


def _gate_seconds(setting: _Setting, place: tuple[int, int] | None) -> Seconds:
    """How long the gates take after the wave at ``place`` and before the next; before the first wave where None."""
    stages = setting.plan.stages
    counted: list[tuple[tuple[int, int], tuple[When, ...]]] = []
    if place is None:
        counted = [((0, 0), (When.BEFORE,))]
    else:
        counted = [(place, (When.DURING, When.AFTER))]
        following = next_place(setting.plan, Memory(stage=place[0], wave=place[1]))
        counted += [(following, (When.BEFORE,))] if following else []
    expected = worst = 0.0
    for (stage, wave), times in counted:
        for rule in setting.rules.gates:
            if rule.by_person or rule.when not in times or not rule.counts_in(stages[stage].name, wave):
                continue
            if rule.when is not When.DURING:
                expected = max(expected, (rule.samples - 1) * rule.poll_seconds)
            worst = max(worst, rule.samples * (rule.interval_seconds + rule.timeout_seconds))
    return Seconds(expected, worst)

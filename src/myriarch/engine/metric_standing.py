"""How the metrics of an analysis stand: which are asked now and when, and what they hold.

Silence holds: a metric that gives nothing, or has not for too long, lets no wave pass and is never harm. One that has
nobody to ask about rests: before anything is updated, and when no other cluster of the stage is left to compare with.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from myriarch.api.release import Phase
from myriarch.engine.gates import wave_approval
from myriarch.engine.memory import Memory
from myriarch.engine.metric_evidence import NO_OTHERS, MetricState, looked
from myriarch.engine.metric_rules import RETRY_SECONDS, MetricRule
from myriarch.engine.observed import TOLD_REVERT, Observed
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, some
from myriarch.engine.rules import Rules

NO_CONTROLS = "no cluster of the stage is left to compare with: it rests on what was seen before"
NO_UNITS = "no unit is left to compare with: it rests on what was seen before"
NOBODY_UPDATED = "nothing is updated and settled yet"
_ASKED = frozenset({Phase.ADVANCING, Phase.SOAKING, Phase.GATED})


@dataclass(frozen=True, slots=True, eq=False)
class ClusterArms:
    """Clusters of the stage, bool[n] each: with updated nodes and settled; of those, the wholly updated; untouched."""

    updated: Bools
    whole: Bools
    controls: Bools


def cluster_arms(plan: ReleasePlan, observed: Observed, memory: Memory) -> ClusterArms:
    """Which clusters are compared with which."""
    members = plan.stages[memory.stage].members & observed.present & observed.reachable
    begun = observed.begun > 0
    updated = members & begun & observed.settled & observed.echoed & (observed.asserted != TOLD_REVERT)
    whole = updated & (observed.begun >= plan.population.weight)
    return ClusterArms(updated, whole, members & ~begun & (observed.granted == 0))


def with_looks(rules: Rules, observed: Observed, memory: Memory) -> Memory:
    """``memory`` with what the metrics gave since."""
    states = looked(memory.evidence.metrics, rules.metrics, observed.metrics)
    return replace(memory, evidence=replace(memory.evidence, metrics=states))


def rest(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory) -> Memory:
    """``memory``, with who rests and why."""
    if not rules.metrics or memory.phase not in _ASKED | {Phase.PENDING}:
        return memory
    arms = cluster_arms(plan, observed, memory)
    reason = "" if some(arms.controls) else NO_CONTROLS
    reason = reason if some(arms.updated) else NOBODY_UPDATED
    states = dict(memory.evidence.metrics)
    for rule in rules.metrics:
        state = states[rule.name]
        why = reason if rule.by_cluster else NO_UNITS * (state.problem == NO_OTHERS and _last_ones(plan, memory, state))
        if state.rests != why:
            states[rule.name] = replace(state, rests=why)
    if states == memory.evidence.metrics:
        return memory
    return replace(memory, evidence=replace(memory.evidence, metrics=states))


def _last_ones(plan: ReleasePlan, memory: Memory, state: MetricState) -> bool:
    """Whether the wave leaves no node of its stage to compare with, where the metric has shown that it could."""
    stage = plan.stages[memory.stage]
    left = stage.members & (stage.waves[memory.wave].ceiling < plan.population.weight)
    return state.looks > 0 and not some(left)


def due_metrics(rules: Rules, memory: Memory, now: float) -> tuple[MetricRule, ...]:
    """Those to be asked now."""
    return tuple(rule for rule in rules.metrics if _ask_at(rule, memory) <= now)


def next_metric_at(rules: Rules, memory: Memory, now: float) -> float:
    """Unix seconds at which the next is to be asked; infinite where none is. One that is due is being asked."""
    moments = (_ask_at(rule, memory) for rule in rules.metrics)
    return min((at for at in moments if at > now), default=float("inf"))


def _ask_at(rule: MetricRule, memory: Memory) -> float:
    state = memory.evidence.metrics.get(rule.name)
    if state is None or memory.phase not in _ASKED or state.rests:
        return float("inf")
    if not state.tried_at:
        return memory.since
    return state.tried_at + (min(rule.every_seconds, RETRY_SECONDS) if state.problem else rule.every_seconds)


def metric_approval(name: str, place: str) -> str:
    """What a person approves to go on from ``place`` though the metric is silent."""
    return f"metric/{name}/{place}"


def metric_holds(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> tuple[str, ...]:
    """What the metrics hold, in sentences; empty where all have answered of this wave, and lately."""
    if memory.phase not in (Phase.SOAKING, Phase.GATED):
        return ()
    place = wave_approval(plan, memory)
    return tuple(
        f"{text}; waits for approval {metric_approval(rule.name, place)!r}"
        for rule, state in _asked(rules, memory)
        if metric_approval(rule.name, place) not in observed.orders.approvals
        for text in _hold(rule, state, place, now)
    )


def _hold(rule: MetricRule, state: MetricState, place: str, now: float) -> Iterator[str]:
    if state.problem:
        yield f"metric {rule.name} holds: {state.problem}"
    elif state.place != place:
        yield f"metric {rule.name} has not answered of {place} yet: silence holds"
    elif now - state.looked_at > rule.stale_seconds:
        yield f"metric {rule.name} has given nothing new for {now - state.looked_at:.0f} s: silence holds"


def soaks_for(plan: ReleasePlan, rules: Rules, memory: Memory) -> str:
    """The metrics that must exclude harm before the soak ends, and have not, in a sentence; '' where none. One that is
    silent is not waited for here: it holds the gate, for as long as it takes, and is never harm."""
    place = wave_approval(plan, memory)
    names = [rule.name for rule, state in _asked(rules, memory) if rule.soaks and not state.problem]
    return unproven(rules, memory, place, *names)


def unproven(rules: Rules, memory: Memory, place: str, *names: str) -> str:
    """Which of the metrics have not excluded harm at ``place``, in a sentence; '' where none. Who rests never will."""
    found = [
        rule.name
        for rule, state in _asked(rules, memory)
        if rule.name in names and not state.excludes_harm(rule.alpha, place)
    ]
    return f"harm is not excluded yet by metric {', '.join(found)}" if found else ""


def _asked(rules: Rules, memory: Memory) -> Iterator[tuple[MetricRule, MetricState]]:
    for rule in rules.metrics:
        state = memory.evidence.metrics.get(rule.name)
        if state is not None and not state.rests:
            yield rule, state

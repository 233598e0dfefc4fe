"""The fleet as a release watches it: which clusters are out, where nodes are struck, and what is told of that.

Half of a cluster's nodes are down by what its agent tells; a cluster that is silent for as long as the policy bears is
out too, since when it fell silent. What outages prove is ``outages.py``'s to say, what strikes do, ``strikes.py``'s.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from myriarch.api.analysis import Analysis
from myriarch.api.release import Phase
from myriarch.engine.alone import RECORD_NODES_MIN
from myriarch.engine.blame.attributes import find_attributes
from myriarch.engine.blame.candidates import Tallies
from myriarch.engine.evidence import (
    Evidence,
    between_tries,
    passed_over,
    with_late,
    with_outages,
    with_strikes,
)
from myriarch.engine.late import Watched
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_NOTHING, Observed
from myriarch.engine.outages import Look, Standings, next_due, out_text
from myriarch.engine.phases import UNDERWAY
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools
from myriarch.engine.rules import Rules
from myriarch.engine.standing import name_units
from myriarch.engine.strikes import Field, next_strike_at

NAMED_VALUES = 3


def watch_clusters(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Memory:
    """``memory`` with what whole clusters show at ``now`` (Unix seconds), where they are watched."""
    if rules.analysis is None or observed.standings is None:
        return memory
    if memory.phase not in UNDERWAY and memory.phase is not Phase.PENDING:
        return memory
    look = _look(plan, rules, observed, now)
    if memory.phase is Phase.PENDING and memory.tried:
        return replace(memory, evidence=between_tries(memory.evidence, look))
    return replace(memory, evidence=with_outages(memory.evidence, look, rules.analysis.tolerated_ratio))


def watch_fleet(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Memory:
    """``memory`` with what strikes all over the fleet show at ``now`` (Unix seconds), where those are told."""
    if rules.analysis is None or observed.strikes is None or memory.phase not in UNDERWAY:
        return memory
    told = observed.strikes
    heard = told.tellers & observed.present & observed.reachable
    stages = tuple(stage.members & heard for stage in plan.stages)
    ground = Field(plan.population, stages, observed.begun, told.begun_by_value)
    ratio, strikes = rules.analysis.tolerated_ratio, told.strikes
    evidence = memory.evidence
    if rules.watch_seconds:
        everywhere = memory.phase is Phase.WATCHING
        clusters = _watched_clusters(plan) & heard
        down = _down_share(plan, observed, clusters)
        look = Watched(strikes, ground, clusters, everywhere, ratio, rules.watch_seconds, now, down)
        evidence = with_late(evidence, look)
        if everywhere:
            return replace(memory, evidence=passed_over(evidence, strikes, now))
    return replace(memory, evidence=with_strikes(evidence, strikes, ground, ratio, now))


def _watched_clusters(plan: ReleasePlan) -> Bools:
    """bool[n]: of the environment that the last stage is of."""
    last = plan.stages[-1].environment
    here: Bools = np.logical_or.reduce([stage.members for stage in plan.stages if stage.environment == last])
    return here


def _down_share(plan: ReleasePlan, observed: Observed, clusters: Bools) -> float:
    """Of the nodes in ``clusters`` bool[n] that are not updated, the share that is down; 0 where that is not told, or
    there are too few. Where nodes are being moved nobody can tell which are down."""
    if observed.down is None:
        return 0.0
    still = clusters & observed.settled & ~observed.busy
    others = int((plan.population.weight - observed.begun)[still].sum())
    if others < RECORD_NODES_MIN:
        return 0.0
    return int(np.maximum(observed.down - observed.failed, 0)[still].sum()) / others


def next_outage_at(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> float:
    """Unix seconds: when an outage will have lasted long enough to count, or a strike have settled; infinite where none
    waits for that."""
    if rules.analysis is None:
        return float("inf")
    known, moment = memory.evidence, float("inf")
    if observed.standings is not None:
        moment = next_due(known.outages, _look(plan, rules, observed, now))
    if known.strikes is not None and observed.strikes is not None:
        moment = min(moment, next_strike_at(known.strikes, observed.strikes.strikes, now))
    return moment


def outage_text(
    plan: ReleasePlan, rules: Rules, observed: Observed, evidence: Evidence, analysis: Analysis
) -> tuple[str, dict[str, str]]:
    """The harm that whole clusters show, in a sentence, and what those that are out have in common."""
    assert evidence.outages is not None
    look = _look(plan, rules, observed, evidence.outages.at)
    out = look.touched & np.isfinite(look.standings.out_since)
    blame = _in_common(plan, look.touched & observed.present, out)
    text = f"updated clusters are out: {name_units(plan, out)}"
    if blame:
        text += "; in common: " + ", ".join(f"{key}={value}" for key, value in blame.items())
    times = f"{evidence.times():,.3g} times likelier with harm than without it (harm at {1 / analysis.alpha:,.0f})"
    return f"{text}; {times}: {out_text(evidence.outages, look)}", blame


def _look(plan: ReleasePlan, rules: Rules, observed: Observed, now: float) -> Look:
    assert observed.standings is not None
    told = observed.standings
    silent = ~observed.reachable & (observed.silent_seconds >= rules.unreachable_after_seconds)
    out_since = np.where(silent, np.minimum(told.out_since, now - observed.silent_seconds), told.out_since)
    return Look(
        stages=tuple(stage.members & observed.present for stage in plan.stages),
        touched=(observed.asserted != TOLD_NOTHING) | (observed.begun > 0),
        order=plan.population.order,
        standings=Standings(out_since, told.well_since, told.known_since),
        now=now,
    )


def _in_common(plan: ReleasePlan, touched: Bools, out: Bools) -> dict[str, str]:
    """What clusters that are out share, of what all nodes of a cluster have: the best explanation, or suspect."""
    population = plan.population
    columns = [index for index, value in enumerate(population.values) if value.attribute in population.shared]
    has = population.strata[:, columns] > 0
    values = tuple(population.values[index] for index in columns)
    if not values or not out.any():
        return {}
    counts = (has[touched].sum(axis=0), has[out].sum(axis=0), has[~touched].sum(axis=0))
    found = find_attributes(Tallies.of(values, counts[0], counts[1], counts[2], np.zeros_like(counts[2])))
    named = [value for each in found.suspects[:1] for value in (*each.values, *each.together)]
    return {value.attribute: value.value for value in named[:NAMED_VALUES]}

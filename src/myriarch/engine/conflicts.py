"""What stands in a release's way, known before it moves: budgets that can't be met, freezes, silence.

None of it refuses the release. A person reads it in the plan and decides: the windows may go, the silent clusters come
back; a gang that no exposure has room for will never take part, and that is better known now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from myriarch.api.policy import ReleasePolicySpec
from myriarch.engine.budget_rules import BudgetRule
from myriarch.engine.forecast import Freezing, WaveForecast
from myriarch.engine.gangs import bundles
from myriarch.engine.partition import NO_GROUP
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Ints, count
from myriarch.engine.rules import ALL, fleet_rules
from myriarch.engine.slots import node_slots
from myriarch.engine.standing import name_units
from myriarch.engine.windows import INFINITE


class ConflictKind(StrEnum):
    """What kind of thing stands in the way."""

    LEFT_OUT = "LeftOut"
    GANG = "Gang"
    NEVER_OPENS = "NeverOpens"
    FREEZE = "Freeze"
    SILENT = "Silent"
    BUDGET = "Budget"
    AGENTS = "Agents"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One of them. ``place``: the wave, such as ``production/2``, or the stage; ``begin`` and ``end`` (Unix seconds) of
    what passes by itself, 0 and infinite where it doesn't."""

    kind: ConflictKind
    place: str
    message: str
    cure: str
    begin: float = 0.0
    end: float = INFINITE


@dataclass(frozen=True, slots=True, eq=False)
class Health:
    """How the clusters are now: ``silent`` bool[n] can't be heard, ``unready`` int64[n] are nodes that aren't ready."""

    silent: Bools
    unready: Ints


def find_conflicts(
    policy: ReleasePolicySpec,
    plan: ReleasePlan,
    waves: Sequence[WaveForecast],
    freezes: Sequence[Freezing],
    health: Health,
) -> Iterator[Conflict]:
    """Everything that is in the way, in the order of the waves; what lies in the fleet as it is now comes last."""
    reasons = {freeze.name: freeze.spec.reason for freeze in freezes}
    for number in range(len(plan.stages)):
        yield from _frozen(plan, [wave for wave in waves if wave.stage == number], reasons)
        yield from _left_out(plan, number)
        yield from _silent(policy, plan, number, health)
        yield from _taken(policy, plan, number, health)
    for rule in fleet_rules(policy).budgets:
        yield from _taken_group(plan, rule, health)


def place_of(plan: ReleasePlan, wave: WaveForecast) -> str:
    """As people name it: ``production/2``."""
    return f"{plan.stages[wave.stage].name}/{wave.wave + 1}"


def _frozen(plan: ReleasePlan, waves: Sequence[WaveForecast], reasons: dict[str, str]) -> Iterator[Conflict]:
    for wave in waves:
        place = place_of(plan, wave)
        if wave.ends.expected == INFINITE:
            if wave.begins.expected < INFINITE:
                named = ", ".join(dict.fromkeys(span.window for span in wave.freezes))
                text = f"wave {place} never advances: {named} leave no time for it within a year"
                cure = "Shorten the windows, or give the wave fewer nodes."
                yield Conflict(ConflictKind.NEVER_OPENS, place, text, cure)
            continue
        for span in wave.freezes:
            text = f"freeze window {span.window} holds wave {place}: {reasons[span.window]}"
            cure = "Start later, or let an Override bypass the freeze."
            yield Conflict(ConflictKind.FREEZE, place, text, cure, span.begin, span.end)


def _left_out(plan: ReleasePlan, number: int) -> Iterator[Conflict]:
    """Gangs that no wave has room for, and whatever else the last wave leaves out."""
    stage, population = plan.stages[number], plan.population
    last = stage.waves[-1].ceiling
    without = stage.members & (last == 0) & (population.weight > 0)
    bundle = bundles(population)
    if bundle is not None and without.any():
        sizes = np.bincount(bundle[stage.members], minlength=len(bundle))
        split = without & (sizes[bundle] > 1)
        if split.any():
            text = f"no wave of stage {stage.name} has room for gangs of {name_units(plan, split)}"
            yield Conflict(ConflictKind.GANG, stage.name, text, "Raise the exposure of its last wave.")
            without &= ~split
    short = stage.members & (last < population.weight)
    missing = int((population.weight - last)[short].sum())
    if missing and (without.any() or (last[short] > 0).any()):
        text = f"stage {stage.name} leaves out {missing} nodes in {name_units(plan, short)}"
        yield Conflict(ConflictKind.LEFT_OUT, stage.name, text, "Add a last wave of 100% to reach all.")


def _silent(policy: ReleasePolicySpec, plan: ReleasePlan, number: int, health: Health) -> Iterator[Conflict]:
    """The first wave that more silent clusters belong to than are borne."""
    rules = fleet_rules(policy)
    for wave_number, wave in enumerate(plan.stages[number].waves, 1):
        part = wave.ceiling > 0
        silent = part & health.silent
        borne = rules.unreachable_tolerance.at_most(count(part))
        if count(silent) > borne:
            place = f"{plan.stages[number].name}/{wave_number}"
            text = f"{name_units(plan, silent)} of wave {place} can't be heard, {borne} may be: it can't settle"
            yield Conflict(ConflictKind.SILENT, place, text, "Bring them back, or raise unreachable.tolerance.")
            return


def _taken(policy: ReleasePolicySpec, plan: ReleasePlan, number: int, health: Health) -> Iterator[Conflict]:
    """Clusters whose nodes that aren't ready use up the whole budget now."""
    slots = node_slots(policy, plan.population, worst=False)
    stage = plan.stages[number]
    full = stage.members & ~health.silent & (health.unready >= slots)
    if not full.any():
        return
    text = f"nodes that aren't ready use up the budget of {name_units(plan, full)}: nothing begins there meanwhile"
    cure = "Mend the nodes, or raise nodes.maxUnavailable; those that stay dead are passed over."
    yield Conflict(ConflictKind.BUDGET, stage.name, text, cure)


def _taken_group(plan: ReleasePlan, rule: BudgetRule, health: Health) -> Iterator[Conflict]:
    """Groups of clusters whose silent ones use up the whole budget now."""
    partition = plan.population.partitions.get(rule.partition)
    if partition is None or rule.at_most is None or rule.at_most == ALL:
        return
    members = np.zeros(plan.population.size, np.bool_)
    for stage in plan.stages:
        members |= stage.members
    here = partition.group != NO_GROUP
    sizes = np.bincount(partition.group[here], minlength=partition.count)
    silent = np.bincount(partition.group[here & health.silent], minlength=partition.count)
    room = np.array([rule.at_most.at_most(int(size)) for size in sizes])
    full = here & ((silent >= room) & (silent > 0))[np.where(here, partition.group, 0)] & members & ~health.silent
    if full.any():
        text = f"silent clusters use up {rule.name}: no room for {name_units(plan, full)}"
        cure = "Bring them back; those that stay away are passed over."
        yield Conflict(ConflictKind.BUDGET, rule.name, text, cure)

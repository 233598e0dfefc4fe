"""How a turn, a plan and the units are told in a story: only what is new, in lines that people read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from tests.engine.runner import Turn, news
from tests.engine.world import NEVER, Unit

from myriarch.engine.observed import Way
from myriarch.engine.plan import ReleasePlan, StagePlan, WavePlan

WAYS = {Way.NONE: "none", Way.FORWARD: "forward", Way.HOLD: "hold", Way.REVERT: "revert"}


def clock(now: float) -> str:
    """Weekday and time in UTC; the date is the story's."""
    moment = datetime.fromtimestamp(round(now), UTC)
    return moment.strftime("%a %H:%M" if moment.second == 0 else "%a %H:%M:%S")


def turn_lines(turn: Turn) -> list[str]:
    """Transitions, and what units are told anew."""
    lines = [f"{t.source} -> {t.target}: {t.event}: {t.message}" for t in turn.decision.transitions]
    orders: dict[str, list[str]] = {}
    for index in news(turn):
        way, ceiling = Way(int(turn.decision.way[index])), int(turn.decision.ceiling[index])
        text = f"{WAYS[way]} to {ceiling}" if way is Way.FORWARD else WAYS[way]
        orders.setdefault(text, []).append(turn.units[index].name)
    lines += [f"  {text}: {' '.join(names)}" for text, names in orders.items()]
    return [f"{clock(turn.now):<9}  {line}" for line in lines]


def status_line(turn: Turn) -> str:
    """Where the release stands, what it waits for and when it looks again."""
    memory = turn.decision.memory
    stage = turn.plan.stages[memory.stage]
    place = f"{stage.name}/{memory.wave + 1}"
    parts = [f"= {clock(turn.now)} {memory.phase} {place}", *turn.decision.holds]
    if turn.decision.wake_at < NEVER:
        parts.append(f"wakes {clock(turn.decision.wake_at)}")
    return "; ".join(parts)


def plan_lines(plan: ReleasePlan) -> list[str]:
    lines = []
    for stage in plan.stages:
        for number, wave in enumerate(stage.waves, start=1):
            share = f"{wave.nodes} of {stage.weight} nodes"
            lines.append(f"{stage.name}/{number}: {share}: {_ceilings(plan.population.names, wave)}")
            lines += _owed(plan, stage, wave)
    return lines


def _ceilings(names: Sequence[str], wave: WavePlan) -> str:
    return " ".join(f"{names[int(i)]}={int(wave.ceiling[i])}" for i in np.flatnonzero(wave.ceiling)) or "none"


def _owed(plan: ReleasePlan, stage: StagePlan, wave: WavePlan) -> list[str]:
    lines = []
    for row, unit in enumerate(wave.covering):
        owes = [f"{plan.population.values[int(v)]} {int(wave.owed[row, v])}" for v in np.flatnonzero(wave.owed[row])]
        lines.append(f"  {plan.population.names[int(unit)]} owes {', '.join(owes) or 'nothing'}")
    return lines


def unit_lines(units: Sequence[Unit]) -> list[str]:
    """Each unit: what it was told, and its nodes by state."""
    width = max(len(unit.name) for unit in units)
    lines = []
    for unit in units:
        way, ceiling = unit.told
        states = [node.state for node in unit.nodes]
        counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
        notes = ("" if unit.reachable else ", silent") + (", reverted by itself" if unit.self_reverted else "")
        told = f"{WAYS[way]} to {ceiling}" if way is Way.FORWARD else WAYS[way]
        lines.append(f"{unit.name:<{width}}  {told:<13} {counts}{notes}".rstrip())
    return lines

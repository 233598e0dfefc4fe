"""What must be true before a release goes on from a wave: people's approvals and no unexplained silence."""

from __future__ import annotations

from dataclasses import dataclass

from myriarch.engine.memory import Memory
from myriarch.engine.observed import Observed
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.rules import Rules

SILENT_SHARE_BORNE = 0.01
"""Fewer freshly silent units than this share of a wave don't hold it: in a large fleet one is always silent."""

ROLLBACK_APPROVAL = "rollback"


def wave_approval(plan: ReleasePlan, memory: Memory) -> str:
    """What a person approves to let the release go on from the current wave, such as ``production/2``."""
    return f"{plan.stages[memory.stage].name}/{memory.wave + 1}"


def harm_approval(plan: ReleasePlan, memory: Memory) -> str:
    """What a person approves to accept the failures of the current wave and resume."""
    return f"harm/{wave_approval(plan, memory)}"


def next_place(plan: ReleasePlan, memory: Memory) -> tuple[int, int] | None:
    """The (stage, wave) after the current one, or None after the last."""
    if memory.wave + 1 < len(plan.stages[memory.stage].waves):
        return memory.stage, memory.wave + 1
    if memory.stage + 1 < len(plan.stages):
        return memory.stage + 1, 0
    return None


def missing_approval(plan: ReleasePlan, observed: Observed, memory: Memory) -> str | None:
    """The approval that the gate of the current wave waits for, or None."""
    wave = plan.stages[memory.stage].waves[memory.wave]
    approvals = observed.orders.approvals
    if wave.approval and wave_approval(plan, memory) not in approvals:
        return wave_approval(plan, memory)
    place = next_place(plan, memory)
    if place is not None and place[0] != memory.stage:
        return missing_stage_approval(plan, observed, place[0])
    return None


def missing_stage_approval(plan: ReleasePlan, observed: Observed, stage: int) -> str | None:
    """The approval that the stage's begin waits for, or None."""
    name = plan.stages[stage].name
    return name if plan.stages[stage].approval and name not in observed.orders.approvals else None


@dataclass(frozen=True, slots=True)
class Silence:
    """Whether silent units hold the gate, and until when their patience lasts (Unix seconds)."""

    holds: bool
    units: int
    until: float


def silence(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Silence:
    """Silence holds: who can't be heard has not said that it is well."""
    wave = plan.stages[memory.stage].waves[memory.wave]
    part = (wave.ceiling > 0) & observed.present
    silent = part & ~observed.reachable
    fresh = silent & (observed.silent_seconds < rules.unreachable_after_seconds)
    count = int(part.sum())
    until = float("inf")
    if fresh.any():
        until = now + float((rules.unreachable_after_seconds - observed.silent_seconds[fresh]).min())
    held = int(fresh.sum()) > SILENT_SHARE_BORNE * count or int(silent.sum()) > rules.unreachable_tolerance.at_most(
        count
    )
    return Silence(held, int(silent.sum()), until)

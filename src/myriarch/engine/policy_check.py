"""What a policy must obey beyond its schema: sums and orders that one field alone can't show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from myriarch.api.policy import COVER, ReleasePolicySpec, Stage, Wave
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from myriarch.engine.acquittal_check import acquittal_faults
from myriarch.engine.amounts import Amount, parse_amount
from myriarch.engine.budget_check import budget_faults
from myriarch.engine.coverage_check import coverage_faults
from myriarch.engine.gate_check import gate_faults
from myriarch.engine.hold_check import hold_faults
from myriarch.engine.metric_check import metric_faults, metric_gate_faults
from myriarch.engine.pace_check import pace_faults
from myriarch.engine.stage_check import stage_faults
from myriarch.engine.timing_check import timing_faults
from myriarch.engine.watch_check import watch_faults


def policy_faults(spec: ReleasePolicySpec, root: str = "spec") -> list[UserFault]:
    """Every fault of the policy, in the order of its fields; empty where it is sound."""
    faults = list(_common_faults(spec, root))
    names: dict[str, int] = {}
    if not spec.stages:
        faults.append(UserFault(f"{root}.stages", [], "is empty", "Give at least one stage."))
    for index, stage in enumerate(spec.stages):
        field = f"{root}.stages[{index}]"
        if stage.name in names:
            cure = "Give every stage a name of its own."
            faults.append(UserFault(f"{field}.name", stage.name, "is the name of another stage too", cure))
        names[stage.name] = index
        faults += _stage_faults(stage, field)
    faults += [*stage_faults(spec, root), *timing_faults(spec, root)]
    faults += gate_faults(spec.gates, spec.stages, f"{root}.gates")
    faults += metric_faults(spec.analysis, spec.stages, f"{root}.analysis")
    faults += metric_gate_faults(spec.gates, spec.analysis, f"{root}.gates")
    faults += acquittal_faults(spec.acquittal, f"{root}.acquittal")
    faults += watch_faults(spec.watch, f"{root}.watch")
    faults += budget_faults(spec.budgets, f"{root}.budgets")
    faults += coverage_faults(spec.coverage, f"{root}.coverage")
    faults += pace_faults(spec.urgent, spec.rerelease, root)
    faults += hold_faults(spec.failure, f"{root}.failure")
    return faults


def _common_faults(spec: ReleasePolicySpec, root: str) -> Iterator[UserFault]:
    amounts = {
        "nodes.maxUnavailable": spec.nodes.max_unavailable,
        "nodes.maxUnavailablePerZone": spec.nodes.max_unavailable_per_zone,
        "nodes.tolerance": spec.nodes.tolerance,
        "failure.tolerance": spec.failure.tolerance,
        "concurrency.clusters": spec.concurrency.clusters,
        "concurrency.rollback": spec.concurrency.rollback,
        "unreachable.tolerance": spec.unreachable.tolerance,
    }
    for name, value in amounts.items():
        if value is not None:
            yield from _fault(parse_amount, value, f"{root}.{name}")
    for name, value in amounts.items():
        if name in _NEVER_ZERO and value in (0, "0%"):
            cure = "Give at least 1, or the release can never move."
            yield UserFault(f"{root}.{name}", value, "is zero", cure)
    durations = {
        "nodes.soak": spec.nodes.soak,
        "nodes.updateTimeout": spec.nodes.update_timeout,
        "nodes.failureGrace": spec.nodes.failure_grace,
        "nodes.revertFailedAfter": spec.nodes.revert_failed_after,
        "unreachable.after": spec.unreachable.after,
        "grantDuration": spec.grant_duration,
    }
    if spec.analysis is not None:
        durations["analysis.maxSoak"] = spec.analysis.max_soak
    for name, text in durations.items():
        yield from _fault(_duration, text, f"{root}.{name}")


_NEVER_ZERO = (
    "nodes.maxUnavailable",
    "nodes.maxUnavailablePerZone",
    "concurrency.clusters",
    "concurrency.rollback",
)


def _stage_faults(stage: Stage, field: str) -> Iterator[UserFault]:
    yield from _fault(_duration, stage.soak, f"{field}.soak")
    if stage.waves and stage.exponential is not None:
        cure = "Keep either waves or exponential."
        yield UserFault(f"{field}.exponential", stage.name, "stands beside waves", cure)
    for index, wave in enumerate(stage.waves):
        yield from _wave_faults(wave, f"{field}.waves[{index}]")
    for key in ("clusters", "nodes", "exposure"):
        yield from _backward_faults(stage, key, field)


def _wave_faults(wave: Wave, field: str) -> Iterator[UserFault]:
    for key in ("clusters", "nodes", "exposure"):
        value = getattr(wave, key)
        if value is None or (value == COVER and key != "exposure"):
            continue
        yield from _fault(parse_amount, value, f"{field}.{key}")
        if value in (0, "0%"):
            cure = "Give at least 1, or leave the wave out."
            yield UserFault(f"{field}.{key}", value, "is zero", cure)
    if wave.soak is not None:
        yield from _fault(_duration, wave.soak, f"{field}.soak")


def _backward_faults(stage: Stage, key: str, field: str) -> Iterator[UserFault]:
    """Sizes are cumulative: a later wave of the same unit of measure must not be smaller."""
    largest: dict[str, tuple[float, int]] = {}
    cover_barred = -1
    for index, wave in enumerate(stage.waves):
        value = getattr(wave, key)
        if value is None or wave.group is not None:
            continue
        here = f"{field}.waves[{index}].{key}"
        if value == COVER:
            if cover_barred >= 0:
                cure = "Put the covering wave first."
                yield UserFault(here, value, f"comes after waves[{cover_barred}], which is larger", cure)
            continue
        cover_barred = index if cover_barred < 0 else cover_barred
        amount = _amount_or_none(value)
        if amount is None:
            continue
        kind = "count" if amount.count is not None else "share"
        size = amount.floor(1)
        before = largest.get(kind)
        if before is not None and size < before[0]:
            cure = "Sizes are cumulative within a stage: make each wave at least as large as the one before."
            yield UserFault(here, value, f"is smaller than in waves[{before[1]}]: waves go backwards", cure)
        if before is None or size >= before[0]:
            largest[kind] = (size, index)


def _amount_or_none(value: int | str) -> Amount | None:
    try:
        return parse_amount(value, "")
    except UserFault:
        return None


def _duration(text: str, field: str) -> float:
    try:
        return parse_duration(text)
    except ValueError:
        raise UserFault(field, text, "is not a length of time", "Write one such as 30s, 10m, 2h or 1d.") from None


def _fault(read: Callable[[Any, str], object], value: int | str, field: str) -> Iterator[UserFault]:
    try:
        read(value, field)
    except UserFault as fault:
        yield fault

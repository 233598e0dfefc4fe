"""The numbers of a policy that ``decide`` works with, read once; one form for both levels."""

from __future__ import annotations

from dataclasses import dataclass

from myriarch.api.policy import FailureAction, NodeRules, ReleasePolicySpec
from myriarch.base.durations import parse_duration
from myriarch.engine.amounts import Amount, parse_amount
from myriarch.engine.gate_rules import GateRule, read_gates

REVERT_JITTER_SECONDS = 60.0
"""Reverts of units that show no harm yet begin spread over this long, so that they don't all restart at once."""

ALL = Amount(share=1.0)


@dataclass(frozen=True, slots=True)
class Rules:
    """in_flight, rollback_in_flight: units moving at once. max_unavailable (per domain too): units that may be
    unavailable, None where the level has no such budget. tolerance, minimum, action: the failure rule.
    unreachable_tolerance, unreachable_after_seconds: how silence is borne. revert_failed_after_seconds: when a
    single failed unit is taken back; infinite where the level does not.
    """

    in_flight: Amount
    rollback_in_flight: Amount
    max_unavailable: Amount | None
    max_unavailable_per_domain: Amount | None
    tolerance: Amount
    minimum: int
    action: FailureAction
    unreachable_tolerance: Amount
    unreachable_after_seconds: float
    revert_failed_after_seconds: float
    revert_jitter_seconds: float
    gates: tuple[GateRule, ...] = ()


def fleet_rules(spec: ReleasePolicySpec) -> Rules:
    """Rules over the clusters of a stage. Raises UserFault where the policy is unsound."""
    return Rules(
        in_flight=parse_amount(spec.concurrency.clusters, "spec.concurrency.clusters"),
        rollback_in_flight=parse_amount(spec.concurrency.rollback, "spec.concurrency.rollback"),
        max_unavailable=None,
        max_unavailable_per_domain=None,
        tolerance=parse_amount(spec.failure.tolerance, "spec.failure.tolerance"),
        minimum=spec.failure.minimum,
        action=spec.failure.action,
        unreachable_tolerance=parse_amount(spec.unreachable.tolerance, "spec.unreachable.tolerance"),
        unreachable_after_seconds=parse_duration(spec.unreachable.after),
        revert_failed_after_seconds=float("inf"),
        revert_jitter_seconds=REVERT_JITTER_SECONDS,
        gates=read_gates(spec.gates),
    )


def node_rules(rules: NodeRules) -> Rules:
    """Rules over the nodes of a cluster. A cluster that bears no more reverts by itself."""
    zone = rules.max_unavailable_per_zone
    return Rules(
        in_flight=ALL,
        rollback_in_flight=ALL,
        max_unavailable=parse_amount(rules.max_unavailable, "rules.maxUnavailable"),
        max_unavailable_per_domain=None if zone is None else parse_amount(zone, "rules.maxUnavailablePerZone"),
        tolerance=parse_amount(rules.tolerance, "rules.tolerance"),
        minimum=NODE_MINIMUM,
        action=FailureAction.ROLL_BACK,
        unreachable_tolerance=ALL,
        unreachable_after_seconds=0.0,
        revert_failed_after_seconds=parse_duration(rules.revert_failed_after),
        revert_jitter_seconds=0.0,
    )


NODE_MINIMUM = 2
"""One failed node never makes a cluster revert by itself: any node may die on its own."""

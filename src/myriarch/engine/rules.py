"""The numbers of a policy that ``decide`` works with, read once; one form for both levels."""

from __future__ import annotations

from dataclasses import dataclass

from myriarch.api.analysis import Analysis
from myriarch.api.budgets import Budgets
from myriarch.api.hold import HoldRule
from myriarch.api.policy import FailureAction, NodeRules, ReleasePolicySpec
from myriarch.base.durations import parse_duration
from myriarch.engine.amounts import Amount, parse_amount
from myriarch.engine.budget_rules import RETURNED, BudgetRule, cluster_budget_rules, node_budget_rules
from myriarch.engine.gate_rules import GateRule, read_gates
from myriarch.engine.metric_rules import MetricRule, read_metrics

REVERT_JITTER_SECONDS = 60.0
"""Reverts of units that show no harm yet begin spread over this long, so that they don't all restart at once."""

ALL = Amount(share=1.0)

LONG_DEAD_SECONDS = 1800.0
"""A unit that died on its own, or stays dead though it is back, is waited for this long, unless the policy says
otherwise; then it is recorded and no longer holds the others."""


@dataclass(frozen=True, slots=True)
class Rules:
    """in_flight, rollback_in_flight: units moving at once. budgets: units that may be out at once, all in all or by
    groups; over_nodes says what being out means (``out.py``). dead_after_seconds, dead_tolerated: when a dead unit no
    longer uses them up, and how many may not. tolerance, minimum, action: the failure rule.
    unreachable_tolerance, unreachable_after_seconds: how silence is borne. revert_failed_after_seconds: when a
    single failed unit is taken back; infinite where the level does not. analysis: how updated units are weighed against
    the others, None where they aren't; max_soak_seconds: how much longer a wave under suspicion soaks.
    held_at_most, weigh_seconds, otherwise: how many nodes may be held where strata are, how long a release waits until
    it is sure which, and what is done where they can't be.
    acquitted_seconds: how long a release holds that is not to blame, None where it goes back all the same.
    attempts: how often the first stage is tried.
    watch_seconds: how long it is judged once it is everywhere.
    """

    in_flight: Amount
    rollback_in_flight: Amount
    budgets: tuple[BudgetRule, ...]
    over_nodes: bool
    dead_after_seconds: float
    dead_tolerated: Amount
    tolerance: Amount
    minimum: int
    action: FailureAction
    unreachable_tolerance: Amount
    unreachable_after_seconds: float
    revert_failed_after_seconds: float
    revert_jitter_seconds: float
    analysis: Analysis | None = None
    max_soak_seconds: float = 0.0
    held_at_most: Amount = ALL
    weigh_seconds: float = 0.0
    otherwise: FailureAction = FailureAction.ROLL_BACK
    acquitted_seconds: float | None = None
    attempts: int = 1
    watch_seconds: float = 0.0
    gates: tuple[GateRule, ...] = ()
    metrics: tuple[MetricRule, ...] = ()

    @property
    def lets_in_gently(self) -> bool:
        """Whether units that come back have a budget of their own."""
        return any(rule.partition == RETURNED for rule in self.budgets)


def fleet_rules(spec: ReleasePolicySpec) -> Rules:
    """Rules over the clusters of a stage. Raises UserFault where the policy is unsound."""
    budgets = spec.budgets.clusters
    dead_after_seconds, dead_tolerated = _dead(budgets, parse_duration(spec.unreachable.after))
    return Rules(
        in_flight=parse_amount(spec.concurrency.clusters, "spec.concurrency.clusters"),
        rollback_in_flight=parse_amount(spec.concurrency.rollback, "spec.concurrency.rollback"),
        budgets=cluster_budget_rules(budgets),
        over_nodes=False,
        dead_after_seconds=dead_after_seconds,
        dead_tolerated=dead_tolerated,
        tolerance=parse_amount(spec.failure.tolerance, "spec.failure.tolerance"),
        minimum=spec.failure.minimum,
        action=spec.failure.action,
        unreachable_tolerance=parse_amount(spec.unreachable.tolerance, "spec.unreachable.tolerance"),
        unreachable_after_seconds=parse_duration(spec.unreachable.after),
        revert_failed_after_seconds=float("inf"),
        revert_jitter_seconds=REVERT_JITTER_SECONDS,
        analysis=spec.analysis,
        max_soak_seconds=parse_duration(spec.analysis.max_soak) if spec.analysis is not None else 0.0,
        held_at_most=parse_amount((spec.failure.hold or HoldRule()).at_most, "spec.failure.hold.atMost"),
        weigh_seconds=parse_duration((spec.failure.hold or HoldRule()).weigh),
        otherwise=FailureAction((spec.failure.hold or HoldRule()).otherwise),
        acquitted_seconds=None if spec.acquittal is None else parse_duration(spec.acquittal.max_hold),
        attempts=spec.stages[0].attempts if spec.stages else 1,
        watch_seconds=parse_duration(spec.watch.for_) if spec.watch is not None else 0.0,
        gates=read_gates(spec.gates),
        metrics=read_metrics(spec.analysis, spec.failure.minimum),
    )


def node_rules(rules: NodeRules, budgets: Budgets | None = None) -> Rules:
    """Rules over the nodes of a cluster. A cluster that bears no more reverts by itself."""
    dead_after_seconds, dead_tolerated = _dead(budgets, LONG_DEAD_SECONDS)
    return Rules(
        in_flight=ALL,
        rollback_in_flight=ALL,
        budgets=node_budget_rules(rules, budgets),
        over_nodes=True,
        dead_after_seconds=dead_after_seconds,
        dead_tolerated=dead_tolerated,
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


def _dead(budgets: Budgets | None, usual_seconds: float) -> tuple[float, Amount]:
    """After how many seconds a dead unit is passed over, and how many may be."""
    dead = None if budgets is None else budgets.dead
    if dead is None:
        return usual_seconds, ALL
    return parse_duration(dead.after), parse_amount(dead.tolerated, "dead.tolerated")

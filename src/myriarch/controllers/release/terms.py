"""What of a policy's node rules a grant carries, by what the cluster's agent understands.

An agent that doesn't know a limit would overstep it (docs/decisions/0008-agents-and-versions.md). One that doesn't know
budgets is told of a single node at a time, which keeps all budgets that count nodes by groups; where that is not enough
(gangs that must stay whole, dead nodes that may not be passed over, strata that a release holds) it gets no forward
step until it is upgraded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import numpy as np

from myriarch.api.budgets import Budgets, GangKind
from myriarch.api.cluster import Cluster
from myriarch.api.hold import HeldStratum
from myriarch.api.policy import NodeRules, ReleasePolicySpec
from myriarch.controllers.fleet_table import FleetTable, shared_values
from myriarch.controllers.release.freezing import Freezes
from myriarch.controllers.release.understanding import understands_budgets, understands_hold
from myriarch.engine.holds import OUTDATED

NAMED_CLUSTERS = 3


def node_terms(policy: ReleasePolicySpec, cluster: Cluster) -> tuple[NodeRules, Budgets | None]:
    """The rules and budgets of a grant to ``cluster``."""
    budgets = policy.budgets.nodes
    if budgets is None or understands_budgets(cluster):
        return policy.nodes, budgets
    return msgspec.structs.replace(policy.nodes, max_unavailable=1), budgets


def hold_outdated(
    freezes: Freezes, policy: ReleasePolicySpec, table: FleetTable, held: Sequence[HeldStratum] = ()
) -> Freezes:
    """``freezes``, with the clusters held whose agents would overstep the policy even so, or would update nodes of the
    strata that the release has ``held``."""
    budgets = policy.budgets.nodes
    if budgets is not None and (budgets.dead or any(gang.kind is GangKind.SAME_WAVE for gang in budgets.gangs)):
        outdated = [not understands_budgets(cluster) for cluster in table.clusters]
        freezes = _held(freezes, outdated, "gangs or dead nodes in budgets.nodes", table)
    if held:
        outdated = [not understands_hold(cluster) and _may_have(cluster, held) for cluster in table.clusters]
        freezes = _held(freezes, outdated, "strata that the release holds", table)
    return freezes


def _held(freezes: Freezes, outdated: list[bool], what: str, table: FleetTable) -> Freezes:
    chosen = np.array(outdated, np.bool_) & table.present
    if not chosen.any():
        return freezes
    names = [table.clusters[int(row)].name for row in np.flatnonzero(chosen)]
    named = ", ".join([*names[:NAMED_CLUSTERS], *(["…"] if len(names) > NAMED_CLUSTERS else [])])
    reason = f"{OUTDATED} for {what}, to be upgraded: {named}"
    reasons = "; ".join(filter(None, [freezes.reason, reason]))
    return replace(freezes, frozen=freezes.frozen | chosen, reason=reasons)


def _may_have(cluster: Cluster, held: Sequence[HeldStratum]) -> bool:
    """Whether nodes of the cluster may be of a held stratum."""
    shared = shared_values(cluster)
    for each in held:
        told = cluster.status.strata.get(each.attribute)
        if each.attribute in shared and shared[each.attribute] != each.value:
            continue
        if told is None or each.value in told:
            return True
    return False

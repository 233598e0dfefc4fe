"""What of a policy's node rules a grant carries, by what the cluster's agent understands.

An agent that doesn't know a limit would overstep it (docs/decisions/0008-agents-and-versions.md). One that doesn't know
budgets is told of a single node at a time, which keeps all budgets that count nodes by groups; where that is not enough
(gangs that must stay whole, dead nodes that may not be passed over) it gets no forward step until it is upgraded. An
agent in the hub's own process is of the hub's version, and says nothing of it.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np

from myriarch.api.budgets import BUDGETS_PROTOCOL, Budgets, GangKind
from myriarch.api.cluster import Access, Cluster
from myriarch.api.policy import NodeRules, ReleasePolicySpec
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.freezing import Freezes
from myriarch.engine.holds import OUTDATED

NAMED_CLUSTERS = 3


def node_terms(policy: ReleasePolicySpec, cluster: Cluster) -> tuple[NodeRules, Budgets | None]:
    """The rules and budgets of a grant to ``cluster``."""
    budgets = policy.budgets.nodes
    if budgets is None or understands_budgets(cluster):
        return policy.nodes, budgets
    return msgspec.structs.replace(policy.nodes, max_unavailable=1), budgets


def understands_budgets(cluster: Cluster) -> bool:
    """Whether the cluster's agent counts budgets by groups."""
    return cluster.spec.access is Access.EMBEDDED or cluster.status.agent.protocol >= BUDGETS_PROTOCOL


def hold_outdated(freezes: Freezes, policy: ReleasePolicySpec, table: FleetTable) -> Freezes:
    """``freezes``, with the clusters held whose agents would overstep the policy even so."""
    budgets = policy.budgets.nodes
    if budgets is None or not (budgets.dead or any(gang.kind is GangKind.SAME_WAVE for gang in budgets.gangs)):
        return freezes
    outdated = np.array([not understands_budgets(cluster) for cluster in table.clusters], np.bool_) & table.present
    if not outdated.any():
        return freezes
    names = [table.clusters[int(row)].name for row in np.flatnonzero(outdated)]
    named = ", ".join([*names[:NAMED_CLUSTERS], *(["…"] if len(names) > NAMED_CLUSTERS else [])])
    reason = f"{OUTDATED} for gangs or dead nodes in budgets.nodes, to be upgraded: {named}"
    reasons = "; ".join(filter(None, [freezes.reason, reason]))
    return replace(freezes, frozen=freezes.frozen | outdated, reason=reasons)

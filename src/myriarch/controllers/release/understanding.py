"""What the agents of clusters understand of a grant, by the protocol that they speak.

An agent in the hub's own process is of the hub's version, unless it says otherwise.
"""

from __future__ import annotations

from myriarch.api.budgets import BUDGETS_PROTOCOL
from myriarch.api.cluster import Access, Cluster
from myriarch.api.hold import HOLD_PROTOCOL
from myriarch.api.strike import STRIKES_PROTOCOL


def understands_budgets(cluster: Cluster) -> bool:
    """Whether the cluster's agent counts budgets by groups."""
    return _speaks(cluster, BUDGETS_PROTOCOL)


def understands_hold(cluster: Cluster) -> bool:
    """Whether the cluster's agent leaves out the strata that a grant holds."""
    return _speaks(cluster, HOLD_PROTOCOL)


def tells_strikes(cluster: Cluster) -> bool:
    """Whether the cluster's agent tells first failures after quiet."""
    return _speaks(cluster, STRIKES_PROTOCOL)


def _speaks(cluster: Cluster, protocol: int) -> bool:
    told = cluster.status.agent.protocol
    return told >= protocol or (cluster.spec.access is Access.EMBEDDED and not told)

"""Nodes leave their cluster for good, as an autoscaler takes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import msgspec

from myriarch.sim.faults.fault import Fault, Ground
from myriarch.sim.faults.node_fault import NodeFault, NodeFaultPart
from myriarch.sim.faults.target import ClusterTarget, NodeTarget


class RemovedNodesPart(NodeFaultPart, kw_only=True, tag="removedNodes"):
    """Nodes leave for good; 'for' only says how long the fault counts as active."""

    clusters: ClusterTarget = msgspec.field(default_factory=lambda: ClusterTarget(count=1))
    nodes: NodeTarget = msgspec.field(default_factory=NodeTarget)

    def build(self) -> Fault:
        return RemovedNodes(self.clusters.choice(), self.nodes.choice())


@dataclass(slots=True)
class RemovedNodes(NodeFault):
    name: ClassVar[str] = "removedNodes"

    def hit(self, ground: Ground, cluster: str, positions: list[int]) -> None:
        ground.fleet.remove_nodes(cluster, positions, ground.clock.now())

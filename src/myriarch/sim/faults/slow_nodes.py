"""Nodes become slow: updates take several times as long, and pods start slowly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import msgspec

from myriarch.sim.faults.fault import Fault, Ground
from myriarch.sim.faults.node_fault import NodeFault, NodeFaultPart
from myriarch.sim.faults.target import ClusterTarget, NodeTarget


class SlowNodesPart(NodeFaultPart, kw_only=True, tag="slowNodes"):
    """Nodes take several times as long for updates, and show slow pod starts."""

    clusters: ClusterTarget = msgspec.field(default_factory=lambda: ClusterTarget(count=1))
    nodes: NodeTarget = msgspec.field(default_factory=NodeTarget)

    def build(self) -> Fault:
        return SlowNodes(self.clusters.choice(), self.nodes.choice())


@dataclass(slots=True)
class SlowNodes(NodeFault):
    name: ClassVar[str] = "slowNodes"

    def hit(self, ground: Ground, cluster: str, positions: list[int]) -> None:
        ground.fleet.slow_nodes(cluster, positions, True, ground.clock.now())

    def mend(self, ground: Ground, cluster: str, positions: list[int]) -> None:
        ground.fleet.slow_nodes(cluster, positions, False, ground.clock.now())

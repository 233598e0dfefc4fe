"""Nodes drop off the network: they neither report nor can be told anything, until healed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import msgspec

from myriarch.sim.faults.fault import Fault, Ground
from myriarch.sim.faults.node_fault import NodeFault, NodeFaultPart
from myriarch.sim.faults.target import ClusterTarget, NodeTarget


class DeadNodesPart(NodeFaultPart, kw_only=True, tag="deadNodes"):
    """Nodes die at the strike and return when it ends."""

    clusters: ClusterTarget = msgspec.field(default_factory=lambda: ClusterTarget(count=1))
    nodes: NodeTarget = msgspec.field(default_factory=NodeTarget)

    def build(self) -> Fault:
        return DeadNodes(self.clusters.choice(), self.nodes.choice())


@dataclass(slots=True)
class DeadNodes(NodeFault):
    name: ClassVar[str] = "deadNodes"

    def hit(self, ground: Ground, cluster: str, positions: list[int]) -> None:
        ground.fleet.kill_nodes(cluster, positions, ground.clock.now())

    def mend(self, ground: Ground, cluster: str, positions: list[int]) -> None:
        ground.fleet.heal_nodes(cluster, positions, ground.clock.now())

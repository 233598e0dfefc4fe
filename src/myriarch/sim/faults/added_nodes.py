"""Nodes join clusters, at the revision that their image holds: the one the fleet began with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from myriarch.sim.faults.fault import Fault, FaultPart, Ground
from myriarch.sim.faults.target import ClusterChoice, ClusterTarget


class AddedNodesPart(FaultPart, kw_only=True, tag="addedNodes"):
    """Nodes join, like others of the cluster; 'for' only says how long the fault counts as active."""

    clusters: ClusterTarget = msgspec.field(default_factory=lambda: ClusterTarget(count=1))
    count: Annotated[int, Meta(ge=1, le=1000, description="Nodes that join each struck cluster.")] = 1
    shape: Annotated[str, Meta(description="Their shape; absent: like random ones of the cluster.")] = ""

    def build(self) -> Fault:
        return AddedNodes(self.clusters.choice(), self.count, self.shape)


@dataclass(frozen=True, slots=True)
class AddedNodes:
    name: ClassVar[str] = "addedNodes"
    clusters: ClusterChoice
    count: int
    shape: str

    async def strike(self, ground: Ground) -> None:
        for cluster in self.clusters.choose(ground.fleet, ground.dice):
            ground.fleet.add_nodes(cluster, self.count, ground.clock.now(), shape=self.shape)

    async def heal(self, ground: Ground) -> None:
        """Who joined stays."""

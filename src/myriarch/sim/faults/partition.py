"""Clusters are cut off from the hub: their agents neither hear nor report, and work on inside their grants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import msgspec

from myriarch.sim.faults.fault import Fault, FaultPart, Ground
from myriarch.sim.faults.target import ClusterChoice, ClusterTarget


class PartitionPart(FaultPart, kw_only=True, tag="partition"):
    """Clusters are cut off from the hub: their agents neither hear nor report."""

    clusters: ClusterTarget = msgspec.field(default_factory=lambda: ClusterTarget(count=1))

    def build(self) -> Fault:
        return Partition(self.clusters.choice())


@dataclass(slots=True)
class Partition:
    name: ClassVar[str] = "partition"
    choice: ClusterChoice
    struck: list[str] = field(default_factory=list)

    async def strike(self, ground: Ground) -> None:
        self.struck = self.choice.choose(ground.fleet, ground.dice)
        ground.fleet.advance_to(ground.clock.now())  # the fleet notes since when by its own present
        for cluster in self.struck:
            ground.fleet.set_partition(cluster, True)

    async def heal(self, ground: Ground) -> None:
        for cluster in self.struck:
            ground.fleet.set_partition(cluster, False)

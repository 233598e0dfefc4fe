"""The common half of faults that strike nodes: who is struck, and healed again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from myriarch.sim.faults.fault import FaultPart, Ground
from myriarch.sim.faults.target import ClusterChoice, ClusterTarget, NodeChoice, NodeTarget


class NodeFaultPart(FaultPart, kw_only=True):
    """Strikes nodes of clusters."""

    clusters: ClusterTarget
    nodes: NodeTarget

    def check(self, path: str) -> None:
        super().check(path)
        self.nodes.check(f"{path}.nodes")


@dataclass(slots=True)
class NodeFault(ABC):
    """``struck`` holds (cluster, positions) of the last strike."""

    clusters: ClusterChoice
    nodes: NodeChoice
    struck: list[tuple[str, list[int]]] = field(default_factory=list)

    async def strike(self, ground: Ground) -> None:
        clusters = self.clusters.choose(ground.fleet, ground.dice)
        self.struck = [(name, self.nodes.choose(ground.fleet, name, ground.dice)) for name in clusters]
        for cluster, positions in self.struck:
            if positions:
                self.hit(ground, cluster, positions)

    async def heal(self, ground: Ground) -> None:
        for cluster, positions in self.struck:
            if positions:
                self.mend(ground, cluster, positions)

    @abstractmethod
    def hit(self, ground: Ground, cluster: str, positions: list[int]) -> None:
        """Do it."""

    def mend(self, ground: Ground, cluster: str, positions: list[int]) -> None:
        """Undo it; by default there is nothing to undo."""
        del ground, cluster, positions

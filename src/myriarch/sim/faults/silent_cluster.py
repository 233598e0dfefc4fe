"""Clusters hear the hub but can't be heard: what their agents report is lost on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import msgspec

from myriarch.client.errors import Unreachable
from myriarch.client.http import Request, Response
from myriarch.sim.faults.fault import Fault, FaultPart, Ground, is_write
from myriarch.sim.faults.target import ClusterChoice, ClusterTarget
from myriarch.sim.line import AGENTS, Forward


class SilentClusterPart(FaultPart, kw_only=True, tag="silentCluster"):
    """Clusters whose agents hear the hub but whose reports are lost."""

    clusters: ClusterTarget = msgspec.field(default_factory=lambda: ClusterTarget(count=1))

    def build(self) -> Fault:
        return SilentCluster(self.clusters.choice())


@dataclass(slots=True)
class SilentCluster:
    name: ClassVar[str] = "silentCluster"
    choice: ClusterChoice
    struck: frozenset[str] = field(default_factory=frozenset)

    async def strike(self, ground: Ground) -> None:
        self.struck = frozenset(self.choice.choose(ground.fleet, ground.dice))
        ground.lines.disturb(self)

    async def heal(self, ground: Ground) -> None:
        ground.lines.calm(self)

    async def send(self, participant: str, request: Request, forward: Forward) -> Response:
        if participant == AGENTS and is_write(request) and not self.struck.isdisjoint(request.path.split("/")):
            raise Unreachable("the report was lost")
        return await forward(request)

"""The hub is lost for hours: nobody reaches its API, and every watch breaks. Agents work on inside their grants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from myriarch.client.errors import Unreachable
from myriarch.client.http import Request, Response
from myriarch.sim.faults.fault import Fault, FaultPart, Ground
from myriarch.sim.line import PARTICIPANTS, Forward


class HubLostPart(FaultPart, kw_only=True, tag="hubLost"):
    """Neither controllers nor agents reach the hub's API; grants run out meanwhile."""

    def build(self) -> Fault:
        return HubLost()


@dataclass(frozen=True, slots=True)
class HubLost:
    name: ClassVar[str] = "hubLost"

    async def strike(self, ground: Ground) -> None:
        ground.lines.disturb(self)
        ground.lines.cut_watches(PARTICIPANTS)

    async def heal(self, ground: Ground) -> None:
        ground.lines.calm(self)

    async def send(self, participant: str, request: Request, forward: Forward) -> Response:
        del participant, request, forward
        raise Unreachable("the hub is lost")

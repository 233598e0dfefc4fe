"""The agents' process dies and a new one starts from the API and the clusters alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from myriarch.sim.faults.crash import bring_back, bring_down
from myriarch.sim.faults.fault import Fault, FaultPart, Ground
from myriarch.sim.line import AGENTS


class AgentCrashPart(FaultPart, kw_only=True, tag="agentCrash"):
    """The agents crash and stay down for 'for'; new ones start from the API and the clusters alone."""

    def build(self) -> Fault:
        return AgentCrash()


@dataclass(frozen=True, slots=True)
class AgentCrash:
    name: ClassVar[str] = "agentCrash"

    async def strike(self, ground: Ground) -> None:
        await bring_down(ground, AGENTS)

    async def heal(self, ground: Ground) -> None:
        await bring_back(ground, AGENTS)

"""The controllers' process dies and a new one starts from the API alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from myriarch.sim.faults.crash import bring_back, bring_down
from myriarch.sim.faults.fault import Fault, FaultPart, Ground
from myriarch.sim.line import CONTROLLERS


class ControllerCrashPart(FaultPart, kw_only=True, tag="controllerCrash"):
    """The controllers crash and stay down for 'for'; a new instance starts from the API alone."""

    def build(self) -> Fault:
        return ControllerCrash()


@dataclass(frozen=True, slots=True)
class ControllerCrash:
    name: ClassVar[str] = "controllerCrash"

    async def strike(self, ground: Ground) -> None:
        await bring_down(ground, CONTROLLERS)

    async def heal(self, ground: Ground) -> None:
        await bring_back(ground, CONTROLLERS)

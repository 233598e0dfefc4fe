"""The hub's clock is off: it jumps when the fault strikes, and back when it is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from myriarch.base.errors import UserFault
from myriarch.sim.faults.fault import Fault, FaultPart, Ground
from myriarch.sim.part import Duration, seconds


class ClockSkewPart(FaultPart, kw_only=True, tag="clockSkew"):
    """The controllers' clock is ahead of, or behind, that of all members."""

    by: Annotated[Duration, Meta(description="How far it is off.")] = "5m"
    behind: Annotated[bool, Meta(description="Behind instead of ahead.")] = False

    def check(self, path: str) -> None:
        super().check(path)
        if seconds(self.by) <= 0:
            raise UserFault(f"{path}.by", self.by, "is no skew", "Give a length of time above zero.")

    def build(self) -> Fault:
        return ClockSkew(-seconds(self.by) if self.behind else seconds(self.by))


@dataclass(frozen=True, slots=True)
class ClockSkew:
    name: ClassVar[str] = "clockSkew"
    ahead_seconds: float

    async def strike(self, ground: Ground) -> None:
        ground.means.hub_clock.ahead_seconds += self.ahead_seconds

    async def heal(self, ground: Ground) -> None:
        ground.means.hub_clock.ahead_seconds -= self.ahead_seconds

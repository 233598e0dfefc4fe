"""The metric source is down, or lies: gates that ask it hear nothing, or not the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from myriarch.sim.faults.fault import Fault, FaultPart, Ground
from myriarch.sim.metrics import Mood
from myriarch.sim.part import Share


class MetricSourcePart(FaultPart, kw_only=True, tag="metricSource"):
    """A share of the questions is not answered (refused, late, nonsense), or answered wrongly."""

    mood: Annotated[Mood, Meta(description="down; blind: nothing ever fails; falseAlarm: everything does.")] = Mood.DOWN
    rate: Annotated[Share, Meta(description="Share of the questions.")] = 1.0

    def build(self) -> Fault:
        return MetricSourceFault(self.mood, self.rate)


@dataclass(frozen=True, slots=True)
class MetricSourceFault:
    name: ClassVar[str] = "metricSource"
    mood: Mood
    rate: float

    async def strike(self, ground: Ground) -> None:
        ground.means.metrics.upset(self.mood, self.rate, ground.dice)

    async def heal(self, ground: Ground) -> None:
        ground.means.metrics.calm()

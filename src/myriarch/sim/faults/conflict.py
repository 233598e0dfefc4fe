"""Writes are refused with 409: somebody else was faster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from myriarch.client.http import Request, Response
from myriarch.sim.faults.answers import refusal
from myriarch.sim.faults.fault import Fault, Ground, LinePart, is_write
from myriarch.sim.faults.spoiler import Spoiler
from myriarch.sim.line import Forward
from myriarch.sim.part import Share


class ConflictPart(LinePart, kw_only=True, tag="conflict"):
    """A share of the writes is refused with 409 Conflict; nothing is written."""

    rate: Annotated[Share, Meta(description="Share of the writes that conflict.")] = 0.3

    def build(self) -> Fault:
        return Conflict(self.chosen, None, self.rate)


@dataclass(slots=True)
class Conflict(Spoiler):
    name: ClassVar[str] = "conflict"
    rate: float

    async def spoil(self, request: Request, forward: Forward, ground: Ground) -> Response:
        if is_write(request) and request.method != "POST" and ground.dice.random() < self.rate:
            return refusal(409, "Conflict", "the object has been modified; please apply your changes to the latest")
        return await forward(request)

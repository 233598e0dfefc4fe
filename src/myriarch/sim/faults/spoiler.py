"""The common half of transport faults: they sit on the lines while active and meet chosen participants."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from myriarch.base.errors import ProgrammerError
from myriarch.client.http import Request, Response
from myriarch.sim.faults.fault import Ground
from myriarch.sim.line import Forward


@dataclass(slots=True)
class Spoiler(ABC):
    """``ground`` is set while the fault is active."""

    participants: tuple[str, ...]
    ground: Ground | None

    async def strike(self, ground: Ground) -> None:
        self.ground = ground
        ground.lines.disturb(self)

    async def heal(self, ground: Ground) -> None:
        ground.lines.calm(self)
        self.ground = None

    async def send(self, participant: str, request: Request, forward: Forward) -> Response:
        if participant not in self.participants:
            return await forward(request)
        if self.ground is None:
            raise ProgrammerError("a fault that is not active was met")
        return await self.spoil(request, forward, self.ground)

    @abstractmethod
    async def spoil(self, request: Request, forward: Forward, ground: Ground) -> Response:
        """Answer the request of a chosen participant."""

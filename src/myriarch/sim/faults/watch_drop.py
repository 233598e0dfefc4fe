"""Open watches are cut; whoever reads them must notice, and watch again without losing anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from myriarch.client.errors import Unreachable
from myriarch.client.http import Request, Response
from myriarch.sim.faults.fault import Fault, Ground, LinePart, is_watch
from myriarch.sim.faults.spoiler import Spoiler
from myriarch.sim.line import Forward

REFUSED_SHARE = 0.5
"""While the fault lasts, a new watch is refused this often."""


class WatchDropPart(LinePart, kw_only=True, tag="watchDrop"):
    """Every open watch is cut at the strike; while it lasts, every second new watch fails too."""

    def build(self) -> Fault:
        return WatchDrop(self.chosen, None)


@dataclass(slots=True)
class WatchDrop(Spoiler):
    name: ClassVar[str] = "watchDrop"

    async def strike(self, ground: Ground) -> None:
        await Spoiler.strike(self, ground)
        ground.lines.cut_watches(self.participants)

    async def spoil(self, request: Request, forward: Forward, ground: Ground) -> Response:
        if is_watch(request) and ground.dice.random() < REFUSED_SHARE:
            raise Unreachable("the connection was cut")
        return await forward(request)

"""The server has forgotten its history: watches from a version, and continued lists, get 410."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import ClassVar

from myriarch.client.http import Request, Response
from myriarch.sim.faults.answers import HEADERS, error_event, refusal
from myriarch.sim.faults.fault import Fault, Ground, LinePart, is_watch
from myriarch.sim.faults.spoiler import Spoiler
from myriarch.sim.line import Forward

FORGOTTEN_SHARE = 0.5
"""So often a version is too old while the fault lasts; not always, or nobody could ever watch."""

MESSAGE = "too old resource version"


class GonePart(LinePart, kw_only=True, tag="gone"):
    """Open watches are cut, and every second attempt to resume one, or to continue a list, gets 410 Gone."""

    def build(self) -> Fault:
        return Gone(self.chosen, None)


@dataclass(slots=True)
class Gone(Spoiler):
    name: ClassVar[str] = "gone"

    async def strike(self, ground: Ground) -> None:
        await Spoiler.strike(self, ground)
        ground.lines.cut_watches(self.participants)

    async def spoil(self, request: Request, forward: Forward, ground: Ground) -> Response:
        if "continue" in request.query and ground.dice.random() < FORGOTTEN_SHARE:
            return refusal(410, "Expired", "the provided continue parameter is too old")
        if is_watch(request) and request.query.get("resourceVersion") and ground.dice.random() < FORGOTTEN_SHARE:
            return Response(200, b"", HEADERS, _one_error())
        return await forward(request)


async def _one_error() -> AsyncIterator[bytes]:
    yield error_event(410, "Expired", MESSAGE)

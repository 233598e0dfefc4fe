"""The server answers with errors, or not at all, though it may have done what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from msgspec import Meta

from myriarch.client.errors import Unreachable
from myriarch.client.http import Request, Response
from myriarch.sim.faults.answers import refusal
from myriarch.sim.faults.fault import Fault, Ground, LinePart, is_watch
from myriarch.sim.faults.spoiler import Spoiler
from myriarch.sim.line import Forward
from myriarch.sim.part import Share

TIMEOUT_SECONDS = 15.0
"""How long a request without an answer is waited for."""


class ApiErrorPart(LinePart, kw_only=True, tag="apiError"):
    """A share of the requests gets 500, 503, or no answer: of the last, half were carried out all the same."""

    rate: Annotated[Share, Meta(description="Share of the requests that go wrong.")] = 0.3

    def build(self) -> Fault:
        return ApiFault(self.chosen, None, self.rate)


@dataclass(slots=True)
class ApiFault(Spoiler):
    name: ClassVar[str] = "apiError"
    rate: float

    async def spoil(self, request: Request, forward: Forward, ground: Ground) -> Response:
        if ground.dice.random() >= self.rate:
            return await forward(request)
        kind = int(ground.dice.integers(4))
        if kind == 0:
            return refusal(500, "InternalError", "internal error: the simulated server stumbled")
        if kind == 1:
            return refusal(503, "ServiceUnavailable", "the simulated server is overloaded")
        if kind == 2 and not is_watch(request):
            await forward(request)
        await ground.clock.sleep(TIMEOUT_SECONDS)
        raise Unreachable("no answer in time; the request may have been carried out")

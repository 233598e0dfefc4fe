"""The demo's three stories on a real API server: every decision, in order, is that of the embedded hub."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.kube.hub.blocking import BlockingServer
from tests.kube.hub.decisions import Decisions
from tests.sim.test_demo import Notes

from myriarch.hub.hub import Elsewhere
from myriarch.sim.demo.result import DemoResult
from myriarch.sim.demo.teller import EPOCH, open_demo
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

CLUSTERS = 30
SEED = 11


def tell(ground: BlockingServer | None) -> tuple[DemoResult, Decisions]:
    decisions = Decisions()
    elsewhere: Elsewhere | None = ground.transport if ground else None

    async def told() -> DemoResult:
        if ground is not None:
            ground.begin(running_clock())
        async with open_demo(CLUSTERS, SEED, Notes(), wrap=decisions.listen, elsewhere=elsewhere) as demo:
            return await demo.tell()

    return run_virtual(told(), EPOCH), decisions


@pytest.mark.kube
def test_every_decision_is_that_of_the_embedded_hub(ground: BlockingServer) -> None:
    embedded, expected = tell(None)
    real, found = tell(ground)
    assert ground.requests > 0
    assert embedded.as_told
    assert without_wall_time(real) == without_wall_time(embedded)
    assert len(expected.taken) > 100
    for number, (one, other) in enumerate(zip(found.taken, expected.taken, strict=False)):
        assert one == other, f"decision {number}"
    assert len(found.taken) == len(expected.taken)


def without_wall_time(result: DemoResult) -> Any:
    told = msgspec.to_builtins(result)
    for part in (told, *told["stories"]):
        part.pop("wallSeconds")
    return told

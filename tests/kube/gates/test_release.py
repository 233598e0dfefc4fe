"""A release on a whole hub in real time, judged during its soak by a real Prometheus."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from tests.hub.house import COMPONENT, House, small_spec
from tests.kube.gates.prometheus import Prometheus

from myriarch.api.gates import Gate, Operator, PromqlGate, Server, Verdict, When
from myriarch.api.policy import NodeRules, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase, Release
from myriarch.base.clock import RealClock
from myriarch.fleet.spec import Updates
from myriarch.gates.sockets import fetch

pytestmark = pytest.mark.kube
QUICK = msgspec.structs.replace(small_spec(3, 2), updates=Updates(median_seconds=0.5, spread=0.1, tick_seconds=0.2))
WITHIN_SECONDS = 120.0


def policy(prometheus: Prometheus, metric: str) -> ReleasePolicySpec:
    promql = PromqlGate(
        server=Server(url=prometheus.url),
        query=f'{metric}{{cluster=~"${{clusters}}"}}',
        operator=Operator.LESS,
        threshold=0.5,
    )
    gate = Gate(name="errors", when=When.DURING, interval="1s", samples=2, promql=promql)
    stage = Stage(name="prod", environment="prod", soak="4s", waves=[Wave(clusters=1), Wave()])
    return ReleasePolicySpec(stages=[stage], nodes=NodeRules(soak="1s", failure_grace="1s"), gates=[gate])


def release(prometheus: Prometheus, metric: str, **numbers: float) -> Release:
    """A release whose clusters have these numbers, by their names, at its end or the begin of its way back."""

    async def main() -> Release:
        house = House(RealClock(), QUICK, fetch=fetch)
        try:
            names = house.names()
            prometheus.say(metric, **dict(zip(names, numbers.values(), strict=True)))
            await house.start(policy(prometheus, metric), wait_seconds=1.0)
            await house.release("r", "v2")
            return await house.until(lambda: _ended(house), WITHIN_SECONDS, 0.5)
        finally:
            await house.hub.stop()

    return asyncio.run(main())


async def _ended(house: House) -> Release | None:
    found = await house.get("r")
    over = found.status.ended_at or found.status.phase is Phase.ROLLING_BACK
    return found if over else None


def test_good_numbers_let_it_through(prometheus: Prometheus) -> None:
    done = release(prometheus, "good", first=0.1, second=0.2)
    assert done.status.phase is Phase.SUCCEEDED, done.status
    assert {(each.place, each.verdict) for each in done.status.gates} == {
        ("prod/1", Verdict.PASS),
        ("prod/2", Verdict.PASS),
    }
    assert all(each.value in (0.1, 0.2) and each.threshold == "< 0.5" for each in done.status.gates)


def test_bad_numbers_take_it_back(prometheus: Prometheus) -> None:
    done = release(prometheus, "bad", first=0.9, second=0.9)
    assert done.status.phase in (Phase.ROLLING_BACK, Phase.ROLLED_BACK), done.status
    assert done.spec.component == COMPONENT
    assert "gate errors failed at prod/1" in done.status.message
    assert (done.status.gates[-1].verdict, done.status.gates[-1].value) == (Verdict.FAIL, 0.9)

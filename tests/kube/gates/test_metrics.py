"""A release on a whole hub in real time, weighed by the numbers of a real Prometheus: two arms, one of them worse."""

from __future__ import annotations

import asyncio

import msgspec
import numpy as np
import pytest
from tests.hub.house import House, small_spec
from tests.kube.gates.prometheus import Prometheus

from myriarch.api.policy import NodeRules, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase, Release
from myriarch.base.clock import RealClock
from myriarch.fleet.spec import Updates
from myriarch.gates.sockets import fetch

pytestmark = pytest.mark.kube
QUICK = msgspec.structs.replace(small_spec(9, 2), updates=Updates(median_seconds=0.5, spread=0.1, tick_seconds=0.2))
WITHIN_SECONDS = 120.0
HISTORY_SECONDS = 15.0
"""A Prometheus that has just begun scrapes after five seconds."""


def policy(prometheus: Prometheus) -> ReleasePolicySpec:
    metric = {
        "name": "latency", "kind": "Mean", "ceiling": 6, "every": "1s", "level": "4s", "toleratedRatio": 1.5,
        "server": {"url": prometheus.url}, "query": 'latency_seconds{cluster=~"${clusters}|${controls}"}',
    }  # fmt: skip
    stage = Stage(name="prod", environment="prod", soak="60s", waves=[Wave(clusters=4), Wave()])
    spec = ReleasePolicySpec(stages=[stage], nodes=NodeRules(soak="1s", failure_grace="1s"))
    return msgspec.convert({**msgspec.to_builtins(spec), "analysis": {"metrics": [metric]}}, ReleasePolicySpec)


async def _speak(house: House, prometheus: Prometheus, worse: float) -> None:
    """Every cluster has a level of its own and noise; updated ones are so many times as slow."""
    dice = np.random.default_rng(1)
    while True:
        for index, name in enumerate(house.names()):
            harm = worse if house.at(name).get("v2") else 1.0
            prometheus.say("latency_seconds", **{name: (1 + index) * harm * (1 + 0.03 * dice.standard_normal())})
        await asyncio.sleep(0.3)


def test_the_worse_arm_takes_the_release_back(prometheus: Prometheus) -> None:
    async def main() -> Release:
        house = House(RealClock(), QUICK, fetch=fetch)
        speaking = asyncio.create_task(_speak(house, prometheus, 4.0))
        try:
            await house.start(policy(prometheus), wait_seconds=HISTORY_SECONDS)
            await house.release("r", "v2")
            phases = (Phase.ROLLING_BACK, Phase.ROLLED_BACK, Phase.SUCCEEDED)
            return await house.phase("r", *phases, within=WITHIN_SECONDS, step=0.5)
        finally:
            speaking.cancel()
            await house.hub.stop()

    done = asyncio.run(main())
    assert done.status.phase is not Phase.SUCCEEDED, done.status
    assert "metric latency: " in done.status.message
    assert "times its own level in 4 updated units" in done.status.message
    assert done.status.evidence is not None
    seen = done.status.evidence.metrics[0]
    assert seen.problem == ""
    assert seen.times > 100

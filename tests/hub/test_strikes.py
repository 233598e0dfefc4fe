"""Failures over the whole fleet, on a whole hub: canaries in small clusters have hardly a neighbour to compare with."""

from __future__ import annotations

import msgspec
import numpy as np
from tests.hub.house import NODES, House, play, small_spec

from myriarch.api.analysis import Analysis
from myriarch.api.policy import FailureRule, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase

CLUSTERS, NODES_EACH = 60, 8
POLICY = ReleasePolicySpec(
    stages=[Stage(name="prod", environment="prod", soak="2h", waves=[Wave(clusters=5, nodes=2), Wave()])],
    nodes=msgspec.structs.replace(NODES, tolerance="100%"),
    failure=FailureRule(tolerance="10%", minimum=2),
    analysis=Analysis(alpha=0.05),
)
SPEC = small_spec(CLUSTERS, NODES_EACH)


def canaries(house: House, name: str) -> np.ndarray:
    codes = np.asarray(house.fleet.cluster(name).observe("os").revision)
    return np.flatnonzero(codes == codes.max())


def test_a_canary_that_dies_in_each_of_four_small_clusters_is_harm_and_a_node_of_four_others_is_none() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", "Soaking")
        granted = sorted(await house.granted("r"))
        for name in [each for each in house.fleet.cluster_names() if each.startswith("prod") and each not in granted][
            :4
        ]:
            house.fleet.kill_nodes(name, np.asarray([0]), house.clock.now())
        await house.wait(900)
        found = await house.get("r")
        assert found.status.phase is Phase.SOAKING
        assert found.status.evidence is not None
        assert found.status.evidence.strikes is not None
        assert (found.status.evidence.strikes.updated, found.status.evidence.strikes.others) == (0, 4)
        for name in granted[:4]:
            house.fleet.kill_nodes(name, canaries(house, name)[:1], house.clock.now())
            await house.wait(60)
        await house.wait(900)
        found = await house.get("r")
        assert found.status.phase in (Phase.ROLLING_BACK, Phase.ROLLED_BACK), found.status
        assert found.status.evidence is not None
        assert found.status.evidence.strikes is not None
        assert found.status.evidence.strikes.updated >= 3
        assert found.status.evidence.strikes.log_value > found.status.evidence.log_value

    play(story, policy=POLICY, spec=SPEC)

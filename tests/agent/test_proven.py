"""Once a revision is proven, every node of the cluster comes to it and stays, whatever befalls it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from myriarch.agent.agent import Agent
from myriarch.api.cluster import Cluster, ClusterSpec, Grant
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import NodeRules
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.fleet.behaviour import Behaviour, Effect, Symptom
from myriarch.fleet.defaults import uniform_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.spec import Failures

HOUR = 3600.0
COMPONENT = "agent"
RULES = NodeRules(max_unavailable="100%", tolerance="100%", revert_failed_after="2h")


class World:
    """One simulated cluster with its agent; ``behaviour`` is what v2 does."""

    def __init__(self, delay_seconds: float, probability: float = 1.0) -> None:
        spec = msgspec.structs.replace(uniform_spec(2, 10, 1), failures=Failures(mean_days_between=0))
        self.fleet = Fleet(spec)
        self.fleet.set_base(COMPONENT, "v1")
        effect = Effect(symptom=Symptom.NOT_READY, probability=probability, delay_seconds=delay_seconds)
        self.fleet.set_behaviour(COMPONENT, "v2", Behaviour(effects=(effect,)))
        self.name = self.fleet.cluster_names()[0]
        self.agent = Agent(SimulatedDriver(self.fleet, self.name))
        self.now = self.fleet.now

    def run(self, grant: Grant, hours: float) -> None:
        """Under ``grant``, the agent looking every five minutes."""
        cluster = Cluster(metadata=ObjectMeta(name=self.name), spec=ClusterSpec(environment="prod", components=[grant]))
        for _ in range(round(hours * 12)):
            self.now += 300.0
            self.fleet.advance_to(self.now)
            self.agent.turn(cluster, self.now, 60.0)

    def standing(self) -> dict[str, int]:
        seen = self.fleet.cluster(self.name).observe(COMPONENT)
        names = self.fleet.revision_names(COMPONENT)
        codes, counts = np.unique(seen.revision, return_counts=True)
        return {names[code] if code >= 0 else "none": int(count) for code, count in zip(codes, counts, strict=True)}


def forward(proven: bool) -> Grant:
    back_to = "v2" if proven else "v1"
    return Grant(
        component=COMPONENT, revision="v2", rollback_to=back_to, attempt=1, all_nodes=True, proven=proven, rules=RULES
    )


@pytest.mark.parametrize("probability", [0.5, 1.0])
def test_nodes_that_went_back_by_themselves_follow_once_it_is_proven(probability: float) -> None:
    world = World(delay_seconds=0.0, probability=probability)
    world.run(forward(proven=False), hours=4)
    assert world.standing()["v1"] > 0
    world.run(forward(proven=True), hours=6)
    assert world.standing() == {"v2": 10}


def test_nodes_that_fail_at_a_proven_revision_stay_there() -> None:
    world = World(delay_seconds=3 * HOUR)
    world.run(forward(proven=False), hours=1)
    world.run(forward(proven=True), hours=8)
    assert world.standing() == {"v2": 10}


def test_a_cluster_on_its_way_back_turns_round_once_it_is_proven() -> None:
    """It had gone back by itself; then the release succeeded all the same."""
    world = World(delay_seconds=1800.0, probability=0.5)
    strict = msgspec.structs.replace(RULES, max_unavailable=1, tolerance="10%")
    grant = msgspec.structs.replace(forward(proven=False), rules=strict)
    world.run(grant, hours=1)
    for _ in range(24):
        world.run(grant, hours=1 / 12)
        if world.standing().get("v1", 0) and world.standing().get("v2", 0) < 9:
            break
    assert set(world.standing()) == {"v1", "v2"}
    proven = msgspec.structs.replace(forward(proven=True), rules=msgspec.structs.replace(strict, max_unavailable=10))
    for _ in range(24):
        world.run(proven, hours=1 / 12)
        assert "none" not in world.standing()
    assert world.standing() == {"v2": 10}

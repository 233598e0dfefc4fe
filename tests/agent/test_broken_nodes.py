"""A node that is broken for a reason of its own doesn't hold the others for ever."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from myriarch.agent.agent import Agent
from myriarch.api.cluster import Cluster, ClusterSpec, Direction, Grant
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import NodeRules
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.fleet.behaviour import Behaviour, Effect, Symptom
from myriarch.fleet.defaults import uniform_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.spec import Failures

COMPONENT = "agent"
NODES = 6
ONE_AT_A_TIME = NodeRules(max_unavailable=1, tolerance="100%", revert_failed_after="2h")


class World:
    """One simulated cluster with its agent, where nodes can be broken by something else."""

    def __init__(self) -> None:
        spec = msgspec.structs.replace(uniform_spec(2, NODES, 1), failures=Failures(mean_days_between=0))
        self.fleet = Fleet(spec)
        self.fleet.set_base(COMPONENT, "v1")
        self.fleet.set_base("other", "sound")
        effect = Effect(symptom=Symptom.NOT_READY)
        self.fleet.set_behaviour("other", "broken", Behaviour(effects=(effect,)))
        self.view = self.fleet.cluster(self.fleet.cluster_names()[0])
        self.agent = Agent(SimulatedDriver(self.fleet, self.view.name))
        self.now = self.fleet.now

    def break_nodes(self, nodes: list[int]) -> None:
        self.view.install("other", np.array(nodes), "broken", 1, self.now)

    def run(self, direction: Direction, hours: float, *, proven: bool = False) -> None:
        """Under such a grant, the agent looking every five minutes."""
        grant = Grant(
            component=COMPONENT,
            revision="v2",
            rollback_to="v2" if proven else "v1",
            attempt=1,
            all_nodes=True,
            proven=proven,
            direction=direction,
            rules=ONE_AT_A_TIME,
        )
        spec = ClusterSpec(environment="prod", components=[grant])
        cluster = Cluster(metadata=ObjectMeta(name=self.view.name), spec=spec)
        for _ in range(round(hours * 12)):
            self.now += 300.0
            self.fleet.advance_to(self.now)
            self.agent.turn(cluster, self.now, 60.0)

    def at(self, revision: str) -> int:
        code = self.fleet.revision_names(COMPONENT).index(revision)
        return int((self.view.observe(COMPONENT).revision == code).sum())


def test_a_rollback_goes_on_past_a_node_that_is_back_and_broken() -> None:
    world = World()
    world.run(Direction.FORWARD, hours=3)
    assert world.at("v2") == NODES
    world.break_nodes([2])
    world.run(Direction.REVERT, hours=4)
    assert world.at("v1") == NODES


@pytest.mark.parametrize("minutes", [12, 20])
def test_a_release_goes_on_past_a_node_that_went_back_by_itself(minutes: int) -> None:
    world = World()
    world.run(Direction.FORWARD, hours=minutes / 60)
    begun = np.flatnonzero(world.view.observe(COMPONENT).started)
    assert 0 < len(begun) < NODES
    world.break_nodes([int(begun[0])])
    world.run(Direction.FORWARD, hours=8)
    assert (world.at("v1"), world.at("v2")) == (1, NODES - 1)


def test_the_others_come_to_what_is_proven_past_a_node_that_fails_there_and_is_taken_back_by_nobody() -> None:
    world = World()
    world.run(Direction.FORWARD, hours=0.25)
    begun = np.flatnonzero(world.view.observe(COMPONENT).started)
    assert 0 < len(begun) < NODES
    world.break_nodes([int(begun[0])])
    world.run(Direction.FORWARD, hours=4, proven=True)
    assert world.at("v2") == NODES

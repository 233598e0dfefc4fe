"""A new attempt finds what an earlier one left: nodes still in hand, and nodes astray. Budgets hold meanwhile."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from myriarch.agent.agent import Agent
from myriarch.api.budgets import Budgets, DomainBudget
from myriarch.api.cluster import Cluster, ClusterSpec, Direction, Grant
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import NodeRules
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.fleet.behaviour import Behaviour, Effect, Symptom
from myriarch.fleet.defaults import uniform_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.node_labels import LABEL_POOL, label_values
from myriarch.fleet.spec import Failures
from myriarch.sim.truth import state_of

COMPONENT = "agent"
TURN_SECONDS = 15.0


class World:
    """One simulated cluster of ten nodes with its agent; updates to v2 never end where ``stuck``."""

    def __init__(self, stuck: bool) -> None:
        spec = msgspec.structs.replace(uniform_spec(2, 10, 1), failures=Failures(mean_days_between=0))
        self.fleet = Fleet(spec)
        self.fleet.set_base(COMPONENT, "v1")
        if stuck:
            fails = Effect(symptom=Symptom.UPDATE_FAILS, probability=1.0, delay_seconds=0.0)
            self.fleet.set_behaviour(COMPONENT, "v2", Behaviour(effects=(fails,)))
        self.name = self.fleet.cluster_names()[0]
        self.agent = Agent(SimulatedDriver(self.fleet, self.name))
        self.now = self.fleet.now
        self.most_out = 0

    def run(self, grant: Grant, minutes: float) -> None:
        cluster = Cluster(metadata=ObjectMeta(name=self.name), spec=ClusterSpec(environment="prod", components=[grant]))
        for _ in range(round(minutes * 60 / TURN_SECONDS)):
            self.now += TURN_SECONDS
            self.fleet.advance_to(self.now)
            self.agent.turn(cluster, self.now, 60.0)
            self.most_out = max(self.most_out, self._out_of_one_pool())

    def _out_of_one_pool(self) -> int:
        seen = self.fleet.cluster(self.name).observe(COMPONENT)
        labels = label_values(self.fleet.world, state_of(self.fleet, self.name), LABEL_POOL)
        pools = np.asarray(labels[: len(seen.busy)])
        return max((int((pools[seen.busy] == pool).sum()) for pool in set(pools[seen.busy])), default=0)

    def standing(self) -> set[str]:
        seen = self.fleet.cluster(self.name).observe(COMPONENT)
        return {self.fleet.revision_names(COMPONENT)[code] for code in seen.revision}


def grant(revision: str, attempt: int, rules: NodeRules, budgets: Budgets | None = None) -> Grant:
    return Grant(
        component=COMPONENT,
        revision=revision,
        rollback_to="v1",
        attempt=attempt,
        all_nodes=True,
        rules=rules,
        budgets=budgets,
    )


def test_a_node_still_in_hand_from_an_earlier_attempt_does_not_wait_for_the_room_that_it_takes_up() -> None:
    world = World(stuck=True)
    rules = NodeRules(max_unavailable=1, tolerance="100%")
    world.run(grant("v2", 1, rules), minutes=5)
    assert world.standing() == {"v1"}
    world.run(grant("v3", 2, rules), minutes=240)
    assert world.standing() == {"v3"}
    assert world.most_out == 1


@pytest.mark.parametrize("minutes", [5, 12])
def test_nodes_astray_go_back_within_the_domains_that_others_begin_in(minutes: float) -> None:
    world = World(stuck=False)
    rules = NodeRules(max_unavailable="100%", tolerance="100%", soak="1m")
    budgets = Budgets(domains=[DomainBudget(label=LABEL_POOL, max_unavailable=1)])
    first = grant("v2", 1, rules, budgets)
    world.run(first, minutes=minutes)
    world.run(msgspec.structs.replace(first, direction=Direction.HOLD), minutes=10)
    assert world.standing() == {"v1", "v2"}
    world.run(grant("v3", 3, rules, budgets), minutes=60)
    assert world.standing() == {"v3"}
    assert world.most_out == 1

"""Two components move the nodes of one cluster at once: together within every budget, and never the same node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest
from tests.hub.house import small_spec

from myriarch.agent.agent import Agent
from myriarch.api.budgets import Budgets, RoleBudget
from myriarch.api.cluster import Cluster, ClusterSpec, Direction, Grant
from myriarch.api.meta import LabelSelector, ObjectMeta
from myriarch.api.policy import NodeRules
from myriarch.base.clock import rfc3339
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.fleet.fleet import DEFAULT_START, Fleet

NODES = 20
STEP_SECONDS = 5.0
HOUR = 3600.0


@dataclass
class Ground:
    """One cluster with components ``a`` and ``b``, both at revision 1 and granted revision 2."""

    rules: dict[str, NodeRules]
    budgets: dict[str, Budgets] = field(default_factory=dict)
    ceiling: int = NODES
    priority: dict[str, int] = field(default_factory=dict)
    tolerated_ratio: float = 0.0

    def __post_init__(self) -> None:
        self.now = DEFAULT_START
        self.fleet = Fleet(small_spec(2, NODES), start=self.now)
        for name in self.rules:
            self.fleet.set_base(name, f"{name}1")
        self.name = self.fleet.cluster_names()[0]
        self.agent = Agent(SimulatedDriver(self.fleet, self.name))
        self.view = self.fleet.cluster(self.name)

    def grant(self, name: str) -> Grant:
        return Grant(
            component=name,
            revision=f"{name}2",
            rollback_to=f"{name}1",
            attempt=1,
            ceiling=self.ceiling,
            direction=Direction.FORWARD,
            forward_until=rfc3339(self.now + HOUR),
            release=f"default/{name}",
            rules=self.rules[name],
            budgets=self.budgets.get(name),
            priority=self.priority.get(name, 0),
            tolerated_ratio=self.tolerated_ratio,
        )

    def moving(self, name: str) -> np.ndarray:
        return np.asarray(self.view.observe(name).busy)

    def begun(self, name: str) -> np.ndarray:
        return np.asarray(self.view.observe(name).started)

    def comparison(self, name: str) -> list[float]:
        """What the agent tells of all nodes, for and against harm."""
        rows = self.agent.reported[name].comparisons
        return next((row.log_factors for row in rows if not row.attribute), [])

    def play(self, seconds: float) -> Iterator[None]:
        """Turn after turn."""
        end = self.now + seconds
        while self.now < end:
            grants = [self.grant(name) for name in self.rules]
            cluster = Cluster(
                metadata=ObjectMeta(name=self.name), spec=ClusterSpec(environment="prod", components=grants)
            )
            self.agent.turn(cluster, self.now, 60.0)
            yield
            self.now += STEP_SECONDS
            self.fleet.advance_to(self.now)


def rules(at_most: int | str) -> NodeRules:
    return NodeRules(max_unavailable=at_most, soak="1m", failure_grace="1m")


@pytest.mark.parametrize(("first", "second"), [(1, "50%"), ("50%", 1), (3, 3)])
def test_the_stricter_budget_holds_for_both_while_both_move(first: int | str, second: int | str) -> None:
    ground = Ground({"a": rules(first), "b": rules(second)})
    strictest = min(each for each in (first, second) if isinstance(each, int))
    both = False
    for _ in ground.play(2 * HOUR):
        moving = {name: ground.moving(name) for name in ("a", "b")}
        assert not (moving["a"] & moving["b"]).any(), "a node in two hands"
        assert int((moving["a"] | moving["b"]).sum()) <= strictest
        both = both or bool(moving["a"].any() and moving["b"].any())
    assert ground.begun("a").all()
    assert ground.begun("b").all()
    assert both == (strictest > 1)


def test_one_that_is_done_holds_nobody_to_its_budget() -> None:
    ground = Ground({"a": rules(1), "b": rules("50%")}, ceiling=2)
    for _ in ground.play(HOUR):
        pass
    ground.ceiling = NODES
    ground.rules = {"b": ground.rules["b"]}  # a was let go
    most = max(int(ground.moving("b").sum()) for _ in ground.play(HOUR))
    assert most == NODES // 2


def test_roles_of_one_name_mean_to_each_component_its_own_nodes() -> None:
    every = LabelSelector()
    nobody = LabelSelector(match_labels={"none": "such"})
    budgets = {
        "a": Budgets(roles=[RoleBudget(name="r", selector=every, max_unavailable=1)]),
        "b": Budgets(roles=[RoleBudget(name="r", selector=nobody, max_unavailable=1)]),
    }
    ground = Ground({"a": rules("50%"), "b": rules("50%")}, budgets)
    for _ in ground.play(HOUR):
        assert int((ground.moving("a") | ground.moving("b")).sum()) <= 1


def test_canaries_of_two_releases_are_different_nodes() -> None:
    ground = Ground({"a": rules("50%"), "b": rules("50%")}, ceiling=5)
    for _ in ground.play(HOUR):
        pass
    assert (int(ground.begun("a").sum()), int(ground.begun("b").sum())) == (5, 5)
    assert not (ground.begun("a") & ground.begun("b")).any()


@pytest.mark.parametrize("higher", ["a", "b"])
def test_the_higher_priority_begins_first(higher: str) -> None:
    ground = Ground({"a": rules(1), "b": rules(1)}, priority={higher: 5})
    lower = "b" if higher == "a" else "a"
    for _ in ground.play(2 * HOUR):
        assert not ground.begun(lower).any() or ground.begun(higher).all()
    assert ground.begun(lower).all()


def weighed(guilty: str, ceiling: int) -> dict[str, float]:
    """What speaks against each release, where those that are ``guilty`` make all their nodes sick."""
    ground = Ground({"a": rules("50%"), "b": rules("50%")}, ceiling=ceiling, tolerated_ratio=2.0)
    for _ in ground.play(HOUR):
        pass
    struck = np.logical_or.reduce([ground.begun(name) for name in guilty])
    ground.fleet.kill_nodes(ground.name, np.flatnonzero(struck), ground.now)
    for _ in ground.play(HOUR / 4):
        pass
    return {name: sum(ground.comparison(name)) for name in ("a", "b")}


@pytest.mark.parametrize("ceiling", [5, 8, 12, 15])
def test_what_one_release_does_speaks_not_against_another_that_shares_some_of_its_nodes(ceiling: int) -> None:
    against = weighed("a", ceiling)
    assert against["a"] > 0
    assert against["b"] <= 0


@pytest.mark.parametrize("ceiling", [5, 8])
def test_neither_of_two_guilty_releases_hides_behind_the_other(ceiling: int) -> None:
    both, alone = weighed("ab", ceiling), weighed("b", ceiling)
    assert alone["b"] > 0
    assert both["b"] > alone["b"] / 2
    assert both["a"] > alone["b"] / 2

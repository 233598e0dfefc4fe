"""Which strata may be held, and what is done else."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from tests.engine.columns import plan_clusters, population_of
from tests.engine.kinds import with_kinds
from tests.engine.runner import Runner
from tests.engine.world import Level, Node, Unit, World

from myriarch.api.policy import ReleasePolicySpec
from myriarch.engine.hold_check import hold_faults
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Tally
from myriarch.engine.population import Value
from myriarch.engine.rules import fleet_rules
from myriarch.engine.strata_hold import strata_to_hold, with_held

A10 = Value("gpuModel", "a10")
OLD = Value("kernel", "old")


def policy(hold: str = "{}") -> ReleasePolicySpec:
    text = f"stages: [{{name: production}}]\nfailure: {{action: HoldStrata, tolerance: 1%, hold: {hold}}}"
    return msgspec.yaml.decode(text, type=ReleasePolicySpec)


def fleet() -> Runner:
    """Ten clusters of twenty nodes: two with an a10, of which one has an old kernel, which others have too."""
    world = World(Level.CLUSTERS, 1_700_000_000.0)
    for number in range(10):
        nodes = [
            Node({"gpuModel": "a10" if i < 2 else "none", "kernel": "old" if i in (0, 5) else "new"}) for i in range(20)
        ]
        world.join(Unit(f"c{number}", nodes))
    return Runner(world, policy())


def held(failed: dict[Value, int], hold: str = "{}", memory: Memory | None = None) -> set[Value]:
    """What is held when all 200 nodes are updated, and so many of each value have failed."""
    runner = fleet()
    units = runner.units()
    plan = runner.plan(units)
    values = plan.population.values
    updated = plan.population.strata.sum(axis=0).astype(float)
    struck = np.array([failed.get(value, 0) for value in values], np.int64)
    observed = msgspec.structs.replace(runner.look(units, plan), tallies=(Tally(updated, struck),))
    return set(strata_to_hold(plan, fleet_rules(policy(hold)), observed, memory or Memory()))


def other(failed: int, of: int) -> dict[Value, int]:
    """Failures of nodes without an a10, spread over the kernels as the nodes are."""
    return {Value("gpuModel", "none"): failed, Value("kernel", "new"): failed - of, OLD: of}


def test_a_convicted_value_is_held_and_nothing_else() -> None:
    assert held({A10: 20, OLD: 10, Value("kernel", "new"): 10}) == {A10}


def test_too_few_failures_and_failures_everywhere_convict_nothing() -> None:
    assert held({Value("gpuModel", "none"): 2, Value("kernel", "new"): 2}) == set()
    assert held(other(failed=60, of=6)) == set()


def test_failures_that_the_blamed_leave_unexplained_are_no_more_than_is_borne() -> None:
    assert held({A10: 20, OLD: 10, Value("kernel", "new"): 11, Value("gpuModel", "none"): 1}) == {A10}
    assert held({A10: 20, OLD: 12, Value("kernel", "new"): 33, Value("gpuModel", "none"): 25}) == set()


@pytest.mark.parametrize(("at_most", "kept"), [("10%", True), ("9%", False), ("20", True), ("19", False)])
def test_no_more_is_held_than_the_policy_lets(at_most: str, kept: bool) -> None:
    assert bool(held({A10: 20, OLD: 10, Value("kernel", "new"): 10}, f"{{atMost: {at_most}}}")) is kept


def test_what_is_held_already_stays_first_and_is_no_answer_to_new_harm() -> None:
    known = Memory(held=(A10,))
    assert held({A10: 20, OLD: 10, Value("kernel", "new"): 10}, memory=known) == set()
    assert held({OLD: 20, A10: 10, Value("gpuModel", "none"): 10}, memory=known) == {A10, OLD}


def test_values_that_overlap_count_their_nodes_once_for_each_unit_at_most() -> None:
    runner = fleet()
    units = runner.units()
    population = with_kinds(population_of(units, 0), units)
    plan = plan_clusters(policy(), units, population)
    every = Value("gpuModel", "none")
    assert with_held(plan, (A10,)).tolist() == [2] * 10
    assert with_held(plan, (A10, every, OLD)).tolist() == [20] * 10


def test_unsound_rules_are_refused_with_a_cure() -> None:
    def told(text: str) -> list[str]:
        spec = msgspec.yaml.decode(f"stages: [{{name: a}}]\nfailure: {text}", type=ReleasePolicySpec)
        return [fault.message for fault in hold_faults(spec.failure, "spec.failure")]

    assert told("{action: HoldStrata, hold: {atMost: 10%, weigh: 1h}}") == []
    assert "spec.failure.hold" in told("{action: Pause, hold: {}}")[0]
    assert "spec.failure.hold.atMost" in told("{action: HoldStrata, hold: {atMost: 0}}")[0]
    assert "spec.failure.hold.atMost" in told("{action: HoldStrata, hold: {atMost: many}}")[0]
    assert "spec.failure.hold.weigh" in told("{action: HoldStrata, hold: {weigh: 999999d}}")[0]

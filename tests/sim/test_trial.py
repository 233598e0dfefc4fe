"""A plan is held against the program: releases run on the simulator take as long, and expose as many, as planned.

The policies differ in what makes releases long: canaries that cover, clusters that take turns, regions that take turns,
waves that grow, approvals. The fleets are small; the same trial over a fleet of one's own is ``release plan --check``.
"""

from __future__ import annotations

import msgspec
import pytest

from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Phase, ReleaseSpec
from myriarch.cli.plan_offline import clusters_of_fleet
from myriarch.controllers.release.planning import plan_for
from myriarch.engine.forecast import Assumed, forecast
from myriarch.engine.makespan import UpdateTime
from myriarch.fleet.defaults import default_spec, uniform_spec
from myriarch.fleet.spec import FleetSpec
from myriarch.sim.trial import Trial, try_out

TOLERANCE = 1.5
SLACK_SECONDS = 120.0
TRIALS = 3
SMALL = msgspec.structs.replace(uniform_spec(12, 12, 3), updates=default_spec(2, 3).updates)

COVERS = """
stages:
  - {name: sim, environment: sim, soak: 30m, approval: true, waves: [{clusters: cover, nodes: cover}, {}]}
  - name: prod
    environment: prod
    soak: 1h
    waves: [{clusters: cover, nodes: cover, approval: true}, {nodes: 50%}, {}]
coverage: {perValue: 1}
"""
TURNS = """
stages: [{name: all, soak: 20m, exponential: {start: 1, factor: 3}}]
concurrency: {clusters: 2}
nodes: {maxUnavailable: 2, soak: 2m}
"""
REGIONS = """
stages: [{name: all, soak: 20m}]
nodes: {maxUnavailable: 3, maxUnavailablePerZone: 1, soak: 2m}
budgets: {clusters: {domains: [{label: topology.kubernetes.io/region, maxDomains: 1, maxUnavailable: 2}]}}
gates: [{name: owner, when: After, approval: {}}, {name: smoke, when: After, job: {template: smoke}}]
"""


@pytest.mark.parametrize("policy", [COVERS, TURNS, REGIONS], ids=["covers", "turns", "regions"])
def test_a_release_takes_as_long_and_exposes_as_many_as_planned(policy: str) -> None:
    spec = msgspec.yaml.decode(policy, type=ReleasePolicySpec)
    wanted = ReleaseSpec(component="agent", revision="v2", policy="p")
    _trials(SMALL, spec, wanted, TRIALS)


def test_a_policy_over_a_fleet_of_many_sizes() -> None:
    spec = msgspec.yaml.decode(COVERS, type=ReleasePolicySpec)
    _trials(default_spec(14, 5), spec, ReleaseSpec(component="agent", revision="v2", policy="p", seed=9), 1)


def _trials(fleet: FleetSpec, policy: ReleasePolicySpec, wanted: ReleaseSpec, trials: int) -> None:
    plan = plan_for(clusters_of_fleet(fleet), policy, wanted)
    update = UpdateTime(fleet.updates.median_seconds, fleet.updates.spread)
    waves = forecast(policy, plan, Assumed(update), (), 0.0)
    whole = waves[-1].ends
    for seed in range(trials):
        trial = try_out(fleet, policy, wanted, seed)
        assert trial.phase is Phase.SUCCEEDED, trial.message
        assert whole.expected / TOLERANCE - SLACK_SECONDS <= trial.seconds <= whole.worst
        assert trial.seconds <= whole.expected * TOLERANCE + SLACK_SECONDS
        _agrees(trial, waves, sum(len(stage.waves) for stage in plan.stages))


def _agrees(trial: Trial, waves: tuple, count: int) -> None:  # type: ignore[type-arg]
    assert len(trial.waves) == count
    for seen, planned in zip(trial.waves, waves, strict=True):
        assert (seen.stage, seen.wave) == (planned.stage, planned.wave)
        expected = planned.advance.expected
        assert expected / TOLERANCE - SLACK_SECONDS <= seen.advance_seconds <= expected * TOLERANCE + SLACK_SECONDS
        assert seen.advance_seconds <= planned.advance.worst
        assert seen.soak_seconds >= planned.soak.expected
        assert planned.nodes_at_least * 0.95 <= seen.begun <= planned.nodes_at_most

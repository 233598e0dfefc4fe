"""What RolloutBench tells Myriarch's engine: comparisons with the nodes beside, and who is accused."""

from __future__ import annotations

import numpy as np
import pytest

from rollout.loading import INCIDENTS, load_file, read_scenario
from rollout.play import Run
from rollout.policies.myriarch import Myriarch
from rollout.policies.myriarch_comparing import Comparing
from rollout.scenario import Guilty, Scenario

DATADOG = load_file(INCIDENTS / "datadog-2023-03.yaml")[0]


def harmless(**background: object) -> Scenario:
    document = {"name": "x", "title": "x", "kind": "harmless", "summary": "x", "expected": {"guilty": "none"}}
    return read_scenario(document | {"background": background}, "x")


def played(scenario: Scenario, seed: int) -> Myriarch:
    """Myriarch's policy after a run in which the comparison is told, whatever its policy says of it."""
    run = Run(scenario, seed, "myriarch")
    policy = run.policy
    assert isinstance(policy, Myriarch)
    stages = [stage.members for stage in policy.plan.stages]
    policy.comparing = Comparing(run.world, run.members, policy.strata, stages, 2.0)
    run.play()
    return policy


def test_a_bad_release_is_told_apart_from_what_stands_beside_it() -> None:
    policy = played(DATADOG, 1)
    assert policy.comparing is not None
    compared = policy.comparing.look()
    assert compared is not None
    treated, struck, _, beside = compared.counts[-1]
    assert 0 < struck <= treated
    assert beside <= struck
    assert compared.log_factors[-1].max() > 0
    assert policy.accused is Guilty.SELF


def test_a_zone_that_goes_down_is_no_evidence_against_the_release() -> None:
    outage = {"at": "8h", "for": "2h", "where": {"zone": ["z1"]}}
    policy = played(harmless(outages=[outage]), 1)
    assert policy.comparing is not None
    compared = policy.comparing.look()
    assert compared is not None
    assert compared.counts[-1, 3] > 0
    assert compared.log_factors[-1].max() < 0


@pytest.mark.parametrize("seed", [1, 2])
def test_another_release_is_accused_of_what_it_does(seed: int) -> None:
    effect = {"where": {"os": ["Debian 12"]}, "environments": ["production"], "symptom": {"kind": "Down"}}
    other = {"component": "cni", "at": "1h", "guilty": True, "over": "8h", "for": "12h", "effects": [effect]}
    policy = played(harmless(otherReleases=[other]), seed)
    assert policy.cause.accused(policy.observed(), None) is Guilty.OTHER


def test_what_is_told_counts_each_node_once() -> None:
    run = Run(DATADOG, 1, "myriarch")
    policy = run.policy
    assert isinstance(policy, Myriarch)
    stages = [stage.members for stage in policy.plan.stages]
    policy.comparing = Comparing(run.world, run.members, policy.strata, stages, 2.0)
    run.play()
    compared = policy.comparing.look()
    assert compared is not None
    assert 0 < compared.counts[-1, 1] <= np.count_nonzero(run.world.began)
    assert (compared.counts[:-1, 1] <= compared.counts[-1, 1]).all()

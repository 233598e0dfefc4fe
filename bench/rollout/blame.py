"""Whether a policy blamed the right release, and the right attribute first."""

from __future__ import annotations

import math

import numpy as np

from rollout.fleet import Fleet
from rollout.policy import Policy
from rollout.scenario import Scenario


def right_release(scenario: Scenario, policy: Policy) -> bool | None:
    """None where the policy blames no release by itself. To go on is to acquit; to stop without a word accuses."""
    if policy.accused is None:
        return None
    return policy.accused is scenario.expected.guilty


def right_attribute(scenario: Scenario, policy: Policy, fleet: Fleet) -> bool | None:
    """Whether the first blamed value is one of the expected, or always occurs together with one; None where nothing is
    expected, or nothing was judged harmful."""
    expected = scenario.expected.attributes
    if not expected or scenario.harmless or not math.isfinite(policy.decided_at):
        return None
    if not policy.blamed:
        return False
    first = next(iter(policy.blamed.items()))
    found = fleet.matching({first[0]: (first[1],)})
    wanted = [fleet.matching({attribute: (value,)}) for attribute, value in expected.items()]
    return any(bool(np.array_equal(found, each)) for each in wanted)

"""Whether a policy blamed the right release, and the right attribute first."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rollout.effects import selected
from rollout.fleet import Fleet
from rollout.policy import Policy
from rollout.scenario import Scenario
from rollout.vocabulary import values_of


def right_release(scenario: Scenario, policy: Policy) -> bool | None:
    """None where the policy names none, or lets an incident pass: that counts as not caught."""
    missed = not scenario.harmless and not math.isfinite(policy.decided_at)
    if policy.accused is None or missed:
        return None
    return policy.accused is scenario.expected.guilty


def right_attribute(scenario: Scenario, policy: Policy, fleet: Fleet) -> bool | None:
    """Whether the first blamed value is one of the expected, always occurs together with one, or is another value of
    its attribute of which every node is struck; None where nothing is expected, or nothing was judged harmful."""
    expected = scenario.expected.attributes
    decided = math.isfinite(policy.decided_at)
    if not expected or scenario.harmless or not decided or not policy.names_attributes:
        return None
    if not policy.blamed:
        return False
    first = next(iter(policy.blamed.items()))
    found = fleet.matching({first[0]: (first[1],)})
    wanted = [fleet.matching({attribute: (value,)}) for attribute, value in expected.items()]
    return any(bool(np.array_equal(found, each)) for each in wanted + _wholly_struck(scenario, fleet))


def _wholly_struck(scenario: Scenario, fleet: Fleet) -> list[NDArray[np.bool_]]:
    """The nodes of each value of an expected attribute, where all of them are struck."""
    struck = np.any([selected(fleet, effect) for effect in scenario.effects], axis=0)
    values = [(attribute, value) for attribute in scenario.expected.attributes for value in values_of(attribute)]
    masks = [fleet.matching({attribute: (value,)}) for attribute, value in values]
    return [mask for mask in masks if mask.any() and not (mask & ~struck).any()]

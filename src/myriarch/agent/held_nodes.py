"""Which nodes of the cluster a grant holds: they get no forward step, and those that began go back one by one.

They go back as failed nodes do that are given up: within the budgets of the cluster, each to where it came from.
"""

from __future__ import annotations

import numpy as np

from myriarch.agent.nodes import joint_attributes
from myriarch.api.cluster import Grant
from myriarch.api.hold import HeldValue
from myriarch.api.strata import halves
from myriarch.drivers.driver import Attribute, Bools, Driver


def held_nodes(grant: Grant, driver: Driver) -> Bools | None:
    """bool[n], or None where the grant holds nothing. A cluster that moves as one is held as one."""
    if not grant.hold:
        return None
    size = len(driver.names)
    held = np.zeros(size, np.bool_)
    attributes = driver.attributes()
    for value in grant.hold:
        held |= _with(value, attributes, size)
    return np.full(size, bool(held.any())) if driver.whole(grant.component) else held


def _with(value: HeldValue, attributes: dict[str, Attribute], size: int) -> Bools:
    if not value.attribute:
        return np.ones(size, np.bool_)
    both = halves(value.attribute)
    known = attributes if both is None else joint_attributes(attributes, [both])
    attribute = known.get(value.attribute)
    if attribute is None or value.value not in attribute.values:
        return np.zeros(size, np.bool_)
    codes = [code for code, name in enumerate(attribute.values) if name == value.value]
    found: Bools = np.isin(attribute.codes, codes)
    return found

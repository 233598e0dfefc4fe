"""Adds up what agents tell of updated nodes against those beside them, over all clusters and for every stratum.

An agent knows its nodes; what all of them share (provider, role, size class) is the hub's to know. A comparison of all
nodes of a cluster is one of each value that they share, and a comparison of some is one of the pairs that these values
make with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Final

import numpy as np

from myriarch.api.cluster import Cluster, Comparison, ComponentStatus
from myriarch.api.strata import halves, pair_name, pair_value
from myriarch.controllers.fleet_table import shared_values
from myriarch.engine.accounts import EFFECTS
from myriarch.engine.evidence import Compared
from myriarch.engine.population import Value

FACTOR_DIGITS: Final = 4
"""Sums in another order differ in the last bits: they must not look like news."""

ALL_NODES: Final = Value("", "")


def compared_of(
    told: Iterable[tuple[Cluster, ComponentStatus, int]], values: tuple[Value, ...], stages: int
) -> Compared:
    """Sums of what each cluster tells, by ``values`` and of all nodes, and of each of the ``stages``: the number beside
    a cluster says whose it is, and is no lower than ``stages`` where it is nobody's."""
    column = {value: index for index, value in enumerate(values)} | {ALL_NODES: len(values)}
    factors = np.zeros((len(values) + 1, EFFECTS))
    counts = np.zeros((stages + 1, len(values) + 1, 4), np.int64)
    for cluster, status, stage in told:
        shared = shared_values(cluster)
        for each in status.comparisons:
            if len(each.log_factors) != EFFECTS:
                continue
            rows = [column[value] for value in _strata(each, shared) if value in column]
            factors[rows] += each.log_factors
            counts[min(stage, stages), rows] += (each.treated, each.treated_failed, each.control, each.control_failed)
    return Compared(factors.round(FACTOR_DIGITS), counts.sum(axis=0), counts[:stages])


def _strata(told: Comparison, shared: Mapping[str, str]) -> list[Value]:
    """All strata that the comparison is one of, each once."""
    own = Value(told.attribute, told.value)
    if own != ALL_NODES:
        paired = [] if halves(own.attribute) else [_pair(own, Value(*item)) for item in shared.items()]
        return [] if own.attribute in shared else [own, *paired]
    alone = [Value(*item) for item in shared.items()]
    return [own, *alone, *(_pair(first, second) for first, second in combinations(alone, 2))]


def _pair(one: Value, other: Value) -> Value:
    first, second = (one, other) if one.attribute < other.attribute else (other, one)
    return Value(pair_name((first.attribute, second.attribute)), pair_value(first.value, second.value))

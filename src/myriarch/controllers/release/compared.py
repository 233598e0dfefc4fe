"""Adds up what agents tell of updated nodes against those beside them, over all clusters and for every stratum.

An agent knows its nodes; what all of them share (provider, role, size class) is the hub's to know. A comparison of all
nodes of a cluster is one of each value that they share, and a comparison of some is one of the pairs that these values
make with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from myriarch.api.cluster import Cluster, Comparison, ComponentStatus
from myriarch.api.strata import halves, pair_name, pair_value
from myriarch.controllers.fleet_table import shared_values
from myriarch.engine.accounts import EFFECTS
from myriarch.engine.evidence import Compared
from myriarch.engine.population import Floats, Ints, Value

FACTOR_DIGITS: Final = 4
"""Sums in another order differ in the last bits: they must not look like news."""

ALL_NODES: Final = Value("", "")


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What one cluster tells: ``rows`` int64[k] of the strata, and for each float64[k, effects] and int64[k, 4]."""

    status: ComponentStatus
    cluster: Cluster
    rows: Ints
    factors: Floats
    counts: Ints


class Comparisons:
    """Sums of what clusters tell. What a cluster told is spread over strata once, and kept until it tells anew."""

    def __init__(self) -> None:
        self._values: tuple[Value, ...] = ()
        self._column: dict[Value, int] = {}
        self._parts: dict[str, _Part] = {}

    def compared(
        self, told: Iterable[tuple[Cluster, ComponentStatus, int]], values: tuple[Value, ...], stages: int
    ) -> Compared:
        """By ``values`` and of all nodes, and of each of the ``stages``: the number beside a cluster says whose it is,
        and is no lower than ``stages`` where it is nobody's."""
        if values is not self._values:
            self._values, self._parts = values, {}
            self._column = {value: index for index, value in enumerate(values)} | {ALL_NODES: len(values)}
        factors = np.zeros((len(values) + 1, EFFECTS))
        counts = np.zeros((stages + 1, len(values) + 1, 4), np.int64)
        parts = [(self._part(cluster, status), min(stage, stages)) for cluster, status, stage in told]
        if parts:
            rows = np.concatenate([part.rows for part, _ in parts])
            home = np.repeat([stage for _, stage in parts], [len(part.rows) for part, _ in parts])
            np.add.at(factors, rows, np.concatenate([part.factors for part, _ in parts]))
            np.add.at(counts, (home, rows), np.concatenate([part.counts for part, _ in parts]))
        return Compared(factors.round(FACTOR_DIGITS), counts.sum(axis=0), counts[:stages])

    def _part(self, cluster: Cluster, status: ComponentStatus) -> _Part:
        known = self._parts.get(cluster.name)
        if known is None or known.status is not status or known.cluster is not cluster:
            known = self._parts[cluster.name] = _spread(cluster, status, self._column)
        return known


def _spread(cluster: Cluster, status: ComponentStatus, column: Mapping[Value, int]) -> _Part:
    shared = shared_values(cluster)
    rows: list[int] = []
    factors: list[Sequence[float]] = []
    counts: list[tuple[int, int, int, int]] = []
    for each in status.comparisons:
        if len(each.log_factors) != EFFECTS:
            continue
        here = [column[value] for value in _strata(each, shared) if value in column]
        rows += here
        factors += [each.log_factors] * len(here)
        counts += [(each.treated, each.treated_failed, each.control, each.control_failed)] * len(here)
    return _Part(
        status,
        cluster,
        np.asarray(rows, np.int64),
        np.asarray(factors, np.float64).reshape(-1, EFFECTS),
        np.asarray(counts, np.int64).reshape(-1, 4),
    )


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

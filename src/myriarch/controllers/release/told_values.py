"""What agents tell of their updated nodes by attribute value, as rows beside the population's.

A cluster of which only a part has begun tells what that part is: canaries are chosen for what they are, so that a
cluster's share of updated nodes says little of any one value. What a cluster tells is read once and kept until it tells
something else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.api.cluster import TALLIES_MAX, ComponentStatus
from myriarch.engine.population import Floats, Ints, Population, Value


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """``columns`` and ``counts`` int64[k] of the values that a ``status`` tells of, and ``totals`` by attribute."""

    status: ComponentStatus
    columns: Ints
    counts: Ints
    totals: dict[str, int]


class ToldValues:
    """Of one release; ``told`` by row of the fleet table."""

    def __init__(self) -> None:
        self.told: dict[int, ComponentStatus] = {}
        self._population: Population | None = None
        self._column: dict[Value, int] = {}
        self._kinds: dict[str, Ints] = {}
        self._read: dict[int, _Reading] = {}

    def set(self, row: int, status: ComponentStatus | None) -> None:
        """Note what the cluster in ``row`` tells; None where it tells nothing of this attempt."""
        if status is not None and status.tallies:
            self.told[row] = status
        else:
            self.told.pop(row, None)

    def updated(self, row: int, population: Population, share: float) -> Floats:
        """float64[v]: updated nodes of one that tells; a ``share`` of all where it doesn't tell of the attribute."""
        self._learn(population)
        counted: Floats = population.strata[row] * share
        read = self._reading(row)
        for name in read.totals:
            counted[self._kinds[name]] = 0.0
        counted[read.columns] = read.counts
        return counted

    def at_most_begun(self, population: Population, begun: Ints) -> Ints:
        """int64[n, v]: so many nodes of each value may have begun, of ``begun`` int64[n] in all. What has begun and is
        not told of (it is on its way, there or back) may be of any value."""
        self._learn(population)
        may: Ints = np.minimum(population.strata, begun[:, None])
        for row, status in self.told.items():
            if len(status.tallies) >= TALLIES_MAX:
                continue  # some may be left out
            read = self._reading(row)
            known = np.zeros(may.shape[1], np.int64)
            known[read.columns] = read.counts
            for name, told in read.totals.items():
                asked = self._kinds[name]
                rest = max(int(begun[row]) - told, 0)
                may[row, asked] = np.minimum(may[row, asked], known[asked] + rest)
        return may

    def _learn(self, population: Population) -> None:
        if self._population is population:
            return
        self._population, self._read = population, {}
        self._column = {value: index for index, value in enumerate(population.values)}
        kinds: dict[str, list[int]] = {}
        for index, value in enumerate(population.values):
            kinds.setdefault(value.attribute, []).append(index)
        self._kinds = {name: np.asarray(columns, np.int64) for name, columns in kinds.items()}

    def _reading(self, row: int) -> _Reading:
        status = self.told[row]
        known = self._read.get(row)
        if known is None or known.status is not status:
            known = self._read[row] = self._read_anew(status)
        return known

    def _read_anew(self, status: ComponentStatus) -> _Reading:
        totals: dict[str, int] = {}
        found: dict[int, int] = {}
        for each in status.tallies:
            if each.attribute in self._kinds:
                totals[each.attribute] = totals.get(each.attribute, 0) + each.updated
                index = self._column.get(Value(each.attribute, each.value))
                if index is not None:
                    found[index] = each.updated
        return _Reading(status, np.asarray([*found], np.int64), np.asarray([*found.values()], np.int64), totals)

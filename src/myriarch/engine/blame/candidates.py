"""What may be blamed: every value and every pair of values, with its counts.

Two sources. ``Profiles`` are groups of nodes alike in every attribute: all joint counts follow, pairs too, and what
one explanation leaves over can be counted exactly. ``Tallies`` are counts by single value only, which is all that
hubs are told by agents that tell no profiles: no pairs, and values of other attributes can't be told apart from
nodes already explained. A cluster of a hundred nodes has few profiles, so an agent can tell them in bounded space:
up to ``MOST_PROFILES``, those with failures first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from myriarch.engine.population import Bools, Floats, Ints, Value

MOST_VALUES = 300
"""Values that take part in pairs; those with most failures come first."""

Names = tuple[int, ...]
"""Indices of the one or two values of a candidate."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """int64[m] each: nodes updated and failed of those, nodes not yet updated (controls) and failed of those."""

    updated: Ints
    failed: Ints
    control: Ints
    control_failed: Ints

    def at(self, index: int | NDArray[np.int64]) -> Counts:
        """The counts of some rows."""
        rows = np.atleast_1d(index)
        return Counts(self.updated[rows], self.failed[rows], self.control[rows], self.control_failed[rows])

    def minus(self, other: Counts) -> Counts:
        """The difference, row by row; other may be a single row."""
        return Counts(
            self.updated - other.updated,
            self.failed - other.failed,
            self.control - other.control,
            self.control_failed - other.control_failed,
        )

    def sum(self) -> Counts:
        """All rows as one."""
        columns = (self.updated, self.failed, self.control, self.control_failed)
        return Counts(*(np.asarray([column.sum()], np.int64) for column in columns))

    @staticmethod
    def of(updated: Ints | Floats, failed: Ints, control: Ints | None, control_failed: Ints | None) -> Counts:
        """Whole numbers of what may be estimates; a failed node is an updated one."""
        none = np.zeros(len(failed), np.int64)
        struck = np.asarray(failed, np.int64)
        at_risk = np.maximum(np.ceil(updated).astype(np.int64), struck)
        struck_too = none if control_failed is None else np.asarray(control_failed, np.int64)
        waiting = none if control is None else np.maximum(np.asarray(control, np.int64), struck_too)
        return Counts(at_risk, struck, waiting, struck_too)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """``counts`` of each; ``names`` int64[m, 2] (second -1 for a single value); ``halves`` int64[m, 2] are the rows of
    the two single values of a pair (-1 for a single value)."""

    names: Ints
    halves: Ints
    counts: Counts

    def name(self, row: int) -> Names:
        """Indices of the values of a candidate."""
        return tuple(int(index) for index in self.names[row] if index >= 0)


@dataclass(frozen=True, slots=True, eq=False)
class Tallies:
    """``counts`` by single value, ``whole`` of all nodes (one row)."""

    values: tuple[Value, ...]
    counts: Counts
    whole: Counts

    @staticmethod
    def of(
        values: tuple[Value, ...],
        updated: Ints | Floats,
        failed: Ints,
        control: Ints | None = None,
        control_failed: Ints | None = None,
    ) -> Tallies:
        """Of columns of v counts. The whole is what the attribute that most nodes have adds up to. A value without a
        name stands for nodes that lack the attribute: it is counted, but never blamed."""
        counts = Counts.of(updated, failed, control, control_failed)
        attributes = np.asarray([value.attribute for value in values])
        wholes = [counts.at(np.flatnonzero(attributes == name)).sum() for name in dict.fromkeys(attributes.tolist())]
        whole = max(wholes, key=lambda c: (int(c.failed[0]), int(c.updated[0])), default=counts.sum())
        named = np.flatnonzero([bool(value.value) for value in values])
        return Tallies(tuple(values[i] for i in named), counts.at(named), whole)

    def candidates(self) -> Candidates:
        """The single values that some but not all nodes have; of equal counts the first."""
        c = self.counts
        rows = np.stack([c.updated, c.failed, c.control, c.control_failed], axis=1)
        usable = np.flatnonzero((c.updated > 0) & (c.updated < self.whole.updated))
        seen: dict[tuple[bytes, str], int] = {}
        keys = []
        for i in usable:  # values of one attribute are other nodes, however equal their counts
            own = (rows[i].tobytes(), self.values[i].attribute)
            seen[own] = seen.get(own, 0) + 1
            keys.append(own[0] + seen[own].to_bytes(8, "big"))
        first = _first_of_equals(keys, usable)
        return _singles(first, self.counts.at(first))

    def together(self, names: Names) -> tuple[Value, ...]:
        """Values that the counts can't tell from the named one."""
        c, own = self.counts, self.counts.at(names[0])
        same = (c.updated == own.updated) & (c.failed == own.failed) & (c.control == own.control)
        twins = (int(index) for index in np.flatnonzero(same) if index != names[0])
        return tuple(self.values[i] for i in twins if self.values[i].attribute != self.values[names[0]].attribute)

    def without(self, names: Names) -> Tallies:
        """What is left: only other values of the same attribute are surely other nodes."""
        attribute = self.values[names[0]].attribute
        kept = [i for i, value in enumerate(self.values) if value.attribute == attribute and i not in names]
        whole = self.whole.minus(self.counts.at(names[0]))
        values = tuple(self.values[i] for i in kept)
        return Tallies(values, self.counts.at(np.asarray(kept, np.int64)), whole)


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """``has`` bool[m, v]: which of the ``values`` the nodes of each profile have; ``counts`` of each profile."""

    values: tuple[Value, ...]
    has: Bools
    counts: Counts

    @property
    def whole(self) -> Counts:
        """All nodes (one row)."""
        return self.counts.sum()

    def candidates(self) -> Candidates:
        """Single values first, then the pairs that no single value equals. Values never apart count once."""
        seen = self.has[self.counts.updated > 0]
        per_value = self._per_value(np.arange(len(self.values)))
        usable = np.flatnonzero((per_value.updated > 0) & (per_value.updated < self.whole.updated))
        usable = _first_of_equals([seen[:, i].tobytes() for i in usable], usable)
        singles = _singles(usable, per_value.at(usable))
        return self._with_pairs(singles)

    def _per_value(self, columns: Ints) -> Counts:
        has, c = self.has[:, columns].astype(np.float64), self.counts
        sums = (column @ has for column in (c.updated, c.failed, c.control, c.control_failed))
        return Counts(*(np.rint(column).astype(np.int64) for column in sums))

    def _with_pairs(self, singles: Candidates) -> Candidates:
        by_failed = np.argsort(-singles.counts.failed, kind="stable")
        rows = np.sort(by_failed[:MOST_VALUES])
        has = self.has[:, singles.names[rows, 0]].astype(np.float64)
        first, second = np.triu_indices(len(rows), 1)
        c = self.counts
        joint = (has.T @ (column[:, None] * has) for column in (c.updated, c.failed, c.control, c.control_failed))
        counts = Counts(*(np.rint(matrix[first, second]).astype(np.int64) for matrix in joint))
        halves = np.stack([rows[first], rows[second]], axis=1)
        smaller = np.minimum(singles.counts.updated[halves[:, 0]], singles.counts.updated[halves[:, 1]])
        proper = (counts.updated > 0) & (counts.updated < smaller)
        counts, halves = counts.at(np.flatnonzero(proper)), halves[proper]
        names = singles.names[:, 0][halves]
        return Candidates(
            np.concatenate([singles.names, names]), np.concatenate([singles.halves, halves]), _stack(singles, counts)
        )

    def members(self, names: Names) -> Bools:
        """bool[m]: profiles that have all the named values."""
        return _all_of(self.has, names)

    def together(self, names: Names) -> tuple[Value, ...]:
        """Values that could stand for the named one, or for one of the two: the same updated nodes follow."""
        has = self.has[self.counts.updated > 0]
        inside = _all_of(has, names)
        same = (has == inside[:, None]).all(axis=0)
        if len(names) > 1:
            for name in names:
                same |= ((has & has[:, name, None]) == inside[:, None]).all(axis=0)
        return tuple(self.values[int(i)] for i in np.flatnonzero(same) if int(i) not in names)

    def without(self, names: Names) -> Profiles:
        """The nodes that the named values leave over."""
        left = ~self.members(names)
        return replace(self, has=self.has[left], counts=self.counts.at(np.flatnonzero(left)))


Source = Tallies | Profiles


def _all_of(has: Bools, names: Names) -> Bools:
    chosen: Bools = np.logical_and.reduce(has[:, list(names)], axis=1)
    return chosen


def _singles(columns: Ints, counts: Counts) -> Candidates:
    none = np.full(len(columns), -1, np.int64)
    return Candidates(np.stack([columns, none], axis=1), np.stack([none, none], axis=1), counts)


def _stack(singles: Candidates, pairs: Counts) -> Counts:
    s = singles.counts
    return Counts(
        np.concatenate([s.updated, pairs.updated]),
        np.concatenate([s.failed, pairs.failed]),
        np.concatenate([s.control, pairs.control]),
        np.concatenate([s.control_failed, pairs.control_failed]),
    )


def _first_of_equals(keys: list[bytes], indices: Ints) -> Ints:
    """Of the indices with equal keys the first."""
    seen: dict[bytes, int] = {}
    for key, index in zip(keys, indices, strict=True):
        seen.setdefault(key, int(index))
    return np.asarray(sorted(seen.values()), np.int64)

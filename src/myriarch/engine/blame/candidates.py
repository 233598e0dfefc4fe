"""What may be blamed: every value and every pair of values, with its counts.

Two sources. ``Profiles`` are groups of nodes alike in every attribute: all joint counts follow, pairs too, and what
one explanation leaves over can be counted exactly. ``Tallies`` are counts by value, as agents tell them: no pairs but
those that a policy names (``api/strata.py``), and values of other attributes can't be told apart from nodes already
explained.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from myriarch.api.strata import halves, pair_value
from myriarch.engine.blame.plausible import doubt
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
        attributes = np.asarray([value.attribute for value in values], np.str_)
        wholes = [counts.at(np.flatnonzero(attributes == name)).sum() for name in dict.fromkeys(attributes.tolist())]
        whole = max(wholes, key=lambda c: (int(c.failed[0]), int(c.updated[0])), default=counts.sum())
        named = np.flatnonzero([bool(value.value) for value in values])
        return Tallies(tuple(values[i] for i in named), counts.at(named), whole)

    def candidates(self) -> Candidates:
        """The values that some but not all nodes have, of equal counts the first; then the pairs that are told."""
        told = self._pairs()
        c = self.counts
        rows = np.stack([c.updated, c.failed, c.control, c.control_failed], axis=1)
        usable = np.flatnonzero((c.updated > 0) & (c.updated < self.whole.updated))
        seen: dict[tuple[bytes, str], int] = {}
        keys, alone = [], []
        for i in (int(i) for i in usable if int(i) not in told):
            # Values of one attribute are other nodes, however equal their counts.
            own = (rows[i].tobytes(), self.values[i].attribute)
            seen[own] = seen.get(own, 0) + 1
            alone.append(i)
            keys.append(own[0] + seen[own].to_bytes(8, "big"))
        first = _first_of_equals(keys, alone, self.values)
        return self._with_pairs(_singles(first, self.counts.at(first)), told)

    def _with_pairs(self, singles: Candidates, told: dict[int, Names]) -> Candidates:
        place = {int(index): row for row, index in enumerate(singles.names[:, 0])}
        updated = self.counts.updated
        proper = [
            row
            for row, (one, other) in told.items()
            if one in place and other in place and 0 < updated[row] < min(updated[one], updated[other])
        ]
        names = np.asarray([told[row] for row in proper], np.int64).reshape(-1, 2)
        halved = np.asarray([[place[i] for i in told[row]] for row in proper], np.int64).reshape(-1, 2)
        counts = _stack(singles, self.counts.at(np.asarray(proper, np.int64)))
        return Candidates(np.concatenate([singles.names, names]), np.concatenate([singles.halves, halved]), counts)

    def _pairs(self) -> dict[int, Names]:
        """Rows that tell of two attributes together, with the rows of the two values."""
        row = {(value.attribute, value.value): index for index, value in enumerate(self.values)}
        found: dict[int, Names] = {}
        for name in dict.fromkeys(value.attribute for value in self.values):
            both = halves(name)
            if both is None:
                continue
            firsts, seconds = ([v for v in self.values if v.attribute == half] for half in both)
            for one, other in product(firsts, seconds):
                joint = row.get((name, pair_value(one.value, other.value)))
                if joint is not None:
                    found[joint] = (row[both[0], one.value], row[both[1], other.value])
        return found

    def together(self, names: Names) -> tuple[Value, ...]:
        """Values that the counts can't tell from the named one."""
        if len(names) > 1:
            return ()
        c, own, named = self.counts, self.counts.at(names[0]), self.values[names[0]].attribute
        same = (c.updated == own.updated) & (c.failed == own.failed) & (c.control == own.control)
        twins = (self.values[int(index)] for index in np.flatnonzero(same))
        return _plausible_first(v for v in twins if v.attribute != named and halves(v.attribute) is None)

    def without(self, names: Names) -> Tallies:
        """What is left: only other values of the same attribute are surely other nodes."""
        if len(names) > 1:
            gone = next(row for row, both in self._pairs().items() if both == names)
        else:
            gone = names[0]
        attribute = self.values[gone].attribute
        kept = [i for i, value in enumerate(self.values) if value.attribute == attribute and i != gone]
        kept = [] if len(names) > 1 else kept
        whole = self.whole.minus(self.counts.at(gone))
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
        usable = _first_of_equals([seen[:, i].tobytes() for i in usable], usable.tolist(), self.values)
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
        return _plausible_first(self.values[int(i)] for i in np.flatnonzero(same) if int(i) not in names)

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


def _first_of_equals(keys: list[bytes], indices: list[int], values: tuple[Value, ...]) -> Ints:
    """Of the indices with equal keys the most plausible, of equally plausible ones the first."""
    best: dict[bytes, tuple[float, int]] = {}
    for key, index in zip(keys, indices, strict=True):
        here = (doubt(values[index].attribute), index)
        best[key] = min(best.get(key, here), here)
    return np.asarray(sorted(index for _, index in best.values()), np.int64)


def _plausible_first(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(sorted(values, key=lambda value: doubt(value.attribute)))

"""What one budget still allows at one moment, group by group, while units are chosen under it.

Kept apart from the choosing (``budget.py``) so that many budgets, each with groups of its own, are asked alike.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from myriarch.base.errors import ProgrammerError
from myriarch.engine.amounts import Amount
from myriarch.engine.budget_rules import EVERYONE, RETURNED, ZONE, BudgetRule
from myriarch.engine.observed import Observed
from myriarch.engine.out import Out
from myriarch.engine.partition import NO_GROUP, Partition
from myriarch.engine.population import Bools, Ints, Population
from myriarch.engine.rules import Rules

NARROW_GROUPS: Final = 2**16
"""Numbers of so many groups fit 16 bits, which numpy sorts several times as fast."""

UNLIMITED: Final = np.iinfo(np.int64).max // 2


class Limit:
    """Room int64[groups + 1], and which groups are open, bool[groups + 1]; the last entry is for units of no group,
    which are not limited. ``openings`` is how many more groups may be opened."""

    def __init__(self, partition: Partition, room: Ints, opened: Bools, openings: int) -> None:
        self._group = partition.group
        self._room = room
        self._opened = opened
        self._openings = openings

    def has_room(self, units: Ints) -> Bools:
        """bool[len(units)]: those that could begin, were each alone."""
        group = self._group[units]
        found: Bools = self._room[group] > 0
        if self._openings < 0:  # more are open than may be: some came back so; none begins until they are done
            found &= group == NO_GROUP
        elif self._openings == 0:
            found &= self._opened[group]
        return found

    def keep(self, units: Ints) -> Bools:
        """bool[len(units)]: those that fit together, earlier ones first."""
        group = self._group[units]
        kept = _rank(group, len(self._room)) < self._room[group]
        closed = kept & ~self._opened[group]
        if closed.any():
            new, first = np.unique(group[closed], return_index=True)
            opening = new[np.argsort(first)][: max(self._openings, 0)]
            kept &= self._opened[group] | np.isin(group, opening)
        return kept

    def take(self, units: Ints) -> None:
        """``units`` begin."""
        group = self._group[units]
        taken = np.bincount(group - NO_GROUP, minlength=len(self._room))
        self._room -= np.roll(taken, NO_GROUP)
        self._room[NO_GROUP] = UNLIMITED
        new = np.unique(group[~self._opened[group]])
        self._opened[new] = True
        self._openings -= len(new)


def limits_of(population: Population, observed: Observed, rules: Rules, out: Out) -> list[Limit]:
    """What every budget with more than one group allows now."""
    return [_limit(rule, population, observed, out) for rule in rules.budgets if rule.partition != EVERYONE]


def _limit(rule: BudgetRule, population: Population, observed: Observed, out: Out) -> Limit:
    partition = _partition(rule, population, observed)
    present = _sizes(partition, observed.present)
    room = np.full(partition.count + 1, UNLIMITED)
    if rule.at_most is not None:
        room[:NO_GROUP] = _at_most(rule.at_most, present) - _sizes(partition, out.units & observed.present)
    opened = np.ones(partition.count + 1, np.bool_)
    openings = partition.count
    if rule.groups is not None:
        opened[:NO_GROUP] = _sizes(partition, out.flying) > 0
        openings = rule.groups.at_most(int((present > 0).sum())) - int(opened[:NO_GROUP].sum())
    return Limit(partition, room, opened, openings)


def _partition(rule: BudgetRule, population: Population, observed: Observed) -> Partition:
    if rule.partition == ZONE:  # those of no zone are one zone
        return Partition(population.domain - NO_GROUP, int(population.domain.max(initial=NO_GROUP)) + 2)
    if rule.partition == RETURNED:
        returned = observed.returned
        group = np.full(population.size, NO_GROUP) if returned is None else np.where(returned, 0, NO_GROUP)
        return Partition(group, 1)
    found = population.partitions.get(rule.partition)
    if found is None:
        raise ProgrammerError(f"{rule.name}: the population was given no partition {rule.partition!r}")
    return found


def _sizes(partition: Partition, chosen: Bools) -> Ints:
    """int64[groups]: how many of ``chosen`` are in each group."""
    found = np.bincount(partition.group[chosen] - NO_GROUP, minlength=partition.count + 1)[1:]
    return found.astype(np.int64)


def _at_most(amount: Amount, totals: Ints) -> Ints:
    """``Amount.at_most`` of each."""
    if amount.count is not None:
        return np.minimum(amount.count, totals)
    share = amount.share or 0.0
    least = np.where((totals > 0) & (share > 0), 1, 0)
    return np.minimum(totals, np.maximum((share * totals + 1e-9).astype(np.int64), least))


def _rank(group: Ints, groups: int) -> Ints:
    """int64[n]: how many earlier entries are of the same group, of which there are so many."""
    narrow = (group - NO_GROUP).astype(np.uint16) if groups <= NARROW_GROUPS else group
    order = np.argsort(narrow, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(group) else order
    lengths = np.diff(np.append(starts, len(group)))
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - np.repeat(starts, lengths)
    return rank

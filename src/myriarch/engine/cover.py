"""Covering sets: the few units whose nodes show every attribute value.

The first wave of a stage must meet "only Ubuntu 22.04" and "only A10" before the rest does. Choosing the
cheapest such set is a submodular covering problem: what a set of units meets of the canaries wanted grows by less the
more it meets already. Greedy is within H(m) of the optimum, where H is the harmonic number and m the most that one
unit meets alone (Wolsey 1982, "An analysis of the greedy algorithm for the submodular set covering problem"; for sets
that are covered once Chvatal 1979). No algorithm that is as fast does much better, and what greedy took too early is
given back afterwards, which only makes the set cheaper. The bound is tested against the optimum on small cases.
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.population import Bools, Hashes, Ints


def cover_units(strata: Ints, wanted: Ints, order: Hashes, weight: Ints, eligible: Bools) -> Ints:
    """Choose units so that their nodes meet every value at least ``wanted`` times, where that many exist.

    strata int64[n, v], wanted int64[v], order uint64[n], weight int64[n], eligible bool[n].
    Returns their indices in the order chosen. Each round takes the unit that meets most of what is still
    wanted for its blast radius (square root of weight); ties go to the smaller hash.

    What each unit would meet is kept up to date by columns: a choice changes it only for values of which some
    unit has more than is still wanted, so a million nodes with one of each value are seldom looked at again.
    """
    candidates = np.flatnonzero(eligible)
    if not len(candidates):
        return np.empty(0, np.int64)
    candidates = candidates[np.argsort(order[candidates], kind="stable")]
    place = np.empty(len(strata), np.int64)
    place[candidates] = np.arange(len(candidates))
    asked = need = np.minimum(wanted, _supply(strata, eligible))
    gain = _gains(strata, need)[candidates]
    cost = np.sqrt(np.maximum(weight[candidates], 1)).astype(np.float64)
    alike = cost.min() == cost.max()
    largest = strata.max(axis=0)
    chosen: list[int] = []
    while need.any():
        best = int(np.argmax(gain if alike else gain / cost))
        if gain[best] <= 0:
            break
        chosen.append(int(candidates[best]))
        left = np.maximum(need - strata[candidates[best]], 0)
        for value in np.flatnonzero((left != need) & (largest > left)):
            richer = np.flatnonzero((strata[:, value] > left[value]) & eligible)
            gain[place[richer]] -= np.minimum(strata[richer, value], need[value]) - left[value]
        gain[best] = 0
        need = left
    return _needed(strata, asked, weight, np.asarray(chosen, np.int64))


def _needed(strata: Ints, need: Ints, weight: Ints, chosen: Ints) -> Ints:
    """Without the units that the later ones made superfluous, the heaviest looked at first: int64[k] in their order."""
    met = strata[chosen].sum(axis=0)
    kept = np.ones(len(chosen), np.bool_)
    for place in np.argsort(-weight[chosen], kind="stable"):
        without = met - strata[chosen[place]]
        if (without >= need).all():
            met = without
            kept[place] = False
    return chosen[kept]


def _supply(strata: Ints, eligible: Bools) -> Ints:
    """How many nodes of each value the eligible units have: int64[v]."""
    total = np.zeros(strata.shape[1], np.int64)
    for low in range(0, len(strata), BLOCK_ROWS):
        total += strata[low : low + BLOCK_ROWS][eligible[low : low + BLOCK_ROWS]].sum(axis=0)
    return total


def _gains(strata: Ints, need: Ints) -> Ints:
    """What each unit would meet of ``need``: int64[n]. In blocks, because a million rows at once fill the memory."""
    gain = np.empty(len(strata), np.int64)
    for low in range(0, len(strata), BLOCK_ROWS):
        np.minimum(strata[low : low + BLOCK_ROWS], need).sum(axis=1, out=gain[low : low + BLOCK_ROWS])
    return gain


BLOCK_ROWS = 16_384


def cover_nodes(member: Bools, wanted: Ints, order: Hashes, eligible: Bools, already: Bools) -> Ints:
    """Choose nodes so that every value is met ``wanted`` times, counting the nodes that began ``already``.

    member bool[n, v]: which node has which value. Returns indices of further nodes, in the order chosen.
    """
    need = np.maximum(wanted - member[already].sum(axis=0), 0)
    candidates = np.flatnonzero(eligible & ~already)
    candidates = candidates[np.argsort(order[candidates], kind="stable")]
    supply = member[candidates]
    need = np.minimum(need, supply.sum(axis=0))
    chosen: list[int] = []
    free = np.ones(len(candidates), np.bool_)
    while need.any():
        gain = supply[:, need > 0].sum(axis=1) * free
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        free[best] = False
        chosen.append(int(candidates[best]))
        need = np.maximum(need - supply[best], 0)
    return np.asarray(chosen, np.int64)


def share_out(strata: Ints, wanted: Ints, units: Ints) -> Ints:
    """Tell each chosen unit how many canaries of each value it owes: int64[len(units), v].

    Values go to the units in their order, so the earlier (more valuable) unit is asked first; a value that
    several units hold is spread over them, one canary each in turn, so that one bad cluster can't hide it.
    """
    owed = np.zeros((len(units), strata.shape[1]), np.int64)
    supply = strata[units]
    need = np.minimum(wanted, supply.sum(axis=0))
    while need.any():
        for row in range(len(units)):
            give = (need > 0) & (owed[row] < supply[row])
            owed[row, give] += 1
            need[give] -= 1
    return owed

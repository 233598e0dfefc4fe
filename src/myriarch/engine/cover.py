"""Covering sets: the few units whose nodes show every attribute value.

The first wave of a stage must meet "only Ubuntu 22.04" and "only A10" before the rest does. Choosing the
smallest such set is weighted set multi-cover; greedy is within H(max set size) of the optimum
(Chvatal 1979, "A greedy heuristic for the set-covering problem"), and here close to it, because one value
seldom decides much.
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.population import Bools, Hashes, Ints


def cover_units(strata: Ints, wanted: Ints, order: Hashes, weight: Ints, eligible: Bools) -> Ints:
    """Choose units so that their nodes meet every value at least ``wanted`` times, where that many exist.

    strata int64[n, v], wanted int64[v], order uint64[n], weight int64[n], eligible bool[n].
    Returns their indices in the order chosen. Each round takes the unit that meets most of what is still
    wanted for its blast radius (square root of weight); ties go to the smaller hash.
    """
    candidates = np.flatnonzero(eligible)
    if not len(candidates):
        return np.empty(0, np.int64)
    supply = strata[candidates]
    need = np.minimum(wanted, supply.sum(axis=0))
    cost = np.sqrt(np.maximum(weight[candidates], 1)).astype(np.float64)
    by_hash = np.argsort(order[candidates], kind="stable")
    candidates, supply, cost = candidates[by_hash], supply[by_hash], cost[by_hash]
    chosen: list[int] = []
    free = np.ones(len(candidates), np.bool_)
    while need.any():
        open_values = np.flatnonzero(need)
        gain = np.minimum(supply[:, open_values], need[open_values]).sum(axis=1) * free / cost
        best = int(np.argmax(gain))
        if gain[best] <= 0:
            break
        free[best] = False
        chosen.append(int(candidates[best]))
        need = np.maximum(need - supply[best], 0)
    return np.asarray(chosen, np.int64)


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

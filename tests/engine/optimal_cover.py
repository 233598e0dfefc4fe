"""The cheapest covering set, exactly: branch and bound over the units, for cases of a dozen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def optimal_cost(strata: Sequence[Sequence[int]], wanted: Sequence[int], weight: Sequence[int]) -> float:
    """The least sum of square roots of weights of units that together meet min(wanted, what there is) of each value."""
    table = np.asarray(strata, np.int64)
    need = np.minimum(np.asarray(wanted, np.int64), table.sum(axis=0))
    cost = np.sqrt(np.maximum(np.asarray(weight, np.int64), 1))
    best = float(cost.sum())

    def branch(unit: int, left: np.ndarray, spent: float) -> None:
        nonlocal best
        if not left.any():
            best = min(best, spent)
            return
        if unit == len(table) or (table[unit:].sum(axis=0) < left).any():
            return
        rate = (np.minimum(table[unit:], left).sum(axis=1) / cost[unit:]).max()
        if spent + left.sum() / rate >= best - 1e-9:  # no unit meets more for its cost than the best one does
            return
        branch(unit + 1, np.maximum(left - table[unit], 0), spent + float(cost[unit]))
        branch(unit + 1, left, spent)

    branch(0, need, 0.0)
    return best

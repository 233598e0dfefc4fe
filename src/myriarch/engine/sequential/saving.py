"""How a test is kept in a release's status: one short list of numbers a row.

A row that has seen nothing is an empty list, so that hundreds of quiet strata take no room in a status of 64 KiB. What
is restored is never worth more than what was saved: stakes are rounded down.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myriarch.engine.population import Floats
from myriarch.engine.sequential.wealth import Wealth


def packed(wealth: Wealth, *columns: Floats) -> list[list[float]]:
    """Stakes and steps of every row, and the strata's ``columns`` of a test's own (0 in the last row)."""
    padded = np.column_stack([wealth.steps, *(np.append(column, 0.0) for column in columns)])
    rows = zip(wealth.saved(), padded.tolist(), strict=True)
    return [[*row, *seen[1:]] if any(seen) else [] for row, seen in rows]


def unpacked(fresh: Wealth, rows: Sequence[Sequence[float]], columns: int) -> tuple[Wealth, list[Floats]]:
    """``fresh`` with what ``packed`` wrote, and the columns [strata] each."""
    stakes, steps = fresh.log_stakes.copy(), fresh.steps.copy()
    own = np.zeros((len(rows), columns))
    width = stakes.shape[-1]
    for index, row in enumerate(rows):
        if row:
            stakes[index], steps[index], own[index] = row[:width], row[width], row[width + 1 :]
    return Wealth(stakes, steps, fresh.late_share), [own[:-1, column] for column in range(columns)]

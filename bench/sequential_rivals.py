"""What others do with the same samples: the rank test looked at again and again, once at the end, a threshold rule.

The rank test is that of Mann and Whitney with the usual normal approximation and correction for ties, one-sided; on
levels it can be kept up to date for all runs at once. Looked at repeatedly it is what canary analysis commonly does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np

from myriarch.engine.population import Bools, Floats, Ints
from sequential_streams import LEVELS

FIRST_PEEK = 20
THRESHOLD = 1.1
THRESHOLD_FROM = 50
"""The threshold rule: the updated's mean more than a tenth above the controls', from 50 samples on."""


@dataclass(slots=True)
class RankTest:
    """Over all samples so far: counts at or below each level and the statistic U, a row a run."""

    runs: int
    alpha: float
    samples: int = 0
    below: list[Ints] = field(init=False)
    wins: Floats = field(init=False)
    cubes: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.below = [np.zeros((self.runs, LEVELS + 1), np.int64) for _ in range(2)]
        self.wins, self.cubes = np.zeros(self.runs), np.zeros(self.runs)

    def updated(self, treated: Ints, control: Ints) -> None:
        """One more sample of either arm, as levels [runs]."""
        self._add(0, treated)
        self._add(1, control)
        self.samples += 1

    def alarms(self) -> Bools:
        """Whether the updated are larger at this level, [runs]."""
        size = float(self.samples)
        if size < FIRST_PEEK:
            return np.zeros(self.runs, np.bool_)
        ties = self.cubes / (2 * size * (2 * size - 1))
        deviation = np.sqrt(np.maximum(size * size / 12 * (2 * size + 1 - ties), 1e-9))
        found: Bools = (self.wins - size * size / 2) / deviation >= NormalDist().inv_cdf(1 - self.alpha)
        return found

    def _add(self, arm: int, level: Ints) -> None:
        row = np.arange(self.runs)
        mine, other = self.below[arm], self.below[1 - arm]
        lower, same = other[row, level], other[row, level + 1] - other[row, level]
        higher = other[:, -1] - lower - same
        self.wins += (lower if arm == 0 else higher) + same / 2
        tied = same + mine[row, level + 1] - mine[row, level]
        self.cubes += 3 * tied * tied + 3 * tied  # (t + 1)^3 - (t + 1) - (t^3 - t)
        mine += np.arange(LEVELS + 1) > level[:, None]


@dataclass(slots=True)
class ThresholdRule:
    """Means so far, compared by a factor."""

    runs: int
    samples: int = 0
    totals: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.totals = np.zeros((2, self.runs))

    def updated(self, treated: Ints, control: Ints) -> None:
        """One more sample of either arm, as levels [runs]."""
        self.totals[0] += treated
        self.totals[1] += control
        self.samples += 1

    def alarms(self) -> Bools:
        """Whether the updated are over the threshold, [runs]."""
        found: Bools = self.totals[0] > THRESHOLD * self.totals[1]
        return found & (self.samples >= THRESHOLD_FROM)


def fixed_shares(treated: tuple[float, Floats], control: tuple[float, Floats], alpha: float) -> Bools:
    """The two-proportion z test once, at the end: trials and hits of both arms."""
    pooled = (treated[1] + control[1]) / (treated[0] + control[0])
    deviation = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / treated[0] + 1 / control[0]), 1e-300))
    found: Bools = (treated[1] / treated[0] - control[1] / control[0]) / deviation >= NormalDist().inv_cdf(1 - alpha)
    return found & (treated[1] > 0)

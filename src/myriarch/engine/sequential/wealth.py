"""Wealth: the evidence against one null hypothesis, one row a stratum.

The size of harm and the time when it begins are not known, so the bet is split. A share goes to each size of effect
at the start; the other half waits as cash and is put in little by little, so that harm which begins after days of
noise meets fresh money instead of accounts that the noise emptied (a mixture over change points, as in Shin, Ramdas
and Rinaldo 2023, "E-detectors", but with weights that sum to 1, so that the whole stays an e-process). With
f[i, k] the factor of step i for effect k,

    wealth(t) = sum_k w_k sum_j p_j prod_{i = j+1..t} f[i, k]  +  sum_{j > t} p_j,
    p_0 = 1 - LATE,   p_j = LATE (j^-KAPPA - (j+1)^-KAPPA),   w_k = 1 / K.

Each factor has a conditional mean of at most 1 under the null, hence wealth is a nonnegative supermartingale that
begins at 1: an e-process. To begin late at step j costs ln(1/p_j), about 1.25 ln j + 2, instead of all that was lost
before. What was put in is kept per effect; the cash is a function of the number of steps.

What a factor is, the tests say (``hazard``, ``proportions``, ``counts``, ``means``); how rows are joined, ``combine``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Bools, Floats
from myriarch.engine.sequential.arrays import log_sum

LATE_SHARE = 0.5
"""What is kept for harm that begins after the first step. A soak's test of "no harm" keeps nothing."""
KAPPA = 0.25
SAVED_DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Wealth:
    """``log_stakes`` [..., rows, effects]: ln of what each effect's account holds. ``steps`` [..., rows]: steps that
    told something. ``late_share``: the part that waited at the start. Leading axes are independent runs."""

    log_stakes: Floats
    steps: Floats
    late_share: float

    @property
    def log_value(self) -> Floats:
        """ln of the e-value, [..., rows]; 0 at the start."""
        if self.late_share == 0:
            return log_sum(self.log_stakes)
        cash = np.log(self.late_share) - KAPPA * np.log1p(self.steps)
        value: Floats = np.logaddexp(log_sum(self.log_stakes), cash)
        return value

    def updated(self, log_factors: Floats, telling: Bools) -> Wealth:
        """After one step: ``log_factors`` [..., rows, effects] where ``telling`` [..., rows]; other rows stand still.

        Money enters after the factors are known, so that none of it has seen them.
        """
        if not telling.any():
            return self
        grown = self.log_stakes + np.where(telling[..., None], log_factors, 0.0)
        steps = self.steps + telling
        if self.late_share > 0:
            turn = np.maximum(steps, 1.0)
            share = self.late_share / grown.shape[-1] * (turn**-KAPPA - (turn + 1.0) ** -KAPPA)
            grown = np.where(telling[..., None], np.logaddexp(grown, np.log(share)[..., None]), grown)
        return Wealth(grown, steps, self.late_share)

    def with_strata(self, log_factors: Floats, telling: Bools) -> Wealth:
        """After one step of the strata, [..., strata, effects]; the last row multiplies them, effect by effect."""
        counted = np.where(telling[..., None], log_factors, 0.0)
        rows = np.concatenate([counted, counted.sum(axis=-2, keepdims=True)], axis=-2)
        return self.updated(rows, np.concatenate([telling, telling.any(axis=-1, keepdims=True)], axis=-1))

    def saved(self) -> list[list[float]]:
        """One list a row (no leading axes): the stakes, rounded down, then the steps. See ``saving``."""
        scale = 10.0**SAVED_DIGITS
        stakes = np.floor(self.log_stakes * scale) / scale
        return [[*row, float(steps)] for row, steps in zip(stakes.tolist(), self.steps, strict=True)]


def begin(shape: tuple[int, ...], effects: int, late_share: float = LATE_SHARE) -> Wealth:
    """Wealth 1 in every row; ``shape`` is [..., rows]."""
    stakes = np.full((*shape, effects), np.log((1.0 - late_share) / effects))
    return Wealth(stakes, np.zeros(shape), late_share)


def begin_strata(strata: tuple[int, ...], effects: int, late_share: float = LATE_SHARE) -> Wealth:
    """Wealth 1 in each of ``strata`` ([..., strata]) and in a last row for all strata together."""
    return begin((*strata[:-1], strata[-1] + 1), effects, late_share)

"""Means of bounded values of two arms: latencies, shares of a unit's requests, temperatures, as samples in [0, 1].

An arm's look is three numbers a stratum: how many samples, their sum and their sum of squares, so that agents need not
send the samples. The factor is that of ``bets`` with Fan's inequality in place of the exact logarithm (Fan, Grama and
Liu 2015; Howard et al. 2021, lemma 3; Waudby-Smith and Ramdas 2024): for x >= -m, 0 < m < 1,

    ln(1 + x) >= x - g(m) x^2,   g(m) = (-ln(1 - m) - m) / m^2,

with x = a (y - r1) and -b (y - r0), so that ln F >= a (S1 - n1 r1) - g a^2 sum (y - r1)^2 - ... is a sum of moments:
never above the factor, hence valid, and for small bets as good. Effects betted on are multiples of the controls'
standard deviation.

**One sample must be new information.** A slow node is slow at every look; if chance made it an updated one, looks of
its level never become independent. Hand over each unit's change against its own level before the update, once a
period longer than the memory of the metric. Clip samples to the scale before dividing by it.

``MeanSequence`` is the confidence sequence of one mean: the empirical Bernstein bound with the stitched boundary of
Howard, Ramdas, McAuliffe and Sekhon (2021), theorem 4 and eq. 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Floats
from myriarch.engine.sequential.bets import KEEP, SAFE_PARTS
from myriarch.engine.sequential.saving import packed, unpacked
from myriarch.engine.sequential.tolerance import Question, Tolerance
from myriarch.engine.sequential.wealth import LATE_SHARE, Wealth, begin_strata

HARMFUL_DEVIATIONS = (0.1, 0.3, 1.0, 5.0)
PRIOR_SAMPLES = 20.0
MOST_LOST = 0.5
SMALLER = (0.125, 0.25, 0.5, 1.0)
"""What is betted of the most where an effect's own stake is above that: samples that scarcely vary would have all
effects bet the most, and Fan's inequality makes the most of far outliers with less."""
LEAST_VARIANCE = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """[..., strata] each: number of samples in [0, 1], their sum, the sum of their squares."""

    samples: Floats
    total: Floats
    squares: Floats

    def about(self, point: Floats) -> tuple[Floats, Floats]:
        """Sums of (y - point) and of its square; ``point`` [..., strata, effects]."""
        count, total, squares = self.samples[..., None], self.total[..., None], self.squares[..., None]
        return total - count * point, np.maximum(squares - 2.0 * point * total + count * point * point, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class MeansLook:
    """New samples of both arms since the last look."""

    treated: Moments
    control: Moments


@dataclass(frozen=True, slots=True, eq=False)
class MeanTest:
    """``wealth`` has a row a stratum and a last one for all together; the baseline is of the controls, decayed."""

    tolerance: Tolerance
    question: Question
    wealth: Wealth
    baseline: Moments

    @property
    def log_evidence(self) -> Floats:
        """[..., strata + 1], ln; the last is all strata together."""
        return self.wealth.log_value

    def updated(self, look: MeansLook) -> MeanTest:
        """After one more look."""
        treated, control = look.treated, look.control
        control_anchor, variance = self._guess()
        treated_anchor = self.tolerance.ratio * control_anchor + self.tolerance.difference
        stake, times = self._stakes(treated.samples, control.samples, control_anchor, variance)
        factors = _least_log(treated, stake, treated_anchor) + _least_log(control, -stake * times, control_anchor)
        return MeanTest(
            self.tolerance,
            self.question,
            self.wealth.with_strata(factors, (stake != 0).any(axis=-1)),
            Moments(
                KEEP * self.baseline.samples + control.samples,
                KEEP * self.baseline.total + control.total,
                KEEP * self.baseline.squares + control.squares,
            ),
        )

    def saved(self) -> list[list[float]]:
        """A short list a row (``saving``): no leading axes."""
        return packed(self.wealth, self.baseline.samples, self.baseline.total, self.baseline.squares)

    def restored(self, rows: Sequence[Sequence[float]]) -> MeanTest:
        """This test, as new, with what ``saved`` wrote."""
        wealth, columns = unpacked(self.wealth, rows, 3)
        return MeanTest(self.tolerance, self.question, wealth, Moments(*columns))

    def _guess(self) -> tuple[Floats, Floats]:
        """Mean and variance of the controls so far, [..., strata, 1] each, drawn to those of all strata."""
        base = self.baseline
        samples, total, squares = (
            values.sum(axis=-1, keepdims=True) for values in (base.samples, base.total, base.squares)
        )
        known = np.maximum(samples, 1.0)
        mean = (base.total + PRIOR_SAMPLES * total / known) / (base.samples + PRIOR_SAMPLES)
        square = (base.squares + PRIOR_SAMPLES * squares / known) / (base.samples + PRIOR_SAMPLES)
        return mean[..., None], np.maximum(square - mean * mean, LEAST_VARIANCE)[..., None]

    def _stakes(self, n1: Floats, n0: Floats, control_anchor: Floats, variance: Floats) -> tuple[Floats, Floats]:
        """Stakes that grow fastest for a small effect: effect / (variance of both arms), within what Fan allows."""
        tolerance = self.tolerance
        treated_anchor = tolerance.ratio * control_anchor + tolerance.difference
        if self.question is Question.HARM:
            effect = np.asarray(HARMFUL_DEVIATIONS) * np.sqrt(variance)
        else:
            effect = -np.asarray(SAFE_PARTS) * np.maximum(treated_anchor - control_anchor, 0.0)
        n1, n0 = n1[..., None], n0[..., None]
        times = tolerance.ratio * n1 / np.where(n0 > 0, n0, 1.0)
        known = self.baseline.samples.sum(axis=-1, keepdims=True)[..., None] > 0
        usable = known & (n1 > 0) & (n0 > 0) if tolerance.ratio > 0 else n1 > 0
        usable = usable & (treated_anchor < 1)
        stake = np.where(usable, effect / (variance * (1.0 + tolerance.ratio * times)), 0.0)
        worst = np.maximum(_most(stake, treated_anchor), _most(-stake * times, control_anchor))
        lost = MOST_LOST * (np.asarray(SMALLER) if self.question is Question.HARM else 1.0)
        return stake * np.where(worst > MOST_LOST, lost / np.maximum(worst, MOST_LOST), 1.0), times


def mean_test(
    strata: tuple[int, ...],
    tolerance: Tolerance,
    question: Question = Question.HARM,
    baseline: Moments | None = None,
) -> MeanTest:
    """Wealth 1 everywhere. ``baseline``: the controls before the release; without it the first look only teaches."""
    harm = question is Question.HARM
    wealth = begin_strata(strata, len(HARMFUL_DEVIATIONS if harm else SAFE_PARTS), LATE_SHARE if harm else 0.0)
    return MeanTest(
        tolerance, question, wealth, baseline or Moments(np.zeros(strata), np.zeros(strata), np.zeros(strata))
    )


def _most(stake: Floats, anchor: Floats) -> Floats:
    """The largest part that one sample can take: at 0 where the stake is positive, at 1 where negative."""
    answer: Floats = np.where(stake > 0, stake * anchor, -stake * (1.0 - anchor))
    return answer


def _least_log(arm: Moments, stake: Floats, anchor: Floats) -> Floats:
    """Lower bound of the sum of ln(1 + stake (y - anchor)), by Fan's inequality."""
    most = _most(stake, anchor)
    safe = np.maximum(most, 1e-4)
    curve = (-np.log1p(-safe) - safe) / (safe * safe)
    deviation, square = arm.about(anchor)
    answer: Floats = stake * deviation - curve * stake * stake * square
    return answer


ETA, POWER, ZETA = 2.0, 1.4, 3.105
"""Stitching: epochs double, their error is spread like k^-1.4; zeta(1.4) rounded up. Starts at variance 1."""


@dataclass(frozen=True, slots=True, eq=False)
class MeanSequence:
    """One arm since the start, [..., strata] each: samples, their sum, and the sum of squared misses of the mean that
    was known before each look."""

    samples: Floats
    total: Floats
    misses: Floats

    def updated(self, look: Moments) -> MeanSequence:
        """After one more look of the arm."""
        known = (self.total + 0.5) / (self.samples + 1.0)
        misses = look.squares - 2.0 * known * look.total + look.samples * known * known
        return MeanSequence(self.samples + look.samples, self.total + look.total, self.misses + np.maximum(misses, 0.0))

    def bounds(self, alpha: float) -> tuple[Floats, Floats]:
        """Lower and upper bound of the mean at level ``alpha``, sound at every look; (0, 1) at the start."""
        variance = np.maximum(self.misses, 1.0)
        epochs = POWER * np.log(np.log(ETA * variance) / np.log(ETA)) + np.log(ZETA * 2.0 / alpha)
        first = (ETA**0.25 + ETA**-0.25) / np.sqrt(2.0)
        second = (np.sqrt(ETA) + 1.0) / 2.0
        radius = np.sqrt(first**2 * variance * epochs + (second * epochs) ** 2) + second * epochs
        count = np.maximum(self.samples, 1.0)
        mean = np.where(self.samples > 0, self.total / count, 0.5)
        return np.maximum(mean - radius / count, 0.0), np.minimum(mean + radius / count, 1.0)


def mean_sequence(strata: tuple[int, ...]) -> MeanSequence:
    """Before the first look."""
    return MeanSequence(np.zeros(strata), np.zeros(strata), np.zeros(strata))

"""Shares of two arms: how many of the updated, and of the controls, show something (not ready, restarted, erred).

Look by look, a factor for each of a few effects (odds over the border of what is tolerated, for SAFE a true share
between border and controls). The e-variable and its proof: ``bets``. The controls' share is guessed from the looks
before (kept per stratum, halved every ``bets.HALF_LIFE_LOOKS``, shrunk to the mean of all strata); the first look only
teaches it unless a baseline is given. Observations must be new: one that is read twice is counted once.

``share_bounds`` is the confidence sequence of one share (Robbins 1970; Howard, Ramdas, McAuliffe, Sekhon 2021): the p
whose Beta(1/2, 1/2)-mixture martingale

    B(hits + 1/2, misses + 1/2) / B(1/2, 1/2) / (p^hits (1-p)^misses)

is below 1/alpha; it holds at all times together with chance 1 - alpha.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Bools, Floats
from myriarch.engine.sequential.arrays import bisected, log_gamma
from myriarch.engine.sequential.bets import KEEP, SAFE_PARTS, stakes
from myriarch.engine.sequential.saving import packed, unpacked
from myriarch.engine.sequential.tolerance import Question, Tolerance
from myriarch.engine.sequential.wealth import LATE_SHARE, Wealth, begin_strata

HARMFUL_ODDS = (1.5, 3.0, 10.0, 100.0)
PRIOR_TRIALS = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class SharesLook:
    """New observations since the last look, [..., strata] each: how many, and how many of them hit."""

    treated_trials: Floats
    treated_hits: Floats
    control_trials: Floats
    control_hits: Floats

    def where(self, known: Bools) -> SharesLook:
        """The same look, empty where ``known`` is false."""
        parts = (self.treated_trials, self.treated_hits, self.control_trials, self.control_hits)
        return SharesLook(*(np.where(known, part, 0.0) for part in parts))


@dataclass(frozen=True, slots=True, eq=False)
class ShareTest:
    """``wealth`` has a row a stratum and a last one for all together; the baseline is of the controls, decayed."""

    tolerance: Tolerance
    question: Question
    wealth: Wealth
    baseline_trials: Floats
    baseline_hits: Floats

    @property
    def log_evidence(self) -> Floats:
        """[..., strata + 1], ln; the last is all strata together."""
        return self.wealth.log_value

    def updated(self, look: SharesLook) -> ShareTest:
        """After one more look."""
        baseline = shrunk(self.baseline_hits, self.baseline_trials, 0.5, PRIOR_TRIALS)
        alternative = shares_betted(self.tolerance, self.question, baseline)
        bet = stakes(self.tolerance, alternative, baseline, (look.treated_trials, look.control_trials))
        factors = _log_factor(look.treated_trials, look.treated_hits, bet.treated, bet.treated_anchor)
        factors += _log_factor(look.control_trials, look.control_hits, -bet.control, bet.control_anchor)
        taught = self.baseline_trials.sum(axis=-1, keepdims=True) > 0
        telling = (bet.treated != 0).any(axis=-1) & (taught | (self.tolerance.ratio == 0))
        return ShareTest(
            self.tolerance,
            self.question,
            self.wealth.with_strata(factors, telling),
            KEEP * self.baseline_trials + look.control_trials,
            KEEP * self.baseline_hits + look.control_hits,
        )

    def saved(self) -> list[list[float]]:
        """A short list a row (``saving``): no leading axes."""
        return packed(self.wealth, self.baseline_trials, self.baseline_hits)

    def restored(self, rows: Sequence[Sequence[float]]) -> ShareTest:
        """This test, as new, with what ``saved`` wrote."""
        wealth, (trials, hits) = unpacked(self.wealth, rows, 2)
        return ShareTest(self.tolerance, self.question, wealth, trials, hits)


def share_test(
    strata: tuple[int, ...],
    tolerance: Tolerance,
    question: Question = Question.HARM,
    baseline: tuple[Floats, Floats] | None = None,
) -> ShareTest:
    """Wealth 1 everywhere. ``baseline``: trials and hits of the controls before the release, [..., strata]."""
    harm = question is Question.HARM
    wealth = begin_strata(strata, len(HARMFUL_ODDS if harm else SAFE_PARTS), LATE_SHARE if harm else 0.0)
    trials, hits = (np.zeros(strata), np.zeros(strata)) if baseline is None else baseline
    return ShareTest(tolerance, question, wealth, trials, hits)


def shares_betted(tolerance: Tolerance, question: Question, baseline: Floats) -> Floats:
    """The alternatives' share of the updated, [..., strata, effects]."""
    border = np.minimum(tolerance.ratio * baseline + tolerance.difference, 1.0)[..., None]
    if question is Question.SAFE:
        safe: Floats = border - np.asarray(SAFE_PARTS) * np.maximum(border - baseline[..., None], 0.0)
        return safe
    odds = np.asarray(HARMFUL_ODDS) * border
    harmed: Floats = odds / (1.0 - border + odds)
    return harmed


def shrunk(hits: Floats, trials: Floats, unknown: float, prior: float) -> Floats:
    """Each stratum's mean, drawn to the mean of all strata as if that were ``prior`` observations more."""
    hits_of_all, trials_of_all = hits.sum(axis=-1, keepdims=True), trials.sum(axis=-1, keepdims=True)
    common = (hits_of_all + unknown) / (trials_of_all + 1.0)
    mean: Floats = (hits + prior * common) / (trials + prior)
    return mean


def _log_factor(trials: Floats, hits: Floats, stake: Floats, anchor: Floats) -> Floats:
    hit, miss = hits[..., None], (trials - hits)[..., None]
    answer: Floats = hit * np.log1p(stake * (1.0 - anchor)) + miss * np.log1p(-stake * anchor)
    return answer


def share_bounds(hits: Floats, trials: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Lower and upper bound of a share at level ``alpha``, sound at every look; (0, 1) without trials."""
    misses = trials - hits
    mixture = log_gamma(hits + 0.5) + log_gamma(misses + 0.5) - log_gamma(trials + 1.0) - np.log(np.pi)
    mean = np.where(trials > 0, hits / np.maximum(trials, 1.0), 0.5)

    def excluded(share: Floats) -> Bools:
        with np.errstate(divide="ignore", invalid="ignore"):
            fit = np.where(hits > 0, hits * np.log(share), 0.0)
            fit = fit + np.where(misses > 0, misses * np.log1p(-share), 0.0)
        found: Bools = mixture - fit >= -np.log(alpha)
        return found

    lower, upper = bisected(excluded, np.zeros_like(mean), mean), bisected(excluded, np.ones_like(mean), mean)
    return np.where(hits > 0, lower, 0.0), np.where(misses > 0, upper, 1.0)

"""Rates of two arms: events (restarts, errors, alerts) over exposure (unit-seconds), as Poisson counts.

With exposures E1, E0 of a look, rates q1, q0, an anchor on the border (r1 = ratio r0 + difference) and stakes a, b with
b E0 = ratio a E1, the factor

    F = (1 + a)^N1 e^(-a r1 E1) * (1 - b)^N0 e^(b r0 E0)   has   E F = exp(a E1 [(q1 - r1) - ratio (q0 - r0)]) <= 1

wherever q1 <= ratio q0 + difference (a < 0: the reverse). The anchor cancels but for the difference:
ln F = N1 ln(1 + a) + N0 ln(1 - b) - a difference E1. With difference 0 and
a = theta (ratio E1 + E0) / (ratio theta E1 + E0) - 1 it is the likelihood ratio of the conditional binomial: given that
an event happened, which arm has it (Przyborowski and Wilenski 1940, made sequential); no baseline is needed then.
With a difference, the guessed baseline of ``proportions`` sizes the bet. Only the mean of the look matters: rates may
change over the day. Events of one look must not cause one another; where they may, ask of the share of units with any.

``rate_bounds``: the gamma-mixture confidence sequence of one rate (Robbins 1970; Howard et al. 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Bools, Floats
from myriarch.engine.sequential.arrays import bisected, log_gamma
from myriarch.engine.sequential.bets import KEEP, MOST_LOST, SAFE_PARTS
from myriarch.engine.sequential.saving import packed, unpacked
from myriarch.engine.sequential.tolerance import Question, Tolerance
from myriarch.engine.sequential.wealth import LATE_SHARE, Wealth, begin_strata

HARMFUL_TIMES = (1.5, 3.0, 10.0, 100.0)
PRIOR_EVENTS = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class CountsLook:
    """Since the last look, [..., strata] each: exposures (unit-seconds) and events."""

    treated_exposure: Floats
    treated_events: Floats
    control_exposure: Floats
    control_events: Floats


@dataclass(frozen=True, slots=True, eq=False)
class CountTest:
    """``wealth`` has a row a stratum and a last one for all together; the baseline is of the controls, decayed."""

    tolerance: Tolerance
    question: Question
    wealth: Wealth
    baseline_exposure: Floats
    baseline_events: Floats

    @property
    def log_evidence(self) -> Floats:
        """[..., strata + 1], ln; the last is all strata together."""
        return self.wealth.log_value

    def updated(self, look: CountsLook) -> CountTest:
        """After one more look."""
        stake, times = self._stakes(look)
        factors = look.treated_events[..., None] * np.log1p(stake)
        factors = factors + look.control_events[..., None] * np.log1p(-stake * times)
        factors = factors - stake * self.tolerance.difference * look.treated_exposure[..., None]
        return CountTest(
            self.tolerance,
            self.question,
            self.wealth.with_strata(factors, (factors != 0).any(axis=-1)),
            KEEP * self.baseline_exposure + look.control_exposure,
            KEEP * self.baseline_events + look.control_events,
        )

    def saved(self) -> list[list[float]]:
        """A short list a row (``saving``): no leading axes."""
        return packed(self.wealth, self.baseline_exposure, self.baseline_events)

    def restored(self, rows: Sequence[Sequence[float]]) -> CountTest:
        """This test, as new, with what ``saved`` wrote."""
        wealth, (exposure, events) = unpacked(self.wealth, rows, 2)
        return CountTest(self.tolerance, self.question, wealth, exposure, events)

    def _stakes(self, look: CountsLook) -> tuple[Floats, Floats]:
        """The updated's stake [..., strata, effects], and how many times that the controls' is [..., strata, 1]."""
        tolerance = self.tolerance
        e1, e0 = look.treated_exposure[..., None], look.control_exposure[..., None]
        baseline = self._baseline()[..., None]
        border = tolerance.ratio * baseline + tolerance.difference
        if self.question is Question.HARM:
            betted = np.asarray(HARMFUL_TIMES) * border
        else:
            betted = border - np.asarray(SAFE_PARTS) * np.maximum(border - baseline, 0.0)
        lean = tolerance.ratio * e1 / np.where(e0 > 0, tolerance.ratio * e1 + e0, 1.0)
        usable = (e1 > 0) & ((e0 > 0) | (tolerance.ratio == 0)) & (border > 0)
        anchor = lean * betted + (1.0 - lean) * border
        stake = np.where(usable, betted / np.where(usable, anchor, 1.0) - 1.0, 0.0)
        times = tolerance.ratio * e1 / np.where(e0 > 0, e0, 1.0)
        worst = np.maximum(stake * times, -stake)
        return stake * np.minimum(1.0, MOST_LOST / np.maximum(worst, MOST_LOST)), times

    def _baseline(self) -> Floats:
        """Guessed rate of the controls, drawn to that of all strata as if it had shown ``PRIOR_EVENTS``."""
        events = self.baseline_events.sum(axis=-1, keepdims=True) + 0.5
        exposure = self.baseline_exposure.sum(axis=-1, keepdims=True)
        unknown = self.tolerance.difference or 1.0
        common = np.where(exposure > 0, events / np.where(exposure > 0, exposure, 1.0), unknown)
        guess: Floats = (self.baseline_events + PRIOR_EVENTS) / (self.baseline_exposure + PRIOR_EVENTS / common)
        return guess


def count_test(
    strata: tuple[int, ...],
    tolerance: Tolerance,
    question: Question = Question.HARM,
    baseline: tuple[Floats, Floats] | None = None,
) -> CountTest:
    """Wealth 1 everywhere. ``baseline``: exposure and events of the controls before the release, [..., strata]."""
    harm = question is Question.HARM
    wealth = begin_strata(strata, len(HARMFUL_TIMES if harm else SAFE_PARTS), LATE_SHARE if harm else 0.0)
    exposure, events = (np.zeros(strata), np.zeros(strata)) if baseline is None else baseline
    return CountTest(tolerance, question, wealth, exposure, events)


def rate_bounds(
    events: Floats, exposure: Floats, alpha: float, prior_exposure: float = 86_400.0
) -> tuple[Floats, Floats]:
    """Lower and upper bound of a rate (per unit of exposure) at level ``alpha``, sound at every look.

    The rates whose martingale, mixed over Gamma(1/2, prior E), is below 1/alpha:
    sqrt(prior) Gamma(N + 1/2) / Gamma(1/2) / (prior + E)^(N + 1/2) * e^(rate E) / rate^N. ``prior_exposure`` (a day)
    only says where the bounds are tightest. (0, inf) without exposure.
    """
    mixture = log_gamma(events + 0.5) - 0.5 * np.log(np.pi) + 0.5 * np.log(prior_exposure)
    mixture = mixture - (events + 0.5) * np.log(prior_exposure + exposure)
    seen = np.maximum(exposure, 1e-300)

    def excluded(rate: Floats) -> Bools:
        with np.errstate(divide="ignore", invalid="ignore"):
            fit = np.where(events > 0, events * np.log(rate), 0.0)
        found: Bools = mixture + rate * exposure - fit >= -np.log(alpha)
        return found

    mean = events / seen
    far = (2.0 * events + 4.0 * (-np.log(alpha) + np.log1p(exposure / prior_exposure) + 2.0)) / seen
    lower, upper = bisected(excluded, np.zeros_like(mean), mean), bisected(excluded, far, mean)
    return np.where(events > 0, lower, 0.0), np.where(exposure > 0, upper, np.inf)

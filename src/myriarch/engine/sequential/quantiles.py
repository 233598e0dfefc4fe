"""Quantiles of two arms from histograms: is the p99 latency of the updated worse than that of their controls?

A look is a histogram an arm and stratum, over the same buckets (finite ones and a last open one). The question becomes
one of shares: x is the controls' p-quantile as the looks before show it, and

    no harm:   P(updated > ratio x) <= P(control > x) + difference.

It is true at every x where the updated's values, divided by the tolerated ratio, are not stochastically larger, and it
is the exceedance form in which Howard and Ramdas (2022, "Sequential estimation of quantiles with applications to A/B
testing and best-arm identification", Bernoulli 28) compare quantiles. x is chosen before the look, so the e-variable
of ``proportions`` applies unchanged. The ratio is a number of buckets: with exponential buckets, a ratio of values.

``quantile_bounds`` is the confidence sequence of one quantile: all x whose share below is compatible with p by the
beta-binomial mixture (theorem 1 there). One fixed p needs no union over x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Floats, Ints
from myriarch.engine.sequential.bets import KEEP
from myriarch.engine.sequential.proportions import SharesLook, ShareTest, share_bounds, share_test
from myriarch.engine.sequential.saving import packed, unpacked
from myriarch.engine.sequential.tolerance import Question, Tolerance

PRIOR_SAMPLES = 50.0


@dataclass(frozen=True, slots=True, eq=False)
class HistogramsLook:
    """New samples of both arms since the last look, by bucket: [..., strata, buckets] each."""

    treated: Floats
    control: Floats


@dataclass(frozen=True, slots=True, eq=False)
class QuantileTest:
    """``quantile`` in (0, 1); ``tolerated_buckets``: how many buckets higher the updated may be. ``histogram``
    [..., strata, buckets] is the controls', decayed; ``shares`` the test that the question became."""

    quantile: float
    tolerated_buckets: int
    shares: ShareTest
    histogram: Floats

    @property
    def log_evidence(self) -> Floats:
        """[..., strata + 1], ln; the last is all strata together."""
        return self.shares.log_evidence

    def updated(self, look: HistogramsLook) -> QuantileTest:
        """After one more look."""
        treated, control = look.treated, look.control
        bucket = self._bucket()
        shares_look = SharesLook(
            treated.sum(axis=-1),
            _above(treated, bucket + self.tolerated_buckets),
            control.sum(axis=-1),
            _above(control, bucket),
        )
        known = self.histogram.sum(axis=(-1, -2), keepdims=True)[..., 0] > 0
        shares = self.shares.updated(shares_look.where(known))
        return QuantileTest(self.quantile, self.tolerated_buckets, shares, KEEP * self.histogram + control)

    def saved(self) -> list[list[float]]:
        """A short list a row (``saving``): no leading axes."""
        buckets = np.moveaxis(self.histogram, -1, 0)
        return packed(self.shares.wealth, self.shares.baseline_trials, self.shares.baseline_hits, *buckets)

    def restored(self, rows: Sequence[Sequence[float]]) -> QuantileTest:
        """This test, as new, with what ``saved`` wrote."""
        wealth, (trials, hits, *buckets) = unpacked(self.shares.wealth, rows, 2 + self.histogram.shape[-1])
        shares = ShareTest(self.shares.tolerance, self.shares.question, wealth, trials, hits)
        return QuantileTest(self.quantile, self.tolerated_buckets, shares, np.stack(buckets, axis=-1))

    def _bucket(self) -> Ints:
        """The bucket whose upper edge is the controls' quantile so far, [..., strata]."""
        every = self.histogram.sum(axis=-2, keepdims=True)
        prior = PRIOR_SAMPLES * every / np.maximum(every.sum(axis=-1, keepdims=True), 1.0)
        below = np.cumsum(self.histogram + prior, axis=-1)
        answer: Ints = (below < self.quantile * below[..., -1:]).sum(axis=-1)
        return answer


def quantile_test(
    strata: tuple[int, ...],
    buckets: int,
    quantile: float,
    tolerated_buckets: int = 0,
    difference: float = 0.0,
    question: Question = Question.HARM,
) -> QuantileTest:
    """Wealth 1 everywhere; the first look only teaches where the controls' quantile is."""
    shares = share_test(strata, Tolerance(1.0, difference), question)
    return QuantileTest(quantile, tolerated_buckets, shares, np.zeros((*strata, buckets)))


def _above(histogram: Floats, bucket: Ints) -> Floats:
    """Samples in buckets after ``bucket``."""
    after = np.arange(histogram.shape[-1]) > bucket[..., None]
    answer: Floats = (histogram * after).sum(axis=-1)
    return answer


def quantile_bounds(histogram: Floats, edges: Floats, quantile: float, alpha: float) -> tuple[Floats, Floats]:
    """Lower and upper bound of the quantile at level ``alpha``, sound at every look, as edges of buckets.

    ``histogram`` [..., strata, buckets] since the start, ``edges`` [buckets - 1] between them; -inf and inf where the
    outermost buckets can't be excluded. The level is split over both sides.
    """
    trials = np.broadcast_to(histogram.sum(axis=-1, keepdims=True), histogram[..., :-1].shape)
    low_share, high_share = share_bounds(np.cumsum(histogram, axis=-1)[..., :-1], trials, alpha / 2)
    lower = np.where(high_share < quantile, edges, -np.inf).max(axis=-1)
    upper = np.where(low_share >= quantile, edges, np.inf).min(axis=-1)
    return lower, upper

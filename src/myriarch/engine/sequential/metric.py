"""One metric of two arms: samples in, evidence and bounds out, whichever test it needs.

A metric says what its numbers are: ``Failures`` (units at risk, failures), ``Count`` (exposure, events), ``Share``
(trials, hits), ``Mean`` and ``Quantile`` (one value a sample, between 0 and ``ceiling``). Two tests run side by side:
against "no harm" and against "harm above the tolerated". The bounds are of all strata together since the start, for
people; verdicts come from the tests (``combine.over_strata``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np

from myriarch.engine.population import Floats, Ints
from myriarch.engine.sequential.combine import over_strata
from myriarch.engine.sequential.counts import CountsLook, CountTest, count_test
from myriarch.engine.sequential.hazard import HazardLook, HazardTest, hazard_test
from myriarch.engine.sequential.means import MeansLook, MeanTest, Moments, mean_test
from myriarch.engine.sequential.proportions import SharesLook, ShareTest, share_test
from myriarch.engine.sequential.quantiles import HistogramsLook, QuantileTest, quantile_test
from myriarch.engine.sequential.tolerance import Question, Tolerance

Look = HazardLook | CountsLook | SharesLook | MeansLook | HistogramsLook
Test = HazardTest | CountTest | ShareTest | MeanTest | QuantileTest

BUCKETS = 64
LOWEST = 1e-3
"""Histograms: exponential buckets from a thousandth of the ceiling up to it, about 12 % wide each."""


class MetricKind(StrEnum):
    """What the numbers of a metric are."""

    FAILURES = "Failures"
    SHARE = "Share"
    COUNT = "Count"
    MEAN = "Mean"
    QUANTILE = "Quantile"


@dataclass(frozen=True, slots=True)
class Metric:
    """``ceiling``: the largest value of a mean or quantile, above which samples are cut. A mean's tolerated difference
    is a part of the ceiling; a quantile's tolerated ratio is rounded to whole buckets: up where harm is asked for, down
    where its absence is."""

    kind: MetricKind
    tolerance: Tolerance = Tolerance()  # noqa: RUF009 - frozen
    ceiling: float = 1.0
    quantile: float = 0.99

    @property
    def edges(self) -> Floats:
        """Between the buckets of a histogram."""
        return np.geomspace(LOWEST * self.ceiling, self.ceiling, BUCKETS - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """New rows of one arm: ``stratum`` int64[n], ``value`` [n] (failures, hits, events, or the sample itself) and
    ``size`` [n] (units at risk, trials, exposure; ignored by means and quantiles)."""

    stratum: Ints
    value: Floats
    size: Floats

    def by_stratum(self, weights: Floats, strata: int) -> Floats:
        """Sums, [strata]."""
        return np.bincount(self.stratum, weights=weights, minlength=strata).astype(np.float64)


def look_of(metric: Metric, strata: int, treated: Samples, control: Samples) -> Look:
    """One look in the shape that the metric's test wants."""
    sizes = treated.by_stratum(treated.size, strata), control.by_stratum(control.size, strata)
    values = treated.by_stratum(treated.value, strata), control.by_stratum(control.value, strata)
    match metric.kind:
        case MetricKind.FAILURES:
            return HazardLook(*sizes, *values)
        case MetricKind.COUNT:
            return CountsLook(sizes[0], values[0], sizes[1], values[1])
        case MetricKind.SHARE:
            return SharesLook(sizes[0], values[0], sizes[1], values[1])
        case MetricKind.MEAN:
            return MeansLook(_moments(metric, strata, treated), _moments(metric, strata, control))
        case MetricKind.QUANTILE:
            return HistogramsLook(_histogram(metric, strata, treated), _histogram(metric, strata, control))
        case _:
            assert_never(metric.kind)


def _moments(metric: Metric, strata: int, samples: Samples) -> Moments:
    scaled = np.clip(samples.value / metric.ceiling, 0.0, 1.0)
    sums = (samples.by_stratum(weights, strata) for weights in (np.ones_like(scaled), scaled, scaled * scaled))
    return Moments(*sums)


def _histogram(metric: Metric, strata: int, samples: Samples) -> Floats:
    cell = samples.stratum * BUCKETS + np.searchsorted(metric.edges, samples.value)
    counts = np.bincount(cell, minlength=strata * BUCKETS).astype(np.float64)
    return counts.reshape(strata, BUCKETS)


@dataclass(frozen=True, slots=True, eq=False)
class MetricTest:
    """The two tests of one metric over the same strata."""

    metric: Metric
    strata: int
    harm: Test
    safe: Test

    @property
    def log_harm(self) -> float:
        """ln of the joint evidence of harm above the tolerated."""
        return float(over_strata(self.harm.log_evidence))

    @property
    def log_safe(self) -> float:
        """ln of the evidence that harm above the tolerated is excluded, of all strata together."""
        return float(self.safe.log_evidence[-1])

    def updated(self, look: Look) -> MetricTest:
        """After one more look (``look_of``)."""
        return MetricTest(self.metric, self.strata, _advanced(self.harm, look), _advanced(self.safe, look))


def _advanced(test: Test, look: Look) -> Test:
    match test, look:
        case HazardTest(), HazardLook():
            return test.updated(look)
        case CountTest(), CountsLook():
            return test.updated(look)
        case ShareTest(), SharesLook():
            return test.updated(look)
        case MeanTest(), MeansLook():
            return test.updated(look)
        case QuantileTest(), HistogramsLook():
            return test.updated(look)
        case _:
            raise TypeError(f"{type(look).__name__} is no look of {type(test).__name__}")


def metric_test(metric: Metric, strata: int) -> MetricTest:
    """Before the first look."""
    return MetricTest(metric, strata, _test(metric, strata, Question.HARM), _test(metric, strata, Question.SAFE))


def _test(metric: Metric, strata: int, question: Question) -> Test:
    match metric.kind:
        case MetricKind.FAILURES:
            return hazard_test((strata,), metric.tolerance.ratio, question)
        case MetricKind.COUNT:
            return count_test((strata,), metric.tolerance, question)
        case MetricKind.SHARE:
            return share_test((strata,), metric.tolerance, question)
        case MetricKind.MEAN:
            return mean_test((strata,), metric.tolerance, question)
        case MetricKind.QUANTILE:
            growth = np.log(metric.edges[1] / metric.edges[0])
            buckets = np.log(max(metric.tolerance.ratio, 1.0)) / growth
            higher = int(np.ceil(buckets - 1e-9)) if question is Question.HARM else int(buckets + 1e-9)
            difference = metric.tolerance.difference
            return quantile_test((strata,), BUCKETS, metric.quantile, higher, difference, question)
        case _:
            assert_never(metric.kind)

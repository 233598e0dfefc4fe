"""The metrics of an analysis as numbers, read once: which test each feeds, and its part of the release's one alpha."""

from __future__ import annotations

from dataclasses import dataclass

from myriarch.api.analysis import Analysis
from myriarch.api.metrics import METRIC_STRATA_MAX, AnalysisMetric, Change, SampleKind, Worse
from myriarch.base.durations import parse_duration
from myriarch.engine.sequential.metric import Metric, MetricKind
from myriarch.engine.sequential.tolerance import Tolerance

FAILURES_WEIGHT = 1.0
"""What the failures of nodes weigh beside the metrics."""

RETRY_SECONDS = 60.0
"""A metric that gave nothing is asked again so soon, however seldom it is asked."""

STALE_INTERVALS = 2.0

TOLERATED_RATIO = 1.2

_KINDS = {
    SampleKind.SHARE: MetricKind.SHARE,
    SampleKind.RATE: MetricKind.COUNT,
    SampleKind.MEAN: MetricKind.MEAN,
    SampleKind.QUANTILE: MetricKind.QUANTILE,
}


@dataclass(frozen=True, slots=True)
class MetricRule:
    """``share`` of alpha; ``spared``: so many of the worst updated units prove nothing; ``by_cluster``: a unit is of
    the arm that its cluster is of; ``shift``: what is added to a sample so that none is below 0."""

    name: str
    kind: SampleKind
    test: Metric
    share: float
    every_seconds: float
    timeout_seconds: float
    spared: int
    strata: int
    worse: Worse
    change: Change
    shift: float
    by_cluster: bool
    soaks: bool
    alpha: float

    @property
    def stale_seconds(self) -> float:
        """How old the last numbers may be for a wave to go on."""
        return STALE_INTERVALS * self.every_seconds + self.timeout_seconds


def change_of(metric: AnalysisMetric) -> Change:
    """What is compared where the metric does not say."""
    if metric.change is not None:
        return metric.change
    return Change.RATIO if metric.kind in (SampleKind.MEAN, SampleKind.QUANTILE) else Change.NONE


def ratio_of(metric: AnalysisMetric) -> float:
    """The tolerated ratio where the metric does not say: 1 where a ratio of what is compared means nothing."""
    if metric.tolerated_ratio is not None:
        return metric.tolerated_ratio
    change = change_of(metric)
    by_difference = change is Change.DIFFERENCE or (metric.worse is Worse.LOWER and change is Change.NONE)
    return 1.0 if by_difference else TOLERATED_RATIO


def read_metrics(analysis: Analysis | None, minimum: int) -> tuple[MetricRule, ...]:
    """The metrics in their order. ``minimum``: fewer units than this are never harm. Raises ValueError for a duration
    that is none."""
    if analysis is None:
        return ()
    total = FAILURES_WEIGHT + sum(metric.weight for metric in analysis.metrics)
    return tuple(_rule(metric, analysis, metric.weight / total, minimum) for metric in analysis.metrics)


def _rule(metric: AnalysisMetric, analysis: Analysis, share: float, minimum: int) -> MetricRule:
    change = change_of(metric)
    shift = (metric.ceiling or 0.0) if change is Change.DIFFERENCE else 0.0
    return MetricRule(
        name=metric.name,
        kind=metric.kind,
        test=_test(metric, shift),
        share=share,
        every_seconds=parse_duration(metric.every),
        timeout_seconds=parse_duration(metric.timeout),
        spared=minimum - 1,
        strata=METRIC_STRATA_MAX if metric.stratum else 1,
        worse=metric.worse,
        change=change,
        shift=shift,
        by_cluster=not metric.controls,
        soaks=metric.name in analysis.soak_until_safe,
        alpha=analysis.alpha,
    )


def _test(metric: AnalysisMetric, shift: float) -> Metric:
    """A mean's tolerated difference is told in the metric's unit, and weighed as a part of the scale."""
    ceiling = (metric.ceiling or 1.0) + shift
    difference = metric.tolerated_difference
    if metric.kind is SampleKind.MEAN:
        difference /= ceiling
    return Metric(
        kind=_KINDS[metric.kind],
        tolerance=Tolerance(ratio_of(metric), difference),
        ceiling=ceiling,
        quantile=metric.quantile,
    )

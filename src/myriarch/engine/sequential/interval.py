"""What a metric showed so far, with bounds that hold at every look: for people to read beside the verdict.

All strata are added up here, so a mix that differs between the arms shows as a difference; the tests, which compare
within strata, are not misled by that. Each arm's bounds are at alpha / 2, so both hold together at alpha.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from myriarch.engine.population import Floats
from myriarch.engine.sequential.counts import CountsLook, rate_bounds
from myriarch.engine.sequential.hazard import HazardLook
from myriarch.engine.sequential.hazard_ratio import HazardRatio, hazard_ratio
from myriarch.engine.sequential.means import MeanSequence, MeansLook, Moments, mean_sequence
from myriarch.engine.sequential.metric import BUCKETS, Look, Metric, MetricKind
from myriarch.engine.sequential.proportions import SharesLook, share_bounds
from myriarch.engine.sequential.quantiles import HistogramsLook, quantile_bounds

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lower and upper bound of the updated's and of the controls' level, and of ``ratio``, the updated's over the
    controls' (for failures directly, the levels are then those of failures per unit at risk)."""

    treated: Pair
    control: Pair
    ratio: Pair


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Sums since the start: sizes and values of both arms, and what the kind needs beside them."""

    metric: Metric
    sizes: Floats
    values: Floats
    histograms: Floats
    means: tuple[MeanSequence, MeanSequence]
    hazard: HazardRatio

    def updated(self, look: Look) -> Interval:
        """After one more look."""
        match look:
            case HazardLook():
                sums = _pair(look.treated_at_risk, look.control_at_risk)
                hits = _pair(look.treated_events, look.control_events)
                return replace(self._added(sums, hits), hazard=self.hazard.updated(look))
            case CountsLook():
                sizes = _pair(look.treated_exposure, look.control_exposure)
                return self._added(sizes, _pair(look.treated_events, look.control_events))
            case SharesLook():
                sizes = _pair(look.treated_trials, look.control_trials)
                return self._added(sizes, _pair(look.treated_hits, look.control_hits))
            case MeansLook():
                first, second = self.means
                return replace(self, means=(first.updated(_whole(look.treated)), second.updated(_whole(look.control))))
            case HistogramsLook():
                new = np.stack([look.treated.sum(axis=0), look.control.sum(axis=0)])
                return replace(self, histograms=self.histograms + new)

    def bounds(self, alpha: float) -> Bounds:
        """At level ``alpha`` over all looks."""
        low, high = self._levels(alpha / 2)
        treated, control = (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))
        if self.metric.kind is MetricKind.FAILURES:
            return Bounds(treated, control, self.hazard.bounds(alpha))
        lower = treated[0] / control[1] if control[1] > 0 else 0.0
        return Bounds(treated, control, (max(lower, 0.0), treated[1] / control[0] if control[0] > 0 else np.inf))

    def _levels(self, alpha: float) -> tuple[Floats, Floats]:
        match self.metric.kind:
            case MetricKind.SHARE | MetricKind.FAILURES:
                return share_bounds(self.values, self.sizes, alpha)
            case MetricKind.COUNT:
                return rate_bounds(self.values, self.sizes, alpha, max(float(self.sizes.max()) / 10, 1.0))
            case MetricKind.MEAN:
                pairs = [sequence.bounds(alpha) for sequence in self.means]
                low, high = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
                return low * self.metric.ceiling, high * self.metric.ceiling
            case MetricKind.QUANTILE:
                return quantile_bounds(self.histograms, self.metric.edges, self.metric.quantile, alpha)

    def _added(self, sizes: Floats, values: Floats) -> Interval:
        return replace(self, sizes=self.sizes + sizes, values=self.values + values)


def interval(metric: Metric) -> Interval:
    """Before the first look."""
    means = mean_sequence((1,)), mean_sequence((1,))
    return Interval(metric, np.zeros(2), np.zeros(2), np.zeros((2, BUCKETS)), means, hazard_ratio())


def _pair(treated: Floats, control: Floats) -> Floats:
    return np.array([treated.sum(), control.sum()])


def _whole(arm: Moments) -> Moments:
    return Moments(*(np.atleast_1d(part.sum()) for part in (arm.samples, arm.total, arm.squares)))

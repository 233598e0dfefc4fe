"""What the arms of a metric have shown since the release began, and the sentence that tells it with its bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.api.metrics import Change, SampleKind, Worse
from myriarch.engine.metric_rules import MetricRule
from myriarch.engine.population import Floats
from myriarch.engine.sequential.counts import rate_bounds
from myriarch.engine.sequential.means import MeanSequence, Moments
from myriarch.engine.sequential.metric import Samples
from myriarch.engine.sequential.proportions import share_bounds

SAVED_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Totals:
    """Of one arm: ``units`` in the last look; ``samples`` (a Rate's unit-seconds), their ``total`` (a mean's on the
    scale from 0 to 1) and ``misses``, which bound a mean."""

    units: int = 0
    samples: float = 0.0
    total: float = 0.0
    misses: float = 0.0

    @property
    def mean(self) -> float:
        """Per sample; 0 without any."""
        return self.total / self.samples if self.samples else 0.0


NOTHING_SEEN = Totals()


def added(known: Totals, rule: MetricRule, samples: Samples) -> Totals:
    """``known`` and one more look."""
    units = len(samples.value)
    if rule.kind in (SampleKind.SHARE, SampleKind.RATE):
        size, total = float(samples.size.sum()), float(samples.value.sum())
        return Totals(units, round(known.samples + size, SAVED_DIGITS), round(known.total + total, SAVED_DIGITS))
    scaled = np.clip(samples.value / rule.test.ceiling, 0.0, 1.0)
    look = Moments(*(_one(number) for number in (float(units), float(scaled.sum()), float((scaled**2).sum()))))
    sequence = _sequence(known).updated(look)
    numbers = (float(each[0]) for each in (sequence.samples, sequence.total, sequence.misses))
    return Totals(units, *(round(number, SAVED_DIGITS) for number in numbers))


def sentence(rule: MetricRule, updated: Totals, controls: Totals) -> str:
    """Both arms, and how much worse the updated are at least."""
    what, scale = _what(rule)
    values = [scale * totals.mean - rule.shift for totals in (updated, controls)]
    text = f"{values[0]:,.4g}{what} in {updated.units} updated units, {values[1]:,.4g} in {controls.units} others"
    low, high = _bounds(rule, updated)[0], _bounds(rule, controls)[1]
    if low <= high:
        return f"{text}; by how much they are worse can't be bounded yet"
    if rule.change is Change.DIFFERENCE or high <= 0:
        return f"{text}; at least {scale * (low - high):,.3g} more (at {1 - rule.alpha:.3g})"
    return f"{text}; at least {low / high:,.3g} times as much (at {1 - rule.alpha:.3g})"


def _what(rule: MetricRule) -> tuple[str, float]:
    """What the number is, and by what it is multiplied to be told."""
    lower = rule.worse is Worse.LOWER
    match rule.kind:
        case SampleKind.SHARE:
            return " of samples hit", 1.0
        case SampleKind.RATE:
            return " events a unit and hour", _HOUR
    match rule.change:
        case Change.RATIO:
            return " times less than its own level" if lower else " times its own level", rule.test.ceiling
        case Change.DIFFERENCE:
            return " below its own level" if lower else " above its own level", rule.test.ceiling
        case Change.NONE:
            return " below the ceiling" if lower else "", rule.test.ceiling


_HOUR = 3600.0


def _bounds(rule: MetricRule, totals: Totals) -> tuple[float, float]:
    """Of the mean, at alpha / 2 each arm."""
    alpha = rule.alpha / 2
    samples, total = _one(totals.samples), _one(totals.total)
    match rule.kind:
        case SampleKind.SHARE:
            low, high = share_bounds(total, samples, alpha)
        case SampleKind.RATE:
            low, high = rate_bounds(total, samples, alpha)
        case _:
            low, high = _sequence(totals).bounds(alpha)
    return float(low[0]), float(high[0])


def _sequence(totals: Totals) -> MeanSequence:
    return MeanSequence(_one(totals.samples), _one(totals.total), _one(totals.misses))


def _one(number: float) -> Floats:
    return np.asarray([number])

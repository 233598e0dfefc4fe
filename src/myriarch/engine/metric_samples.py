"""From what a metric says of each unit to samples of two arms, or why there are none.

A sample is a unit's change against its own level before the release, unless the metric says otherwise: a slow node
stays slow, and would be evidence for ever. The worst updated units, one fewer than the policy's ``failure.minimum``,
are left out of what speaks for harm: one unit may get sick on its own, and what is left without it can only show less.
Of a Share a unit counts once, when it first shows it; who showed it before the release counts on neither side.

A source that lies is told apart from harm: no numbers, numbers that can't be, and numbers that stand still.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from myriarch.api.metrics import METRIC_STRATA_MAX, Change, SampleKind, Worse
from myriarch.base.hashing import stable_hash
from myriarch.engine.metric_rules import MetricRule
from myriarch.engine.sequential.metric import Samples

MUTE_SHARE = 0.5
"""More units of an arm than this without a number are silence of the source."""

MOST_UNCHANGED = 3
"""Looks in a row with the very same numbers before they are told to stand still."""


class NoSamples(Exception):
    """A look that can't be weighed; the text says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a metric says of one unit: its ``value`` now and its ``level`` before the release (NaN where there is none;
    of a Share, the worst value until the last look). ``whole``: all of its nodes are updated."""

    unit: str
    value: float
    level: float = math.nan
    stratum: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class MetricLook:
    """What a metric gave ``at`` (Unix seconds) for the wave of ``place``; ``problem`` where it gave nothing."""

    name: str
    at: float
    place: str
    updated: tuple[Reading, ...] = ()
    controls: tuple[Reading, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Sample:
    value: float
    stratum: str
    whole: bool


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
    """``harm``: updated without those that are spared; ``safe``: only whole ones; ``every``: all, to be told."""

    harm: Samples
    safe: Samples
    every: Samples
    controls: Samples
    strata: tuple[str, ...]


def arms_of(rule: MetricRule, look: MetricLook, strata: tuple[str, ...], hits_before: float) -> Arms:
    """Samples of both arms. ``hits_before``: hits of updated units so far. Raises NoSamples."""
    updated, controls = _samples(rule, look.updated, "updated"), _samples(rule, look.controls, "other")
    if rule.strata > 1:
        strata = _named(strata, [*updated, *controls])
    spared = _spared(rule, updated, hits_before)

    def made(samples: Sequence[_Sample]) -> Samples:
        index = [min(strata.index(each.stratum), rule.strata - 1) if rule.strata > 1 else 0 for each in samples]
        values = np.asarray([each.value for each in samples], np.float64)
        size = rule.every_seconds if rule.kind is SampleKind.RATE else 1.0
        return Samples(np.asarray(index, np.int64), values, np.full(len(values), size))

    whole = [each for each in updated if each.whole]
    return Arms(made(spared), made(whole), made(updated), made(controls), strata)


def mark_of(look: MetricLook) -> str:
    """The same for the same numbers; '' where nothing but zeros is there, which may well stand still."""
    readings = [*look.updated, *look.controls]
    if not any(reading.value for reading in readings):
        return ""
    told = sorted((reading.unit, repr(reading.value)) for reading in readings)
    return f"{stable_hash(0, *(part for pair in told for part in pair)):016x}"


def _named(strata: tuple[str, ...], samples: Sequence[_Sample]) -> tuple[str, ...]:
    fresh = sorted({each.stratum for each in samples} - set(strata))
    return strata + tuple(fresh)


def kept_strata(strata: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are remembered: what comes later shares the last row."""
    return strata[:METRIC_STRATA_MAX]


def _spared(rule: MetricRule, updated: list[_Sample], hits_before: float) -> list[_Sample]:
    spared = rule.spared
    if rule.kind is SampleKind.SHARE:  # a unit hits once: the first ones of the whole release are spared
        spared = min(max(spared - int(hits_before), 0), sum(each.value > 0 for each in updated))
    by_value = sorted(updated, key=lambda each: each.value)
    return by_value[: max(len(by_value) - spared, 0)]


def _samples(rule: MetricRule, readings: Sequence[Reading], arm: str) -> list[_Sample]:
    numbers = [reading for reading in readings if math.isfinite(reading.value)]
    if len(readings) - len(numbers) > MUTE_SHARE * len(readings):
        raise NoSamples(f"{len(readings) - len(numbers)} of {len(readings)} {arm} units give no number")
    _check_numbers(rule, numbers)
    if rule.kind is SampleKind.SHARE:
        hit = 1.0 if rule.worse is Worse.HIGHER else 0.0
        numbers = [reading for reading in numbers if reading.level != hit]
    elif rule.change is not Change.NONE:
        known = [reading for reading in numbers if _has_level(rule, reading)]
        if len(numbers) - len(known) > MUTE_SHARE * len(numbers):
            lacking = len(numbers) - len(known)
            raise NoSamples(f"{lacking} of {len(numbers)} {arm} units have no level from before the release")
        numbers = known
    changed = _changes(rule)
    return [_Sample(changed(reading), reading.stratum, reading.whole) for reading in numbers]


def _has_level(rule: MetricRule, reading: Reading) -> bool:
    if rule.change is Change.RATIO:
        return math.isfinite(reading.level) and reading.level > 0
    return math.isfinite(reading.level)


def _check_numbers(rule: MetricRule, readings: Sequence[Reading]) -> None:
    odd: Callable[[float], bool] = lambda _value: False  # noqa: E731
    what = ""
    if rule.kind is SampleKind.SHARE:
        odd, what = (lambda value: value not in (0.0, 1.0)), "a Share is 0 or 1 for each unit"
    elif rule.kind is SampleKind.RATE:
        odd, what = (lambda value: value < 0), "a count is never below 0"
    elif rule.change is Change.RATIO or rule.kind is SampleKind.QUANTILE:
        odd, what = (lambda value: value < 0), "a value below 0 is no multiple of a level"
    found = next((reading for reading in readings if odd(reading.value)), None)
    if found is not None:
        raise NoSamples(f"gives {found.value:g} for {found.unit}: {what}")


def _changes(rule: MetricRule) -> Callable[[Reading], float]:
    """What of a reading is compared, larger being worse."""
    top = rule.test.ceiling
    higher = rule.worse is Worse.HIGHER
    match rule.change:
        case Change.RATIO if higher:
            return lambda each: min(each.value / each.level, top)
        case Change.RATIO:
            return lambda each: min(each.level / each.value, top) if each.value > 0 else top
        case Change.DIFFERENCE:
            sign = 1.0 if higher else -1.0
            return lambda each: min(max(sign * (each.value - each.level) + rule.shift, 0.0), top)
    if rule.kind is SampleKind.RATE:
        return lambda each: round(each.value)
    return (lambda each: each.value) if higher else (lambda each: max(top - each.value, 0.0))

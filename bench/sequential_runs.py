"""Runs of the sequential tests: when each run first shows harm, looking after every sample."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Bools, Floats, Ints
from myriarch.engine.sequential.combine import over_strata, shows, weighted
from myriarch.engine.sequential.counts import CountsLook, count_test
from myriarch.engine.sequential.hazard import HazardLook, hazard_test
from myriarch.engine.sequential.means import MeansLook, Moments, mean_test
from myriarch.engine.sequential.proportions import SharesLook, share_test
from myriarch.engine.sequential.quantiles import HistogramsLook, quantile_test
from myriarch.engine.sequential.tolerance import Tolerance
from sequential_rivals import RankTest, ThresholdRule
from sequential_streams import LEVELS, Setting, events, latencies

NEVER = np.iinfo(np.int64).max


@dataclass(slots=True)
class First:
    """The look at which each run first showed harm; ``NEVER`` where it did not."""

    looks: Ints

    def note(self, look: int, alarms: Bools) -> None:
        self.looks[alarms & (self.looks == NEVER)] = look

    @property
    def share(self) -> float:
        return float((self.looks != NEVER).mean())

    @property
    def median(self) -> float:
        """Looks until harm is shown in half of all runs; infinite where it is shown in fewer."""
        middle = float(np.median(self.looks.astype(np.float64)))
        return middle if middle < 1e12 else math.inf


def never(runs: int) -> First:
    return First(np.full(runs, NEVER))


def of_means(setting: Setting, slower: float, alpha: float) -> dict[str, First]:
    """Latencies: the test of means, the rank test with peeking and at the end, the threshold rule, same samples."""
    found = {name: never(setting.runs) for name in ("ours", "peeking", "fixed", "threshold")}
    test = mean_test((setting.runs, 1), Tolerance())
    rank, rule = RankTest(setting.runs, alpha), ThresholdRule(setting.runs)
    ones = np.ones((setting.runs, 1))
    for look, (treated, control) in enumerate(latencies(setting, slower), start=1):
        first, second = treated[:, None] / (LEVELS - 1), control[:, None] / (LEVELS - 1)
        test = test.updated(MeansLook(Moments(ones, first, first * first), Moments(ones, second, second * second)))
        rank.updated(treated, control)
        rule.updated(treated, control)
        found["ours"].note(look, shows(test.log_evidence[:, 0], alpha))
        found["peeking"].note(look, rank.alarms())
        found["threshold"].note(look, rule.alarms())
    found["fixed"].note(setting.looks, rank.alarms())
    return found


def of_quantiles(setting: Setting, slower: float, alpha: float) -> First:
    """Latencies by their 0.9-quantile."""
    found, test = never(setting.runs), quantile_test((setting.runs, 1), LEVELS, 0.9)
    levels = np.eye(LEVELS)
    for look, (treated, control) in enumerate(latencies(setting, slower), start=1):
        test = test.updated(HistogramsLook(levels[treated][:, None], levels[control][:, None]))
        found.note(look, shows(test.log_evidence[:, 0], alpha))
    return found


def of_shares(setting: Setting, shares: tuple[float, float], sizes: tuple[int, int], alpha: float) -> First:
    """Hits among new observations."""
    blank = np.zeros((setting.runs, 1))
    test = share_test((setting.runs, 1), Tolerance())

    def evidence() -> Iterator[Floats]:
        nonlocal test
        for treated, control in events(setting, *shares, sizes):
            test = test.updated(SharesLook(blank + sizes[0], treated, blank + sizes[1], control))
            yield test.log_evidence[:, 0]

    return _first(setting, alpha, evidence)


def of_counts(setting: Setting, shares: tuple[float, float], sizes: tuple[int, int], alpha: float) -> First:
    """Rare hits as events over exposure."""
    blank = np.zeros((setting.runs, 1))
    test = count_test((setting.runs, 1), Tolerance())

    def evidence() -> Iterator[Floats]:
        nonlocal test
        for treated, control in events(setting, *shares, sizes):
            test = test.updated(CountsLook(blank + sizes[0], treated, blank + sizes[1], control))
            yield test.log_evidence[:, 0]

    return _first(setting, alpha, evidence)


def of_hazard(setting: Setting, shares: tuple[float, float], sizes: tuple[int, int], alpha: float) -> First:
    """Failures of units that are repaired; the null is a ratio of 1."""
    blank = np.zeros((setting.runs, 1))
    test = hazard_test((setting.runs, 1), 1.0)

    def evidence() -> Iterator[Floats]:
        nonlocal test
        for treated, control in events(setting, *shares, sizes):
            test = test.updated(HazardLook(blank + sizes[0], blank + sizes[1], treated, control))
            yield test.log_evidence[:, 0]

    return _first(setting, alpha, evidence)


def of_release(setting: Setting, strata: int, alpha: float) -> First:
    """Two metrics (failures and shares) over strata, without harm: one release with one alpha."""
    shape = (setting.runs, strata)
    blank, weights = np.zeros(shape), np.array([0.5, 0.5])
    wide = Setting(setting.runs * strata, setting.looks, setting.seed)
    hazard, shares = hazard_test(shape, 1.0), share_test(shape, Tolerance())

    def evidence() -> Iterator[Floats]:
        nonlocal hazard, shares
        failures = events(wide, 0.0005, 0.0005, (10, 90))
        for (hit, beside), (few, many) in zip(failures, events(wide, 0.05, 0.05, (10, 90)), strict=True):
            looks = [values.reshape(shape) for values in (hit, beside, few, many)]
            hazard = hazard.updated(HazardLook(blank + 10, blank + 90, looks[0], looks[1]))
            shares = shares.updated(SharesLook(blank + 10, looks[2], blank + 90, looks[3]))
            joined = np.stack([over_strata(hazard.log_evidence), over_strata(shares.log_evidence)], axis=-1)
            yield weighted(joined, weights)

    return _first(setting, alpha, evidence)


def _first(setting: Setting, alpha: float, evidence: Callable[[], Iterator[Floats]]) -> First:
    found = never(setting.runs)
    for look, each in enumerate(evidence(), start=1):
        found.note(look, shows(each, alpha))
    return found

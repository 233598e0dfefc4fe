"""The smallest harm that a wave can show, before it moves: what the plan prints for each stratum.

Evidence rises with the number of updated units that fail. So two questions remain, both asked of the very tests that
will judge: how many failures of n updated units make the wealth reach the threshold (the controls fail one deviation
more often than they usually do), and how large must a unit's chance to fail be so that as many fail with the wanted
power,

    P(Binomial(n, share) >= needed) >= power.

Where even the failure of all n is not enough, the stratum is *blind*: a release can fail there without being seen by
this test, and the plan says so or pools it. ``pooled`` answers for all strata taken as one, which is what the tests'
last row sees when harm is common. Counted as one look at the end of the soak; more looks cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Bools, Floats
from myriarch.engine.sequential.arrays import log_gamma
from myriarch.engine.sequential.hazard import HazardLook, hazard_test
from myriarch.engine.sequential.proportions import SharesLook, share_test
from myriarch.engine.sequential.tolerance import Tolerance

POWER = 0.8
MOST_TERMS = 256
"""Failures needed up to which the binomial is summed; above, Chernoff's bound is used, which asks for a little more."""
BISECTIONS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Detectable:
    """[strata] each. ``needed``: failures among the updated (0 where blind); ``share``: the smallest chance of a unit
    to fail within the soak that is found with the wanted power (1 where blind, or where all must fail); ``ratio``:
    that chance as a hazard ratio to the controls' (infinite where they never fail)."""

    needed: Floats
    share: Floats
    ratio: Floats
    blind: Bools


def detectable_failures(
    treated: Floats, control: Floats, background: Floats, tolerated_ratio: float, threshold: Floats
) -> Detectable:
    """By the hazard test. ``treated`` and ``control`` units [strata], ``background`` [strata] the chance of a control
    to fail within the soak, ``threshold`` [strata] the evidence needed: 1 / (alpha times weights of ``combine``)."""
    expected = _unlucky(control * background)

    def log_evidence(failures: Floats) -> Floats:
        look = HazardLook(treated, control, failures, expected)
        return hazard_test(treated.shape, tolerated_ratio).updated(look).log_evidence[..., :-1]

    return _detectable(log_evidence, treated, background, np.log(threshold))


def detectable_shares(
    treated: Floats, control: Floats, background: Floats, tolerance: Tolerance, threshold: Floats
) -> Detectable:
    """By the test of proportions; arguments as above, with trials in place of units."""
    expected = _unlucky(control * background)

    def log_evidence(failures: Floats) -> Floats:
        test = share_test(treated.shape, tolerance, baseline=(control, control * background))
        return test.updated(SharesLook(treated, failures, control, expected)).log_evidence[..., :-1]

    return _detectable(log_evidence, treated, background, np.log(threshold))


def pooled(
    treated: Floats, control: Floats, background: Floats, tolerated_ratio: float, threshold: float
) -> Detectable:
    """All strata as one: arrays of length 1; the background is weighted by controls."""
    units = np.maximum(control.sum(), 1.0)
    common = np.atleast_1d((control * background).sum() / units)
    sums = (np.atleast_1d(treated.sum()), np.atleast_1d(control.sum()))
    return detectable_failures(*sums, common, tolerated_ratio, np.atleast_1d(np.float64(threshold)))


def _unlucky(mean: Floats) -> Floats:
    """A number of failures that controls with this mean exceed about once in six times."""
    number: Floats = np.ceil(mean + np.sqrt(mean))
    return number


def _detectable(
    log_evidence: Callable[[Floats], Floats], treated: Floats, background: Floats, log_threshold: Floats
) -> Detectable:
    units = np.floor(treated)
    blind: Bools = (units < 1) | (log_evidence(units) < log_threshold)
    few, enough = np.zeros_like(units), units.copy()
    while (enough - few > 1).any():
        middle = np.floor((few + enough) / 2)
        found = log_evidence(middle) >= log_threshold
        few, enough = np.where(found, few, middle), np.where(found, middle, enough)
    needed = np.where(blind, 0.0, enough)
    share = np.where(blind, 1.0, _share_with_power(units, np.maximum(enough, 1.0)))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log1p(-np.minimum(share, 1.0)) / np.log1p(-background)
    return Detectable(needed, share, np.where((background > 0) & (share < 1.0), ratio, np.inf), blind)


def _share_with_power(units: Floats, needed: Floats) -> Floats:
    """The smallest chance of one unit at which ``needed`` of ``units`` fail with ``POWER``."""
    low, high = np.zeros_like(units), np.ones_like(units)
    terms = np.arange(min(needed.max(initial=1.0), float(MOST_TERMS)))
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        enough = _miss(units, needed, middle, terms) <= 1.0 - POWER
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return high


def _miss(units: Floats, needed: Floats, share: Floats, terms: Floats) -> Floats:
    """P(Binomial(units, share) < needed), summed where few are needed and bounded where many are."""
    n, k, p = units[:, None], terms[None, :], share[:, None]
    held = np.minimum(k, n)
    chosen = log_gamma(n + 1.0) - log_gamma(held + 1.0) - log_gamma(n - held + 1.0)
    each = np.exp(chosen + held * np.log(p) + (n - held) * np.log1p(-p))
    summed = np.where(k < needed[:, None], each, 0.0).sum(axis=1)
    part = np.clip((needed - 1.0) / np.maximum(units, 1.0), 1e-12, 1.0 - 1e-12)
    distance = part * np.log(part / share) + (1.0 - part) * np.log((1.0 - part) / (1.0 - share))
    bounded = np.where(part < share, np.exp(-units * distance), 1.0)
    answer: Floats = np.where(needed <= MOST_TERMS, summed, bounded)
    return answer

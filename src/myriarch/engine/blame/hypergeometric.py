"""The exact test behind every attribute that is blamed: could chance alone have put so many failures there?

Of ``total`` nodes ``failures`` failed. Were the failures dealt out at random, a group of ``group`` nodes would hold a
hypergeometric number of them (Fisher's exact test, 1935, conditional on both margins). The mid-p value (Lancaster
1961) counts half of the observed table: the plain one is far too cautious where counts are small.

Pure numpy, exact to rounding for any size; no table of factorials is kept.
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.population import Floats, Ints

TERMS = 256
"""Terms of a tail that are added one by one. The rest is bounded from above by a geometric series: never too small."""

ROWS = 4096
"""Tails that are computed at once; bounds the memory."""

SMALL = 32
"""Below this factorials are exact; above, Stirling's series errs by less than 1e-13."""


def log_factorial(number: Ints | Floats) -> Floats:
    """ln(n!) of each whole number >= 0, float64 of the same shape."""
    n = np.asarray(number, np.float64)
    x = np.maximum(n, SMALL) + 1.0
    series = 1 / (12 * x) - 1 / (360 * x**3) + 1 / (1260 * x**5)
    stirling = (x - 0.5) * np.log(x) - x + 0.5 * np.log(2 * np.pi) + series
    exact = _SMALL_LOGS[np.minimum(n, SMALL).astype(np.int64)]
    logs: Floats = np.where(n < SMALL, exact, stirling)
    return logs


_SMALL_LOGS: Floats = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, SMALL + 1)))])


def chance_of_so_many(failed: Ints, group: Ints, failures: Ints, total: Ints) -> Floats:
    """Mid-p value of at least ``failed`` failures in the group, float64[m]; all arguments int64[m].

    1 where the group has no more failures than its share: then it has nothing to answer for.
    """
    failed, group, failures, total = np.broadcast_arrays(failed, group, failures, total)
    chance = np.ones(failed.shape, np.float64)
    asked = np.flatnonzero(failed * total > group * failures)
    for start in range(0, len(asked), ROWS):
        rows = asked[start : start + ROWS]
        chance[rows] = _tail(failed[rows], group[rows], failures[rows], total[rows])
    return chance


def least_chance(group: Ints, failures: Ints, total: Ints) -> Floats:
    """The smallest mid-p value that the margins allow, float64[m]: that of every failure within the group."""
    return 0.5 * np.exp(_log_mass(np.minimum(group, failures), group, failures, total))


def _tail(failed: Ints, group: Ints, failures: Ints, total: Ints) -> Floats:
    last = np.minimum(group, failures)
    terms = int(min(TERMS, (last - failed).max() + 1))
    counts = failed[:, None] + np.arange(terms)
    within = counts <= last[:, None]
    counts = np.minimum(counts, last[:, None])
    mass = np.exp(_log_mass(counts, group[:, None], failures[:, None], total[:, None])) * within
    summed = mass.sum(axis=1) - 0.5 * mass[:, 0]
    end = np.minimum(failed + terms - 1, last)
    ratio = (group - end) * (failures - end) / ((end + 1.0) * np.maximum(total - group - failures + end + 1, 1))
    rest = np.where(ratio < 1, mass[:, -1] * ratio / np.maximum(1 - ratio, 1e-12), 1.0)
    chance: Floats = np.minimum(summed + np.where(end < last, rest, 0.0), 1.0)
    return chance


def _log_mass(count: Ints, group: Ints, failures: Ints, total: Ints) -> Floats:
    """ln P(exactly ``count`` of the failures fall into the group)."""
    return _log_choose(failures, count) + _log_choose(total - failures, group - count) - _log_choose(total, group)


def _log_choose(whole: Ints, part: Ints) -> Floats:
    possible = (part >= 0) & (part <= whole)
    inside = np.clip(part, 0, whole)
    logs = log_factorial(whole) - log_factorial(inside) - log_factorial(whole - inside)
    return np.where(possible, logs, -np.inf)

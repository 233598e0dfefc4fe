"""One verdict for a release: evidence joined over strata, metrics and stages, without spending alpha twice.

*Strata.* Harm is common to all, or sits in one. Against the first, the product over strata is best (the tests keep it
as their last row: per effect, the factors of all strata are multiplied, which stays an e-process because within a look
each stratum's factor has a mean of at most 1 whatever the others showed). Against the second, the weighted mean over
strata is: it needs 1 / (alpha w_s) in one stratum and is not worn out by the healthy ones. We hold half of each:

    E = 1/2 E_together + 1/2 sum_s w_s E_s,   sum_s w_s = 1.

*Metrics and stages.* ``E_release = sum_i v_i E_i`` with ``v_i >= 0`` and ``sum_i v_i = 1`` over all pairs of metric
and stage; a test that has not begun counts 1. **The chance that a harmless release is ever called harmful is at most
alpha**: let each E_i be a nonnegative supermartingale under the null with E_i(0) = 1 with respect to one common
history (everything seen so far; the tests bet on a look with what was known before it). Then so is E_release, because
expectation is linear whatever the dependence between metrics is, and Ville's inequality (1939) gives

    P(there is a look at which E_release >= 1 / alpha) <= alpha E_release(0) = alpha,

for any number of looks, at any times, chosen for any reason. No correction for looks or metrics is left to make
(Vovk and Wang 2021, "E-values: calibration, combination and applications"). Where the null is true for some metrics
only, the same holds of those metrics' weighted part. A mean, not a minimum of p-values: what one metric shows is never
lost because ten others are silent; it pays ln(1/v_i).
"""

from __future__ import annotations

import math

import numpy as np

from myriarch.base.errors import ProgrammerError
from myriarch.engine.population import Floats
from myriarch.engine.sequential.arrays import as_floats, log_sum

TOGETHER_SHARE = 0.5
WEIGHT_SLACK = 1e-9


def over_strata(log_evidence: Floats, weights: Floats | None = None) -> Floats:
    """ln of the joint evidence, [...], from a test's ``log_evidence`` [..., strata + 1].

    ``weights`` [strata] sum to at most 1 (equal without). Raises ProgrammerError where they sum to more.
    """
    strata = log_evidence.shape[-1] - 1
    if strata == 0:
        return log_evidence[..., -1]
    share = np.full(strata, 1.0 / strata) if weights is None else weights
    alone = weighted(log_evidence[..., :-1], share)
    answer: Floats = np.logaddexp(
        math.log(TOGETHER_SHARE) + log_evidence[..., -1], math.log(1.0 - TOGETHER_SHARE) + alone
    )
    return answer


def needed_alone(alpha: float, strata: int, weight: float = 1.0) -> float:
    """The e-value that one of ``strata`` needs by itself, for a metric of this ``weight``."""
    return strata / (alpha * weight * (1.0 - TOGETHER_SHARE))


def needed_together(alpha: float, weight: float = 1.0) -> float:
    """The e-value that all strata together need, for a metric of this ``weight``."""
    return 1.0 / (alpha * weight * TOGETHER_SHARE)


def weighted(log_values: Floats, weights: Floats) -> Floats:
    """ln of the weighted mean over the last axis: metrics, stages or strata.

    Weights that sum to less than 1 keep the rest unspent. Raises ProgrammerError for one below 0 or a sum above 1.
    """
    shares = as_floats(weights)
    if (shares < 0).any() or shares.sum() > 1.0 + WEIGHT_SLACK:
        raise ProgrammerError(f"weights {shares.tolist()} are below 0 or sum to more than 1")
    with np.errstate(divide="ignore"):
        return log_sum(log_values + np.log(shares))


def shows(log_value: Floats, alpha: float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether the evidence is enough at the error budget ``alpha``."""
    answer: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = log_value >= -math.log(alpha)
    return answer

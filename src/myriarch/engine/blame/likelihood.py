"""How well "nodes with these values are struck" explains who failed, against "all updated nodes are struck alike".

Rates are not known, so each model is weighed over all rates that it allows (its marginal likelihood: beta-binomial).
That needs no large numbers: three failures of five nodes and none of sixty others speak for themselves, and a rate that
had to be fitted costs what it is worth.

Inside, any rate goes. Outside, the release does nothing: nodes fail there as the controls do, and that rate is known as
well as there are controls. An explanation that leaves failures over has therefore to put them down to chance, and one
that covers them all, with many nodes that are well, may be the better one. That outside the release does harm too, at
a rate of its own, is granted a share of the belief (``HARM_ELSEWHERE``): it bounds what failures left over can cost.
"""

from __future__ import annotations

from math import log

import numpy as np

from myriarch.engine.blame.candidates import Counts
from myriarch.engine.blame.hypergeometric import log_factorial
from myriarch.engine.population import Floats, Ints

HARM_ELSEWHERE = 0.1

FEW_FAIL = 100
"""Before any control is seen, the rate of nodes that nothing strikes is taken to be one in so many or less."""


def gained(inside: Counts, whole: Counts) -> Floats:
    """float64[m]: the natural logarithm of how many times likelier each candidate makes what was seen of updated nodes
    than one rate for all (``whole``, one row) does."""
    outside = whole.minus(inside)
    healthy: Ints = np.maximum(whole.control - whole.control_failed, 0)
    usual: Floats = _log_beta(whole.control_failed + outside.failed + 1, healthy + _well(outside) + FEW_FAIL)
    usual -= _log_beta(whole.control_failed + 1, healthy + FEW_FAIL)
    elsewhere = np.logaddexp(log(1.0 - HARM_ELSEWHERE) + usual, log(HARM_ELSEWHERE) + _any_rate(outside))
    gain: Floats = _any_rate(inside) + elsewhere - _any_rate(whole)
    return gain


def _any_rate(counts: Counts) -> Floats:
    """ln of the likelihood, all rates being as likely."""
    return _log_beta(counts.failed + 1, _well(counts) + 1)


def _well(counts: Counts) -> Ints:
    well: Ints = np.maximum(counts.updated - counts.failed, 0)
    return well


def _log_beta(one: Ints, other: Ints) -> Floats:
    """ln of the beta function of numbers >= 1."""
    beta: Floats = log_factorial(one - 1) + log_factorial(other - 1) - log_factorial(one + other - 1)
    return beta

"""When the failures of one attribute value are evidence of harm."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from myriarch.engine.harm import tail_bound


def binomial_tail(failed: int, at_risk: int, share: float) -> float:
    """Exactly: the probability of ``failed`` or more."""
    terms = (math.comb(at_risk, k) * share**k * (1 - share) ** (at_risk - k) for k in range(failed, at_risk + 1))
    return math.fsum(terms)


@given(at_risk=st.integers(1, 60), part=st.floats(0, 1), share=st.floats(0.001, 0.5))
def test_the_bound_is_never_below_the_tail(at_risk: int, part: float, share: float) -> None:
    failed = max(1, round(part * at_risk))
    if failed / at_risk <= share:
        return
    bound = float(tail_bound(np.array([failed]), np.array([float(at_risk)]), share)[0])
    assert binomial_tail(failed, at_risk, share) <= bound * (1 + 1e-9) <= 1 + 1e-9


def test_nothing_borne_means_no_chance() -> None:
    assert tail_bound(np.array([2]), np.array([1000.0]), 0.0)[0] == 0.0

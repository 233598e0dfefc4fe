"""The exact test and the control of false discoveries, held against plain sums."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from myriarch.engine.blame.discovery import convictable, q_values
from myriarch.engine.blame.hypergeometric import chance_of_so_many, least_chance, log_factorial


def one(number: int) -> np.ndarray:
    return np.array([number])


def mass(k: int, group: int, failures: int, total: int) -> float:
    return math.comb(failures, k) * math.comb(total - failures, group - k) / math.comb(total, group)


@given(total=st.integers(1, 80), data=st.data())
def test_the_tail_is_the_sum_of_its_terms(total: int, data: st.DataObject) -> None:
    group = data.draw(st.integers(1, total))
    failures = data.draw(st.integers(1, total))
    least, most = max(0, group + failures - total), min(group, failures)
    k = data.draw(st.integers(least, most))
    got = float(chance_of_so_many(one(k), one(group), one(failures), one(total))[0])
    if k * total <= group * failures:
        assert got == 1.0
        return
    wanted = sum(mass(i, group, failures, total) for i in range(k, most + 1)) - 0.5 * mass(k, group, failures, total)
    assert math.isclose(got, wanted, rel_tol=1e-9)
    smallest = float(least_chance(one(group), one(failures), one(total))[0])
    assert math.isclose(smallest, 0.5 * mass(most, group, failures, total), rel_tol=1e-9)


def test_a_long_tail_is_never_too_small() -> None:
    group, failures, total = 400_000, 300_000, 1_000_000
    chances = [
        float(chance_of_so_many(one(k), one(group), one(failures), one(total))[0]) for k in (120_200, 120_500, 121_000)
    ]
    spread = math.sqrt(failures * 0.4 * 0.6 * 0.7)
    normal = [0.5 * math.erfc((k - 120_000) / spread / math.sqrt(2)) for k in (120_200, 120_500, 121_000)]
    for got, wanted in zip(chances, normal, strict=True):
        assert wanted * 0.9 < got < wanted * 1.6


def test_factorials() -> None:
    numbers = np.array([0, 1, 5, 31, 32, 33, 500, 10**6])
    wanted = [math.lgamma(n + 1) for n in numbers]
    assert np.allclose(log_factorial(numbers), wanted, rtol=1e-13, atol=1e-13)


def test_what_no_outcome_could_convict_is_not_counted() -> None:
    least = np.array([1e-9, 1e-8, *[0.3] * 500])
    eligible = convictable(least, 0.05)
    assert eligible.tolist() == [True, True, *[False] * 500]
    assert not convictable(np.array([0.5, 0.9]), 0.05).any()


def test_q_values_grow_with_the_candidates() -> None:
    chance = np.array([0.001, 0.5, 0.9, 0.004])
    q = q_values(chance, np.ones(4, bool))
    factor = 4 * (1 + 1 / 2 + 1 / 3 + 1 / 4)
    assert np.allclose(q, [0.001 * factor, 1.0, 1.0, 0.004 * factor / 2])
    assert q_values(chance, np.array([True, False, False, False])).tolist() == [0.001, 1.0, 1.0, 1.0]

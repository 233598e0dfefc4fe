"""Tests of bounded means by moments, and their empirical Bernstein bounds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myriarch.engine.population import Floats
from myriarch.engine.sequential.means import MeansLook, Moments, mean_sequence, mean_test
from myriarch.engine.sequential.tolerance import Question, Tolerance
from myriarch.engine.sequential.wealth import Wealth


def moments(samples: Floats) -> Moments:
    """Samples [runs, n] as one stratum of each run."""
    return Moments(
        np.full((len(samples), 1), float(samples.shape[1])),
        samples.sum(axis=1, keepdims=True),
        (samples**2).sum(axis=1, keepdims=True),
    )


@settings(max_examples=60, deadline=None)
@given(
    tolerance=st.builds(Tolerance, st.sampled_from([0.5, 1.0, 1.5]), st.sampled_from([0.0, 0.05])),
    low=st.floats(0.0, 0.4),
    high=st.floats(0.4, 1.0),
    chance=st.floats(0.05, 0.95),
    lift=st.floats(0.0, 0.3),
    question=st.sampled_from(list(Question)),
)
def test_no_bet_pays_where_the_null_is_true(
    tolerance: Tolerance, low: float, high: float, chance: float, lift: float, question: Question
) -> None:
    """Both arms have two values each; all outcomes of a look at 2 updated and 3 controls are added up."""
    control = low + chance * (high - low)
    border = tolerance.ratio * control + tolerance.difference
    treated = max(border - lift, 0.0) if question is Question.HARM else border + lift
    if treated > 1:
        return
    total = 0.0
    fresh = mean_test((1, 1), tolerance, question, Moments(*(np.array([[part]]) for part in (50.0, 15.0, 7.0))))
    steady = type(fresh)(tolerance, question, Wealth(fresh.wealth.log_stakes, np.zeros((1, 2)), 0.0), fresh.baseline)
    for hits in itertools.product((0.0, 1.0), repeat=2):
        for picks in itertools.product((0, 1), repeat=3):
            weight = np.prod([treated if hit else 1 - treated for hit in hits])
            weight *= np.prod([chance if pick else 1 - chance for pick in picks])
            values = np.array([[high if pick else low for pick in picks]])
            after = steady.updated(MeansLook(moments(np.array([hits])), moments(values)))
            total += weight * np.exp(after.wealth.log_stakes - fresh.wealth.log_stakes)[0, 0]
    assert np.max(total) <= 1 + 1e-9


@pytest.mark.parametrize(("shape", "least", "most"), [(2.0, 0.0, 0.05), (2.6, 0.9, 1.0), (4.0, 1.0, 1.0)])
def test_a_shifted_mean_is_found_and_an_equal_one_is_not(shape: float, least: float, most: float) -> None:
    generator, runs = np.random.default_rng(8), 200
    test, peak = mean_test((runs, 1), Tolerance()), np.zeros(runs)
    for _ in range(60):
        arms = generator.beta(shape, 8, (runs, 10)), generator.beta(2, 8, (runs, 90))
        test = test.updated(MeansLook(moments(arms[0]), moments(arms[1])))
        peak = np.maximum(peak, test.log_evidence[:, 0])
    assert least <= (peak >= np.log(20)).mean() <= most


def test_harm_is_excluded_where_there_is_none() -> None:
    generator, runs = np.random.default_rng(9), 50
    test = mean_test((runs, 1), Tolerance(1.0, 0.1), Question.SAFE)
    for _ in range(60):
        arms = generator.beta(2, 8, (runs, 10)), generator.beta(2, 8, (runs, 90))
        test = test.updated(MeansLook(moments(arms[0]), moments(arms[1])))
    assert (test.log_evidence[:, 0] >= np.log(20)).mean() > 0.95


def test_bounds_hold_at_every_look_and_give_the_bounds_of_the_excess() -> None:
    generator, runs = np.random.default_rng(2), 200
    first, second = mean_sequence((runs, 1)), mean_sequence((runs, 1))
    missed = np.zeros(runs, np.bool_)
    for _ in range(300):
        first = first.updated(moments(generator.beta(2, 8, (runs, 20))))
        second = second.updated(moments(generator.beta(2, 8, (runs, 20))))
        lower, upper = (bound[:, 0] for bound in first.bounds(0.1))
        missed |= (lower > 0.2) | (upper < 0.2)
    assert missed.mean() <= 0.1
    low, high = Tolerance(1.0, 0.05).excess(first.bounds(0.05), second.bounds(0.05))
    assert (high < 0).mean() > 0.95
    assert (low < -0.05).all()


def test_what_is_saved_is_restored() -> None:
    samples = np.random.default_rng(1).beta(2, 8, (2, 1, 5))
    blank = mean_test((2,), Tolerance())
    sums = Moments(np.full(2, 5.0), samples.sum(axis=(1, 2)), (samples**2).sum(axis=(1, 2)))
    look = MeansLook(sums, sums)
    test = blank.updated(look)
    again = blank.restored(test.saved())
    assert np.allclose(again.updated(look).log_evidence, test.updated(look).log_evidence, atol=1e-5)

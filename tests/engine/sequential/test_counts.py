"""Tests of rates and their bounds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from myriarch.engine.population import Floats
from myriarch.engine.sequential.arrays import log_gamma
from myriarch.engine.sequential.counts import CountsLook, CountTest, count_test, rate_bounds
from myriarch.engine.sequential.tolerance import Question, Tolerance
from myriarch.engine.sequential.wealth import Wealth

MOST = 120


def poisson(mean: float) -> Floats:
    events = np.arange(MOST + 1.0)
    with np.errstate(divide="ignore"):
        fit = np.where(events > 0, events * np.log(mean), 0.0) if mean > 0 else np.where(events > 0, -np.inf, 0.0)
    return np.exp(fit - mean - log_gamma(events + 1.0))


@settings(max_examples=40, deadline=None)
@given(
    tolerance=st.builds(Tolerance, st.sampled_from([0.5, 1.0, 3.0]), st.sampled_from([0.0, 0.5])),
    exposures=st.tuples(st.floats(0.1, 8), st.floats(0.1, 8)),
    guess=st.floats(0.0, 3.0),
    control=st.floats(0.0, 3.0),
    part=st.floats(0.0, 1.0),
    question=st.sampled_from(list(Question)),
)
def test_no_bet_pays_where_the_null_is_true(
    tolerance: Tolerance,
    exposures: tuple[float, float],
    guess: float,
    control: float,
    part: float,
    question: Question,
) -> None:
    border = tolerance.ratio * control + tolerance.difference
    treated = part * border if question is Question.HARM else border + part
    first, second = np.meshgrid(np.arange(MOST + 1.0), np.arange(MOST + 1.0), indexing="ij")
    rows = first.size
    fresh = count_test((1,), tolerance, question)
    stakes = np.broadcast_to(fresh.wealth.log_stakes, (rows, *fresh.wealth.log_stakes.shape))
    history = np.full((rows, 1), 50.0), np.full((rows, 1), 50.0 * guess)
    test = CountTest(tolerance, question, Wealth(stakes, np.zeros((rows, 2)), 0.0), *history)
    ones = np.ones((rows, 1))
    after = test.updated(
        CountsLook(exposures[0] * ones, first.reshape(-1, 1), exposures[1] * ones, second.reshape(-1, 1))
    )
    factors = np.exp(after.wealth.log_stakes[:, 0] - stakes[:, 0])
    chance = np.outer(poisson(treated * exposures[0]), poisson(control * exposures[1])).reshape(-1, 1)
    assert (factors * chance).sum(axis=0).max() <= 1 + 1e-6


def test_a_tripled_rate_is_found_and_an_equal_one_is_not() -> None:
    generator, runs, bar = np.random.default_rng(1), 300, np.log(20)
    e1, e0 = np.full((runs, 1), 10.0), np.full((runs, 1), 90.0)
    found = {}
    for ratio in (1.0, 3.0):
        test, peak = count_test((runs, 1), Tolerance()), np.zeros(runs)
        for _ in range(150):
            events = generator.poisson(e1 * 0.02 * ratio), generator.poisson(e0 * 0.02)
            test = test.updated(CountsLook(e1, events[0].astype(float), e0, events[1].astype(float)))
            peak = np.maximum(peak, test.log_evidence[:, 0])
        found[ratio] = (peak >= bar).mean()
    assert found[1.0] <= 0.05
    assert found[3.0] > 0.95


def test_harm_is_excluded_by_quiet_exposure_alone() -> None:
    test = count_test((1,), Tolerance(1.0, 1.0), Question.SAFE)
    quiet = CountsLook(np.ones(1), np.zeros(1), np.full(1, 9.0), np.zeros(1))
    for _ in range(8):
        test = test.updated(quiet)
    assert test.log_evidence[0] > np.log(20)


def test_bounds_hold_at_every_look() -> None:
    generator, runs = np.random.default_rng(2), 400
    events, missed = np.zeros(runs), np.zeros(runs, np.bool_)
    for hours in range(1, 301):
        events += generator.poisson(0.3, runs)
        if hours % 5:
            continue
        lower, upper = rate_bounds(events, np.full(runs, 3600.0 * hours), 0.1)
        missed |= (lower > 0.3 / 3600) | (upper < 0.3 / 3600)
    assert missed.mean() <= 0.1
    assert (upper * 3600).max() < 0.7
    assert rate_bounds(np.zeros(1), np.zeros(1), 0.1) == (0.0, np.inf)


def test_what_is_saved_is_restored() -> None:
    blank = count_test((2,), Tolerance())
    look = CountsLook(*(np.array(column) for column in ([9.0, 0], [3.0, 0], [90.0, 0], [4.0, 0])))
    test = blank.updated(look)
    again = blank.restored(test.saved())
    assert np.allclose(again.updated(look).log_evidence, test.updated(look).log_evidence, atol=1e-5)

"""Tests of shares: the factor's mean is at most 1 wherever harm is tolerated, by adding up all outcomes."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from myriarch.engine.population import Floats
from myriarch.engine.sequential.arrays import log_gamma
from myriarch.engine.sequential.proportions import SharesLook, ShareTest, share_bounds, share_test
from myriarch.engine.sequential.tolerance import Question, Tolerance
from myriarch.engine.sequential.wealth import Wealth

SHARES = st.floats(0.0, 1.0)
TOLERANCES = st.builds(Tolerance, st.sampled_from([0.5, 1.0, 1.5, 3.0]), st.sampled_from([0.0, 0.01, 0.1]))


def binomial(trials: int, share: float) -> Floats:
    hits = np.arange(trials + 1)
    chosen = log_gamma(np.array([trials + 1.0])) - log_gamma(hits + 1.0) - log_gamma(trials - hits + 1.0)
    with np.errstate(divide="ignore"):
        return np.exp(chosen) * share**hits * (1 - share) ** (trials - hits)


def mean_factor(test: ShareTest, sizes: tuple[int, int], shares: tuple[float, float]) -> Floats:
    """The mean of each effect's factor over all outcomes of one look: the rows are the outcomes."""
    treated, control = np.meshgrid(np.arange(sizes[0] + 1.0), np.arange(sizes[1] + 1.0), indexing="ij")
    rows = treated.size
    base = test.baseline_trials[0], test.baseline_hits[0]
    stakes = np.repeat(test.wealth.log_stakes[:1], 2, axis=0)[None].repeat(rows, axis=0)
    each = ShareTest(
        test.tolerance,
        test.question,
        Wealth(stakes, np.zeros((rows, 2)), 0.0),
        np.full((rows, 1), base[0]),
        np.full((rows, 1), base[1]),
    )
    ones = np.ones((rows, 1))
    after = each.updated(SharesLook(sizes[0] * ones, treated.reshape(-1, 1), sizes[1] * ones, control.reshape(-1, 1)))
    factors = np.exp(after.wealth.log_stakes[:, 0] - stakes[:, 0])
    chance = np.outer(binomial(sizes[0], shares[0]), binomial(sizes[1], shares[1])).reshape(-1, 1)
    return (factors * chance).sum(axis=0)


@settings(max_examples=60, deadline=None)
@given(
    tolerance=TOLERANCES,
    sizes=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    guess=SHARES,
    control=SHARES,
    part=SHARES,
    question=st.sampled_from(list(Question)),
)
def test_no_bet_pays_where_the_null_is_true(
    tolerance: Tolerance, sizes: tuple[int, int], guess: float, control: float, part: float, question: Question
) -> None:
    border = min(tolerance.ratio * control + tolerance.difference, 1.0)
    if question is Question.HARM:
        treated = part * border
    elif tolerance.ratio * control + tolerance.difference > 1:
        return  # the reverse null is empty there
    else:
        treated = border + part * (1 - border)
    history = np.array([100.0]), np.array([100.0 * guess])
    test = share_test((1,), tolerance, question, history)
    assert mean_factor(test, sizes, (treated, control)).max() <= 1 + 1e-9


def test_with_one_to_one_it_is_the_published_e_variable() -> None:
    test = share_test((1,), Tolerance(), baseline=(np.array([1e9]), np.array([1e8])))
    steady = ShareTest(test.tolerance, test.question, Wealth(test.wealth.log_stakes, np.zeros(2), 0.0), *history(test))
    one, zero = np.ones(1), np.zeros(1)
    after = steady.updated(SharesLook(one, one, one, zero))
    odds = 3.0 * 0.1
    betted = odds / (1 - 0.1 + odds)
    middle = (betted + 0.1) / 2
    factor = betted / middle * (1 - 0.1) / (1 - middle)
    assert np.isclose(np.exp(after.wealth.log_stakes - test.wealth.log_stakes)[0, 1], factor, rtol=1e-6)


def history(test: ShareTest) -> tuple[Floats, Floats]:
    return test.baseline_trials, test.baseline_hits


def watched(test: ShareTest, treated: float, control: float, looks: int, runs: int) -> Floats:
    """The highest evidence that each run ever sees, looking after every look of 10 and 90 observations."""
    generator = np.random.default_rng(3)
    peak = np.full(runs, -np.inf)
    many, few = np.full((runs, 1), 90.0), np.full((runs, 1), 10.0)
    for _ in range(looks):
        hits = (generator.binomial(size, share, (runs, 1)) for size, share in ((10, treated), (90, control)))
        first, second = hits
        test = test.updated(SharesLook(few, first.astype(float), many, second.astype(float)))
        peak = np.maximum(peak, test.log_evidence[:, 0])
    return peak


def test_false_alarms_stay_rare_and_harm_is_found() -> None:
    runs, bar = 300, np.log(20)
    assert (watched(share_test((runs, 1), Tolerance()), 0.05, 0.05, 300, runs) >= bar).mean() <= 0.05
    assert (watched(share_test((runs, 1), Tolerance()), 0.15, 0.05, 100, runs) >= bar).mean() > 0.95


def test_harm_beyond_the_tolerated_is_excluded_only_where_it_is_absent() -> None:
    runs, bar, tolerance = 300, np.log(20), Tolerance(1.0, 0.03)
    assert (watched(share_test((runs, 1), tolerance, Question.SAFE), 0.05, 0.05, 300, runs) >= bar).mean() > 0.95
    assert (watched(share_test((runs, 1), tolerance, Question.SAFE), 0.08, 0.05, 300, runs) >= bar).mean() <= 0.05


def test_bounds_hold_at_every_look() -> None:
    generator, runs = np.random.default_rng(4), 400
    hits, missed = np.zeros(runs), np.zeros(runs, np.bool_)
    for trials in range(1, 401):
        hits += generator.random(runs) < 0.2
        if trials % 5:
            continue
        lower, upper = share_bounds(hits, np.full(runs, float(trials)), 0.1)
        missed |= (lower > 0.2) | (upper < 0.2)
    assert missed.mean() <= 0.1
    assert (upper - lower).max() < 0.25
    assert share_bounds(np.zeros(1), np.zeros(1), 0.1) == (0.0, 1.0)


def test_an_empty_arm_tells_nothing() -> None:
    test = share_test((1,), Tolerance(), baseline=(np.array([100.0]), np.array([5.0])))
    nothing, some = np.zeros(1), np.array([9.0])
    for look in (SharesLook(some, some, nothing, nothing), SharesLook(nothing, nothing, some, some)):
        assert test.updated(look).log_evidence.tolist() == test.log_evidence.tolist()


def test_what_is_saved_is_restored() -> None:
    blank = share_test((2,), Tolerance(), baseline=(np.zeros(2), np.zeros(2)))
    look = SharesLook(*(np.array(column) for column in ([5.0, 0], [1.0, 0], [50.0, 0], [2.0, 0])))
    test = blank.updated(look).updated(look)
    assert test.saved()[1] == []
    again = blank.restored(test.saved())
    assert np.allclose(again.updated(look).log_evidence, test.updated(look).log_evidence, atol=1e-5)

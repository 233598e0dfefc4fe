"""The safe logrank test: its factor pays nothing on average under the null, whatever the order of failures is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from myriarch.base.errors import ProgrammerError
from myriarch.engine.population import Floats
from myriarch.engine.sequential.combine import over_strata
from myriarch.engine.sequential.hazard import HazardLook, HazardTest, domain_look, hazard_test
from myriarch.engine.sequential.hazard_ratio import hazard_ratio
from myriarch.engine.sequential.tolerance import Question

ALPHA_LOG = np.log(100.0)


def look(*counts: float) -> HazardLook:
    return HazardLook(*(np.array([value], np.float64) for value in counts))


def stakes_after(test: HazardTest, step: HazardLook) -> Floats:
    """The factors of one look, read off the stakes of a test that keeps nothing back."""
    before = test.wealth.log_stakes
    return test.updated(step).wealth.log_stakes[0] - before[0]


def chance_of_draws(order: tuple[int, ...], treated: int, control: int, ratio: float) -> float:
    """Of this order of failures (1: updated) among the first ``len(order)``, drawn by hazard."""
    chance = 1.0
    for hit in order:
        share = ratio * treated / (ratio * treated + control)
        chance *= share if hit else 1 - share
        treated, control = treated - hit, control - (1 - hit)
    return chance


@pytest.mark.parametrize("true_ratio", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("treated", "control", "failures"), [(2, 9, 3), (5, 5, 4), (9, 2, 5)])
def test_a_bet_on_safety_pays_nothing_where_the_ratio_is_not_below(
    true_ratio: float, treated: int, control: int, failures: int
) -> None:
    test = hazard_test((1,), true_ratio, Question.SAFE)
    assert expectation(test, treated, control, failures, true_ratio).max() <= 1 + 1e-9


@pytest.mark.parametrize("true_ratio", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("treated", "control", "failures"), [(2, 9, 3), (5, 5, 4), (9, 2, 5)])
def test_a_bet_on_harm_pays_nothing_up_to_the_tolerated_ratio(
    true_ratio: float, treated: int, control: int, failures: int
) -> None:
    test = hazard_test((1,), 2.0)
    assert expectation(test, treated, control, failures, true_ratio).max() <= 1 + 1e-9


def expectation(test: HazardTest, treated: int, control: int, failures: int, ratio: float) -> Floats:
    """Mean factor per effect over all orders that the failures of one look may have."""
    steady = HazardTest(test.tolerated_ratio, test.question, test.wealth.__class__(*frozen(test)))
    total = np.zeros(test.wealth.log_stakes.shape[-1])
    for order in itertools.product((0, 1), repeat=failures):
        if sum(order) <= treated and failures - sum(order) <= control:
            step = look(treated, control, sum(order), failures - sum(order))
            total += chance_of_draws(order, treated, control, ratio) * np.exp(stakes_after(steady, step))
    return total


def frozen(test: HazardTest) -> tuple[Floats, Floats, float]:
    """The wealth without cash, so that stakes change by the factor alone."""
    return test.wealth.log_stakes, test.wealth.steps, 0.0


def test_one_failure_has_the_factor_of_the_formula() -> None:
    test = hazard_test((1,), 2.0)
    steady = HazardTest(2.0, Question.HARM, test.wealth.__class__(*frozen(test)))
    hit = stakes_after(steady, look(3, 97, 1, 0))
    for log_factor, ratio in zip(hit, (6.0, 20.0, 200.0, 2000.0), strict=True):
        assert np.isclose(np.exp(log_factor), ratio / 2 * (2 * 3 + 97) / (ratio * 3 + 97))


def test_a_few_failures_among_few_canaries_are_harm_and_an_outage_of_both_arms_is_none() -> None:
    test = hazard_test((1,), 2.0).updated(look(5, 995, 3, 0))
    assert over_strata(test.log_evidence)[()] > ALPHA_LOG
    outage = hazard_test((1,), 2.0).updated(look(50, 950, 20, 380))
    assert over_strata(outage.log_evidence)[()] < 0


def test_late_failures_count_in_full_after_days_of_background_noise() -> None:
    test = hazard_test((1,), 2.0)
    for number in range(400):  # background failures, one an hour, 5 % of them updated
        test = test.updated(look(50, 950, number % 20 == 0, number % 20 != 0))
    assert over_strata(test.log_evidence)[()] < 0
    for _ in range(9):
        test = test.updated(look(50, 950, 1, 0))
    assert over_strata(test.log_evidence)[()] > ALPHA_LOG


def test_looks_without_failures_and_strata_without_controls_tell_nothing() -> None:
    test = hazard_test((1,), 2.0)
    for step in (look(5, 95, 0, 0), look(5, 0, 3, 0), look(0, 95, 0, 3)):
        assert test.updated(step).log_evidence.tolist() == test.log_evidence.tolist()


def test_a_rack_full_of_updated_units_counts_once() -> None:
    stratum, domain = np.zeros(12, np.int64), np.array([0, 0, 0, *range(1, 10)])
    units = HazardLook(
        np.array([10.0, 10, 10, *[0] * 9]),
        np.array([0.0, 0, 0, *[10] * 9]),
        np.array([10.0, 10, 10, *[0] * 9]),
        np.zeros(12),
    )
    folded = domain_look(stratum, domain, 1, units)
    assert [part.tolist() for part in (folded.treated_at_risk, folded.control_at_risk)] == [[1.0], [9.0]]
    assert [part.tolist() for part in (folded.treated_events, folded.control_events)] == [[1.0], [0.0]]
    burst = look(30, 90, 30, 0)
    assert over_strata(hazard_test((1,), 2.0).updated(burst).log_evidence)[()] > ALPHA_LOG
    assert over_strata(hazard_test((1,), 2.0).updated(burst, folded).log_evidence)[()] < ALPHA_LOG


def test_harm_is_excluded_where_both_arms_fail_alike() -> None:
    test = hazard_test((1,), 3.0, Question.SAFE)
    for number in range(60):
        test = test.updated(look(500, 500, number % 2, (number + 1) % 2))
    assert over_strata(test.log_evidence)[()] > ALPHA_LOG


def test_strata_join_where_none_alone_is_enough() -> None:
    test = hazard_test((6,), 2.0)
    one = np.ones(6)
    test = test.updated(HazardLook(2 * one, 200 * one, one, 0 * one))
    assert (test.log_evidence[:-1] < ALPHA_LOG).all()
    assert over_strata(test.log_evidence)[()] > ALPHA_LOG


def test_what_is_saved_is_restored() -> None:
    blank = hazard_test((2,), 2.0)
    test = blank.updated(HazardLook(np.array([5.0, 5]), np.array([95.0, 95]), np.array([1.0, 0]), np.zeros(2)))
    rows = test.saved()
    assert rows[1] == []
    again = blank.restored(rows)
    assert np.allclose(again.log_evidence, test.log_evidence, atol=1e-5)
    assert (again.log_evidence <= test.log_evidence).all()


def test_a_ratio_of_zero_can_not_be_tolerated() -> None:
    with pytest.raises(ProgrammerError):
        hazard_test((1,), 0.0)


def test_bounds_of_the_ratio_close_in_on_it() -> None:
    generator = np.random.default_rng(5)
    ratio = hazard_ratio()
    assert ratio.bounds(0.05) == (0.0, np.inf)
    for _ in range(400):
        treated, control = generator.binomial(100, 0.01), generator.binomial(900, 0.002)
        ratio = ratio.updated(look(100, 900, treated, control))
    low, high = ratio.bounds(0.05)
    assert 2 < low < 5 < high < 10

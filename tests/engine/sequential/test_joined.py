"""What joins and surrounds the tests: strata, metrics, stages; what can be found; history instead of controls."""

from __future__ import annotations

import math

import numpy as np
import pytest

from myriarch.base.errors import ProgrammerError
from myriarch.engine.sequential.arrays import log_gamma
from myriarch.engine.sequential.combine import over_strata, shows, weighted
from myriarch.engine.sequential.counts import CountsLook, count_test
from myriarch.engine.sequential.detectable import detectable_failures, detectable_shares, pooled
from myriarch.engine.sequential.hazard import HazardLook, hazard_test
from myriarch.engine.sequential.history import Matched, Record
from myriarch.engine.sequential.proportions import SharesLook, share_test
from myriarch.engine.sequential.saving import packed, unpacked
from myriarch.engine.sequential.tolerance import Tolerance
from myriarch.engine.sequential.wealth import begin


def test_the_gamma_function() -> None:
    points = np.array([1e-3, 0.5, 1.0, 2.5, 20.0, 12345.6, 1e9])
    assert np.allclose(log_gamma(points), [math.lgamma(point) for point in points], rtol=1e-12, atol=1e-12)


def test_wealth_begins_with_one_and_stays_one_without_a_bet() -> None:
    wealth = begin((1,), 4)
    for _ in range(100):
        assert abs(wealth.log_value[0]) < 1e-9
        wealth = wealth.updated(np.zeros((1, 4)), np.ones(1, np.bool_))


def test_wealth_is_a_martingale_of_its_factors() -> None:
    """Factors 3/2 and 1/2 at even odds: the mean over all ways of eight steps is 1."""
    total = 0.0
    for way in range(2**8):
        wealth = begin((1,), 2)
        for step in range(8):
            factor = 1.5 if way >> step & 1 else 0.5
            wealth = wealth.updated(np.log([[factor, 2 - factor]]), np.ones(1, np.bool_))
        total += float(np.exp(wealth.log_value[0]))
    assert abs(total / 2**8 - 1) < 1e-9


def test_restored_wealth_is_never_worth_more() -> None:
    wealth = begin((3,), 4).updated(np.full((3, 4), 0.1234567891), np.ones(3, np.bool_))
    again, _ = unpacked(begin((3,), 4), packed(wealth), 0)
    assert (again.log_value <= wealth.log_value).all()
    assert np.allclose(again.log_value, wealth.log_value, atol=1e-5)


def test_harm_in_one_stratum_or_in_all_reaches_the_joint_evidence() -> None:
    one = np.array([*[-20.0] * 9, 9.0, -171.0])
    assert np.isclose(over_strata(one)[()], 9.0 - math.log(20))
    common = np.array([*[0.5] * 10, 5.0])
    assert over_strata(common)[()] > 5.0 - math.log(2)
    assert abs(over_strata(np.zeros(11))[()]) < 1e-12


def test_metrics_that_have_not_begun_count_one_and_weights_may_not_exceed_one() -> None:
    assert abs(weighted(np.zeros(3), np.array([0.5, 0.3, 0.2]))[()]) < 1e-12
    evidence = weighted(np.array([8.0, 0.0, 0.0]), np.array([0.5, 0.3, 0.2]))
    assert shows(evidence, 0.01)
    assert not shows(evidence, 0.0001)
    for weights in ([0.7, 0.7], [1.1, -0.1]):
        with pytest.raises(ProgrammerError):
            weighted(np.zeros(2), np.array(weights))


def test_a_single_canary_is_blind_and_more_units_find_smaller_harm() -> None:
    units, four = np.array([1.0, 3, 10, 1000]), np.ones(4)
    found = detectable_failures(units, 5000 * four, 0.002 * four, 2.0, 200 * four)
    assert found.blind.tolist() == [True, False, False, False]
    assert found.share[0] == 1.0
    assert (np.diff(found.share) < 0).all()
    assert (np.diff(found.ratio[1:]) < 0).all()


def test_what_is_said_to_be_detectable_is_detected() -> None:
    treated, control, background = np.array([20.0]), np.array([2000.0]), np.array([0.001])
    found = detectable_failures(treated, control, background, 2.0, np.array([100.0]))
    generator = np.random.default_rng(4)
    failed = generator.binomial(20, found.share[0], (400, 1)).astype(float)
    others = generator.binomial(2000, 0.001, (400, 1)).astype(float)
    look = HazardLook(np.full((400, 1), 20.0), np.full((400, 1), 2000.0), failed, others)
    power = shows(hazard_test((400, 1), 2.0).updated(look).log_evidence[:, 0], 0.01).mean()
    assert 0.7 < power < 0.95


def test_blind_strata_see_together() -> None:
    thirty = np.ones(30)
    arms = thirty, 50 * thirty, 0.001 * thirty
    assert detectable_failures(*arms, 2.0, 6000 * thirty).blind.all()
    together = pooled(*arms, 2.0, 200.0)
    assert not together.blind[0]
    assert together.share[0] < 0.3


def test_shares_have_a_smallest_effect_too() -> None:
    found = detectable_shares(
        np.array([1.0, 40, 4000]), np.full(3, 4000.0), np.full(3, 0.01), Tolerance(1.0, 0.01), np.full(3, 100.0)
    )
    assert found.blind.tolist() == [True, False, False]
    assert found.share[2] < 0.05 < found.share[1] < 0.5


def test_history_stands_in_for_controls_with_its_uncertainty() -> None:
    short = Record(2, 86_400.0 * 10).rate_limit(Tolerance(2.0), 0.001)
    long = Record(200, 86_400.0 * 1000).rate_limit(Tolerance(2.0), 0.001)
    assert short.ratio == long.ratio == 0
    assert short.difference > long.difference > 2 * 0.2 / 86_400
    test, nothing, day = count_test((1,), long), np.zeros(1), np.full(1, 86_400.0 * 20)
    usual = test.updated(CountsLook(day, np.full(1, 4.0), nothing, nothing))
    harmed = test.updated(CountsLook(day, np.full(1, 40.0), nothing, nothing))
    assert usual.log_evidence[0] < 1 < np.log(100) < harmed.log_evidence[0]
    assert str(Matched.HISTORY) == "matched history"


def test_a_recorded_share_is_a_limit_and_no_record_is_none() -> None:
    limit = Record(5, 1000.0, drift=1.2).share_limit(Tolerance(1.0, 0.01), 0.001)
    nothing, many = np.zeros(1), np.full(1, 200.0)
    test = share_test((1,), limit).updated(SharesLook(many, np.full(1, 30.0), nothing, nothing))
    assert shows(test.log_evidence[0], 0.001)
    unknown = share_test((1,), Record(0, 0.0).share_limit(Tolerance(), 0.001))
    assert unknown.updated(SharesLook(many, many, nothing, nothing)).log_evidence[0] < 1e-9
    boundless = count_test((1,), Record(0, 0.0).rate_limit(Tolerance(), 0.001))
    assert boundless.updated(CountsLook(many, many, nothing, nothing)).log_evidence[0] < 1e-9

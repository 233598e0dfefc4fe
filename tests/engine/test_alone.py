"""Failures where no node is left to compare with: what they are judged by, and how seldom the harmless are accused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myriarch.engine.accounts import ALL_NODES, EFFECTS
from myriarch.engine.alone import RECORD_NODES_MIN, Limit, beyond, limit_of, tail_bound
from myriarch.engine.amounts import Amount
from myriarch.engine.evidence import Compared
from myriarch.engine.late import Late, LateRow
from myriarch.engine.observed import Observed

TOLERANCE, ALPHA = Amount(share=0.01), 0.01
UNITS = 4


def observed(control: int, ambient: int) -> Observed:
    """Nodes not updated that were compared with, and those of them that failed."""
    no, none, never = np.zeros(UNITS, np.bool_), np.zeros(UNITS, np.int64), np.zeros(UNITS)
    return Observed(
        present=~no,
        reachable=~no,
        silent_seconds=never,
        asserted=np.zeros(UNITS, np.int8),
        granted=none,
        echoed=~no,
        settled=~no,
        busy=no,
        begun=none,
        updated=none,
        failed=none,
        unavailable=none,
        off_target=none,
        stuck=none,
        failed_seconds=never,
        self_reverted=no,
        frozen=no,
        compared=Compared(np.zeros((1, EFFECTS)), np.asarray([[50, 0, control, ambient]], np.int64)),
    )


def limit(control: int, ambient: int) -> Limit:
    return limit_of(observed(control, ambient), TOLERANCE, ALPHA)


def test_a_record_is_worth_more_the_longer_it_is_and_is_named() -> None:
    assert limit(1000, 0).share > limit(2000, 0).share > limit(20_000, 0).share > 0.01
    assert limit(2000, 100).share > 0.01 + 100 / 2000
    assert limit(2000, 3).basis.endswith("by matched history: 3 of 2,000 nodes not updated failed meanwhile and before")


def test_a_watched_release_is_not_held_to_less_than_struck_the_others_before() -> None:
    """A peak that comes every day strikes nodes at once, whoever updates them."""
    rows = {ALL_NODES: LateRow(record=10, record_hours=1e6)}
    quiet, peak = (
        limit_of(observed(0, 0), TOLERANCE, ALPHA, Late(0.0, rows, 0.5, most_down=most)) for most in (0.0, 0.03)
    )
    assert 0.01 < quiet.share < 0.02
    assert "what fails anew in a day" in quiet.basis
    assert peak.share == pytest.approx(0.04)
    assert "what was down at once of nodes not updated" in peak.basis


def test_without_a_record_the_tolerance_stands_alone() -> None:
    assert limit(0, 0) == Limit(0.01)
    assert limit(RECORD_NODES_MIN - 1, 0) == Limit(0.01)
    assert limit(100, 2) == Limit(0.01 + 2 / 100)


@pytest.mark.parametrize(("failed", "harmful"), [(2, False), (10, False), (60, True)])
def test_more_than_limit_and_chance_explain_is_harm(failed: int, harmful: bool) -> None:
    failures, begun = np.asarray([failed, 90, 0, 0]), np.asarray([300, 90, 300, 0])
    units = np.asarray([True, False, True, False])
    assert beyond(failures, begun, units, limit(2000, 4), 2, ALPHA) is harmful


def test_the_chance_of_a_false_alarm_stays_below_alpha() -> None:
    """Nodes without controls fail as often as the recorded ones: 600 of them after a record of 1,000."""
    alpha, runs, alarms = 0.05, 400, 0
    chance = np.random.default_rng(9)
    for _ in range(runs):
        rate = float(chance.choice([0.002, 0.02, 0.2]))
        record = limit_of(observed(1000, int(chance.binomial(1000, rate))), Amount(share=0.0), alpha)
        failures = np.asarray([int(chance.binomial(600, rate))])
        alarms += beyond(failures, np.asarray([600]), np.ones(1, np.bool_), record, 1, alpha)
    assert alarms <= alpha * runs


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

"""The evidence of harm: sums of agents become wealth, and crashes, repeats and acceptance are borne."""

from __future__ import annotations

import numpy as np
import pytest

from myriarch.engine.accounts import ALL_NODES, EFFECTS
from myriarch.engine.evidence import NO_EVIDENCE, ROWS_MAX, Compared, forgotten, weighed
from myriarch.engine.population import Floats, Value
from myriarch.engine.sequential.hazard import HazardLook, log_factors

RATIO = 2.0
VALUES = tuple(Value("gpuModel", f"m{number}") for number in range(30))


def factors(treated: int, control: int, treated_failed: int = 0, control_failed: int = 0) -> Floats:
    counts = (treated, control, treated_failed, control_failed)
    return log_factors(HazardLook(*(np.asarray([float(count)]) for count in counts)), RATIO)[0]


def compared(*sums: tuple[int, Floats]) -> Compared:
    """Sums by index of the value; -1: all nodes."""
    table = np.zeros((len(VALUES) + 1, EFFECTS))
    for index, factor in sums:
        table[index] += factor
    return Compared(table, np.zeros((len(VALUES) + 1, 4), np.int64))


def both(factor: Floats) -> Compared:
    return compared((3, factor), (-1, factor))


@pytest.mark.parametrize(("failed", "harmful"), [(1, False), (2, True), (3, True)])
def test_canaries_that_fail_among_many_that_do_not(failed: int, harmful: bool) -> None:
    told = sum((factors(3 - number, 197, 1) for number in range(failed)), np.zeros(EFFECTS))
    assert weighed(NO_EVIDENCE, both(told), VALUES).shows_harm(0.01) is harmful


def test_what_fails_on_both_sides_speaks_against_harm() -> None:
    told = sum((factors(20, 180, 1, 9) for _ in range(5)), np.zeros(EFFECTS))
    assert weighed(NO_EVIDENCE, both(told), VALUES).times() < 1


def test_harm_that_comes_late_is_not_hidden_by_what_was_before() -> None:
    told = np.zeros(EFFECTS)
    known = NO_EVIDENCE
    for _ in range(40):
        told = told + factors(60, 140, 0, 1)
        known = weighed(known, both(told), VALUES)
    for _ in range(25):
        told = told + factors(60, 140, 1)
        known = weighed(known, both(told), VALUES)
    assert known.shows_harm(0.01)


def test_looking_again_at_the_same_changes_nothing() -> None:
    told = both(factors(4, 196, 1))
    once = weighed(NO_EVIDENCE, told, VALUES)
    assert weighed(once, told, VALUES) is once
    assert weighed(once, None, VALUES) is once


def test_what_a_person_accepted_counts_no_more_and_what_comes_after_does() -> None:
    seen = factors(2, 198, 1) + factors(1, 198, 1)
    known = forgotten(weighed(NO_EVIDENCE, both(seen), VALUES))
    assert not known.shows_harm(0.01)
    assert weighed(known, both(seen), VALUES).log_value == pytest.approx(0.0, abs=1e-6)
    later = 2 * seen
    assert weighed(known, both(later), VALUES).shows_harm(0.01)


def test_more_strata_than_are_remembered_are_left_out_and_never_staked_twice() -> None:
    values = tuple(Value("os", f"v{number}") for number in range(2 * ROWS_MAX))
    table = np.tile(factors(4, 196, 1), (len(values) + 1, 1))
    known = weighed(NO_EVIDENCE, Compared(table, np.zeros((len(values) + 1, 4), np.int64)), values)
    assert len(known.rows) == ROWS_MAX
    assert ALL_NODES in known.rows
    assert weighed(known, Compared(table, np.zeros((len(values) + 1, 4), np.int64)), values) is known


def test_values_that_appear_later_move_no_share_of_those_before() -> None:
    told = factors(4, 196, 1)
    known = weighed(NO_EVIDENCE, both(told), VALUES)
    more = (*VALUES, *(Value("os", f"v{number}") for number in range(300)))
    table = np.zeros((len(more) + 1, EFFECTS))
    table[3], table[-1], table[40] = told, told, 2 * told
    later = weighed(known, Compared(table, np.zeros((len(more) + 1, 4), np.int64)), more)
    assert later.strata == len(VALUES)
    assert later.rows["os=v10"].staked == tuple(2 * told)
    assert later.log_value > known.log_value
    crowded = np.tile(told, (len(more) + 1, 1))
    full = weighed(known, Compared(crowded, np.zeros((len(more) + 1, 4), np.int64)), more)
    assert len(full.rows) == len(VALUES) + 1


def test_the_chance_of_a_false_alarm_stays_below_alpha_at_every_look() -> None:
    """Two canaries in each of 20 clusters of 100 nodes, all failing at the same small rate, looked at after each."""
    alpha, runs, alarms = 0.05, 400, 0
    chance = np.random.default_rng(11)
    for _ in range(runs):
        told, known = np.zeros(EFFECTS), NO_EVIDENCE
        for _ in range(60):
            treated = chance.random() < 2 / 100
            told = told + factors(2, 98, int(treated), int(not treated))
            known = weighed(known, both(told), VALUES)
            if known.shows_harm(alpha):
                alarms += 1
                break
    assert alarms <= alpha * runs
    assert ALL_NODES in known.rows

"""Rare events against exposure: what one tells, and how seldom the harmless are accused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from myriarch.engine.sequential.rare import Spell, log_evidence

HOUR = 3600.0


def times(treated: tuple[int, float], control: tuple[int, float], ratio: float = 2.0) -> float:
    """The e-value of events and hours."""
    return math.exp(log_evidence(Spell(treated[0], treated[1] * HOUR), Spell(control[0], control[1] * HOUR), ratio))


def test_one_event_within_the_hour_where_there_was_none_in_years_is_harm_by_itself() -> None:
    assert times((1, 4), (0, 60_000)) > 1000
    assert times((1, 4), (0, 60_000), ratio=4.0) < times((1, 4), (0, 60_000))


def test_one_event_is_little_where_most_time_is_that_of_the_updated_or_others_have_many() -> None:
    assert times((1, 3000), (0, 33_000)) < 3
    assert times((1, 4), (40, 35_000)) < 3
    assert times((0, 500), (0, 35_000)) <= 1
    assert times((0, 500), (9, 35_000)) <= 1


def test_several_events_tell_where_one_does_not() -> None:
    assert times((1, 500), (0, 35_000)) < 10 < 1000 < times((3, 500), (0, 35_000))


@pytest.mark.parametrize("rate_hours", [300.0, 3_000.0, 30_000.0])
def test_the_chance_of_a_false_alarm_stays_below_alpha_at_every_event(rate_hours: float) -> None:
    """200 units of which ever more are updated, judged after each event, at rates from often to hardly ever; the
    updated fail twice as often, as tolerated."""
    alpha, runs, alarms = 0.05, 300, 0
    chance = np.random.default_rng(5)
    for _ in range(runs):
        treated_hours, control_hours, events, others = 0.0, 200 * 336.0, 0, int(chance.poisson(200 * 336 / rate_hours))
        alarmed = False
        for updated, hours in ((8, 24), (40, 12), (100, 6), (200, 6)):
            for _ in range(12):
                treated_hours += updated * hours / 12
                control_hours += (200 - updated) * hours / 12
                events += int(chance.poisson(2 * updated * hours / 12 / rate_hours))
                others += int(chance.poisson((200 - updated) * hours / 12 / rate_hours))
                alarmed = alarmed or times((events, treated_hours), (others, control_hours)) >= 1 / alpha
        alarms += alarmed
    assert alarms <= alpha * runs

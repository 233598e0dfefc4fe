"""How long many moves take: the formulas against draws, and schedules against their definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from myriarch.engine.makespan import UpdateTime, full_seconds, listed_seconds, rounds

TIME = UpdateTime(120.0, 0.35)


@pytest.mark.parametrize("nodes", [1, 2, 5, 30, 400])
def test_the_longest_of_many_is_what_draws_show(nodes: int) -> None:
    drawn = TIME.median_seconds * np.exp(TIME.spread * np.random.default_rng(7).standard_normal((4000, nodes)))
    assert TIME.longest_seconds(nodes) == pytest.approx(drawn.max(axis=1).mean(), rel=0.05)


@pytest.mark.parametrize(("growth", "slots"), [(1, 1), (12, 1), (40, 4), (100, 10), (19, 10), (7, 10)])
def test_a_cluster_takes_as_long_as_draws_show(growth: int, slots: int) -> None:
    random = np.random.default_rng(11)
    took = []
    for _ in range(400):
        busy = np.zeros(slots)
        for seconds in TIME.median_seconds * np.exp(TIME.spread * random.standard_normal(growth)):
            first = int(busy.argmin())
            busy[first] += seconds
        took.append(busy.max())
    busy_seconds = full_seconds(np.array([growth]), np.array([slots]), TIME)[0]
    assert busy_seconds + TIME.longest_seconds(min(growth, slots)) == pytest.approx(np.mean(took), rel=0.15)


def test_without_spread_all_take_the_same() -> None:
    assert UpdateTime(60.0).longest_seconds(1000) == 60.0
    assert UpdateTime(60.0).longest_seconds(0) == 0.0


def test_rounds_are_whole() -> None:
    assert rounds(np.array([0, 1, 10, 11]), np.array([5, 5, 5, 0])).tolist() == [0, 1, 2, 11]


@given(st.lists(st.floats(0.1, 1000), min_size=1, max_size=20), st.integers(1, 25))
def test_a_schedule_is_within_its_bounds(seconds: list[float], places: int) -> None:
    """Never below the longest and the mean load; never above Graham's bound over them."""
    found = listed_seconds(np.array(seconds), places)
    least = max(*seconds, sum(seconds) / places) if len(seconds) > 1 else seconds[0]
    assert least <= found * (1 + 1e-9)
    assert found <= sum(seconds) / places + (1 - 1 / places) * max(seconds) + 1e-6


def test_of_one_place_all_take_turns() -> None:
    assert listed_seconds(np.array([1.0, 2.0, 3.0]), 1) == 6.0
    assert listed_seconds(np.array([]), 3) == 0.0

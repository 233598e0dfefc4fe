"""The benchmark of the sequential tests, with few runs: its rivals are what they claim, and its rows come out."""

from __future__ import annotations

import itertools

import numpy as np

from measurement import Measurement
from sequential import ALPHA, around, false_alarms, power
from sequential_rivals import RankTest
from sequential_streams import LEVELS, Setting, latencies


def by_name(rows: list[Measurement]) -> dict[tuple[str, str], Measurement]:
    return {(row.name.removeprefix("sequential."), row.peer): row for row in rows}


def test_the_rank_test_counts_who_wins_and_ties() -> None:
    generator = np.random.default_rng(3)
    rank, seen = RankTest(1, 0.05), ([], [])
    for _ in range(40):
        pair = generator.integers(0, LEVELS // 8, (2, 1))
        rank.updated(pair[0], pair[1])
        for values, level in zip(seen, pair, strict=True):
            values.append(int(level[0]))
    wins = sum((first > second) + (first == second) / 2 for first, second in itertools.product(*seen))
    assert rank.wins[0] == wins
    counts = np.bincount(seen[0] + seen[1])
    assert rank.cubes[0] == (counts**3 - counts).sum()


def test_without_harm_both_arms_are_drawn_alike() -> None:
    drawn = np.array(list(latencies(Setting(50, 200, 1), 1.0)))
    assert abs(drawn[:, 0].mean() - drawn[:, 1].mean()) < 0.2


def test_false_alarms_stay_at_alpha_where_the_rank_test_does_not() -> None:
    rows = by_name(false_alarms(Setting(200, 300, 5)))
    assert {row.value for (name, _), row in rows.items() if row.value > ALPHA} == set()
    assert rows["false_alarms.300.means", "rank test, looked at as often"].peer_value > 3 * ALPHA


def test_harm_is_found_sooner_than_the_horizon() -> None:
    rows = by_name(power(Setting(60, 300, 5)))
    assert rows["power.means.slower_1.5", "fixed horizon, one look"].value > 0.95
    assert rows["median.shares.0.02_to_0.06", "fixed horizon"].value < 100


def test_bounds_and_smallest_effects_keep_what_they_promise() -> None:
    rows = by_name(around(Setting(60, 40, 5)))
    assert all(row.value <= ALPHA + 0.03 for (name, _), row in rows.items() if name.startswith("bounds_miss"))
    assert all(row.value > 0.7 for (name, _), row in rows.items() if name.startswith("power_at_smallest"))
    assert rows["false_alarms.racks", "units taken as independent"].value <= ALPHA

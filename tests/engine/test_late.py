"""Failures since a release is everywhere, against those of nodes not updated before."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from myriarch.base.hashing import hash_names
from myriarch.engine.accounts import ALL_NODES
from myriarch.engine.late import Late, Watched, begun_anew, late_text, noted, worst
from myriarch.engine.population import Population, Value
from myriarch.engine.strikes import Field, Strike

HOUR = 3600.0
DAY = 24 * HOUR
RATIO = 2.0
NODES, CLUSTERS = 50, 100
RATE = 1 / (365 * DAY)
"""Failures a node and second."""


def _field(begun: int) -> Field:
    names = [f"c{number}" for number in range(CLUSTERS)]
    values = (Value("kernel", "old"), Value("kernel", "new"))
    strata = np.tile(np.asarray([5, 45], np.int64), (CLUSTERS, 1))
    weight, nowhere = np.full(CLUSTERS, NODES, np.int64), np.full(CLUSTERS, -1, np.int64)
    population = Population(hash_names(7, names), weight, strata, values, nowhere, names)
    stages = (np.ones(CLUSTERS, np.bool_),)
    return Field(population, stages, np.full(CLUSTERS, begun, np.int64))


def _played(rate: float, kernel_rate: float, days: float, seed: int, from_day: float = 0.0) -> Late:
    """A record of a day and a half, then so many days of the watch; ``kernel_rate`` beside it on nodes of one kernel,
    from one day of the watch on."""
    dice = np.random.default_rng(seed)
    known: Late | None = None
    at, since = 0.0, 0.0
    for hour in range(int(36 + days * 24)):
        everywhere = hour >= 36
        late = everywhere and hour >= 36 + 24 * from_day
        strikes = []
        for rates, nodes, strata in ((rate, NODES, ()), (kernel_rate if late else 0.0, 5, ("kernel=old",))):
            for _ in range(dice.poisson(rates * nodes * CLUSTERS * HOUR)):
                moment = at + float(dice.uniform(0, HOUR - 120))
                names = strata or (("kernel=old",) if dice.random() < 0.1 else ("kernel=new",))
                strikes.append(Strike(moment, int(dice.integers(CLUSTERS)), everywhere, names))
        ground = _field(NODES if everywhere else 0)
        look = Watched(strikes, ground, ground.stages[0], everywhere, RATIO, 15 * DAY, at + HOUR)
        known = noted(known, look, since)
        at, since = at + HOUR, at + HOUR - 60
    assert known is not None
    return known


@pytest.mark.parametrize("seed", range(5))
def test_ordinary_failures_are_no_evidence(seed: int) -> None:
    assert _played(RATE, 0.0, 15, seed).log_value < 1.0


def test_a_kind_of_node_that_fails_late_is_found_and_named() -> None:
    found = _played(RATE, 40 * RATE, 4, 1, from_day=0.0)
    assert found.log_value > 5.0
    assert worst(found, RATIO) == "kernel=old"
    assert "kernel=old" in late_text(found, "kernel=old")


def test_harm_after_a_quiet_week_is_found() -> None:
    assert _played(RATE, 60 * RATE, 11, 1, from_day=8.0).log_value > 5.0


def test_who_accepts_the_harm_begins_the_watch_anew() -> None:
    found = begun_anew(_played(RATE, 40 * RATE, 4, 1))
    assert found.log_value == 0.0
    assert found.rows[ALL_NODES].watched == ()
    assert found.rows[ALL_NODES].record > 0


def test_what_strikes_at_once_counts_for_little() -> None:
    known = _played(RATE, 0.0, 3, 2)
    at = 36 * HOUR + 3 * DAY
    storm = [Strike(at + 1, unit, True, ("kernel=new",)) for unit in range(CLUSTERS)]
    ground = _field(NODES)
    after = noted(known, Watched(storm, ground, ground.stages[0], True, RATIO, 15 * DAY, at + HOUR), at)
    assert sum(after.rows[ALL_NODES].watched) - sum(known.rows[ALL_NODES].watched) <= 10
    assert after.log_value < 1.0


def test_a_look_without_news_changes_nothing() -> None:
    known = _played(RATE, 0.0, 1, 3)
    ground = _field(NODES)
    assert noted(known, Watched([], ground, ground.stages[0], True, RATIO, 15 * DAY, known.at + 60), known.at) is known


def test_the_most_nodes_that_were_down_at_once_are_remembered_until_it_is_everywhere() -> None:
    known = _played(RATE, 0.0, 0, 1)
    for everywhere, most in ((False, 0.03), (True, known.most_down)):
        look = Watched([], _field(0), _field(0).stages[0], everywhere, RATIO, 15 * DAY, known.at + 60, 0.029)
        found = noted(known, look, known.at)
        assert found.most_down == pytest.approx(most, abs=1e-3)
        quiet = dataclasses.replace(look, down_share=0.028)
        assert noted(found, quiet, known.at) is found

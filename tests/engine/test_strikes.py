"""Failures over the whole fleet: what counts, what is one event, what a crash changes, how seldom one is wrong."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from myriarch.api.strike import COUNTED_MAX, STRIKE_ROWS_MAX
from myriarch.base.hashing import hash_names
from myriarch.engine.accounts import ALL_NODES
from myriarch.engine.evidence import NO_EVIDENCE, Evidence, forgotten, with_strikes
from myriarch.engine.population import Population, Value
from myriarch.engine.strikes import (
    LEAST_SHARING,
    QUIET_SECONDS,
    SETTLE_SECONDS,
    Field,
    Strike,
    Strikes,
    counted,
    next_strike_at,
)

CLUSTERS, NODES, CANARY_CLUSTERS, CANARIES = 100, 50, 10, 3
BEGAN = 1_700_000_000.0
RATIO, ALPHA = 2.0, 0.05
RARE, COMMON = "os=Flatcar", "os=Ubuntu"
RARE_NODES = 4


def fleet(clusters: int = CLUSTERS, canary_clusters: int = CANARY_CLUSTERS, nodes: int = NODES) -> Field:
    """Of each cluster's nodes ``RARE_NODES`` are rare; the first clusters have ``CANARIES`` begun each."""
    names = [f"c{number}" for number in range(clusters)]
    strata = np.tile(np.asarray([RARE_NODES, nodes - RARE_NODES], np.int64), (clusters, 1))
    values = (Value("os", "Flatcar"), Value("os", "Ubuntu"))
    nowhere = np.full(clusters, -1, np.int64)
    population = Population(hash_names(7, names), np.full(clusters, nodes), strata, values, nowhere, names)
    begun = np.where(np.arange(clusters) < canary_clusters, CANARIES, 0)
    return Field(population, (np.ones(clusters, np.bool_),), begun)


def strike(minute: float, unit: int, updated: bool, *strata: str) -> Strike:
    return Strike(BEGAN + minute * 60, unit, updated, strata or (COMMON,))


def after(strikes: Sequence[Strike], ground: Field | None = None, known: Strikes | None = None) -> Strikes:
    last = max(each.at for each in strikes)
    return counted(known or Strikes(BEGAN), strikes, ground or fleet(), RATIO, last + SETTLE_SECONDS)


def test_the_canaries_of_three_clusters_that_are_struck_and_hardly_another_of_the_fleet_are_harm() -> None:
    few = [strike(10 + number, number, True, RARE) for number in range(3)]
    found = after([*few, strike(11, 60, False)])
    assert (found.updated, found.others) == (3, 1)
    assert found.log_value > -math.log(ALPHA)
    evidence = Evidence(strikes=found)
    assert evidence.shows_harm(ALPHA)
    assert not Evidence(strikes=after(few[:1])).raises_suspicion(ALPHA)


def test_the_same_beside_as_many_of_the_others_as_chance_gives_is_none() -> None:
    others = [strike(10 + number, 20 + number % 80, False) for number in range(80)]
    found = after([*others, *(strike(20 + number, number, True) for number in range(2))])
    assert found.log_value < -math.log(ALPHA) / 2


def test_a_stratum_speaks_for_itself_where_all_nodes_together_say_little() -> None:
    """Nodes of the common kind die everywhere; of the rare kind, only those that are updated do."""
    noise = [strike(5 + number, 20 + number % 80, False) for number in range(60)]
    found = after([*noise, *(strike(20 + 3 * number, number, True, RARE) for number in range(2))])
    assert max(found.rows[RARE][:4]) > max(found.rows[ALL_NODES][:4])
    assert COMMON not in {name for name, row in found.rows.items() if max(row[:4]) > 0}


def test_who_has_begun_by_value_makes_a_strike_of_a_rare_value_count_for_more() -> None:
    """Each cluster has begun three nodes and has four rare ones: as far as that goes, any of the three may be rare."""
    ground = fleet()
    known = np.zeros((CLUSTERS, 2), np.int64)
    known[:CANARY_CLUSTERS] = (1, 2)
    told = Field(ground.population, ground.stages, ground.begun, lambda: known)
    struck = [strike(10, 0, True, RARE)]
    known_rows, guessed_rows = after(struck, told).rows, after(struck, ground).rows
    assert max(known_rows[RARE][:4]) > max(guessed_rows[RARE][:4]) + 0.5
    assert known_rows[ALL_NODES] == guessed_rows[ALL_NODES]


def test_how_many_values_share_the_weight_is_fixed_at_the_first_strike() -> None:
    first = after([strike(10, 0, True, RARE)])
    assert first.strata == LEAST_SHARING
    assert after([strike(20, 1, True, RARE)], known=first).strata == LEAST_SHARING
    earlier = Strikes(BEGAN, rows=first.rows)
    assert after([strike(20, 1, True, RARE)], known=earlier).strata == STRIKE_ROWS_MAX


def test_a_cluster_counts_once_on_the_updated_side_and_each_time_on_the_other() -> None:
    again = [strike(60 * number, 0, True) for number in range(1, 6)]
    found = after(again)
    assert found.updated == 1
    assert len(found.counted) == 1
    assert after([strike(60 * number, 70, False) for number in range(1, 6)]).others == 5


def test_it_waits_until_a_strike_has_settled_and_says_until_when() -> None:
    one = strike(10, 0, True)
    ground, known = fleet(), Strikes(BEGAN)
    assert counted(known, [one], ground, RATIO, one.at + SETTLE_SECONDS - 1) is known
    assert next_strike_at(known, [one], one.at + 1) == one.at + SETTLE_SECONDS
    done = counted(known, [one], ground, RATIO, one.at + SETTLE_SECONDS)
    assert done.updated == 1
    assert next_strike_at(done, [one], one.at + SETTLE_SECONDS) == math.inf


def test_looks_cut_anywhere_and_a_crash_between_them_change_nothing() -> None:
    strikes = [strike(7 * number, number % 30, number % 4 == 0, RARE) for number in range(1, 30)]
    whole = after(strikes)
    cut = Strikes(BEGAN)
    for look in range(1, 230):
        cut = counted(cut, strikes[: look // 5 + 3], fleet(), RATIO, BEGAN + look * 60.0)
    again = counted(cut, strikes, fleet(), RATIO, BEGAN + 230 * 60.0)
    assert (again.rows, again.counted, again.updated) == (whole.rows, whole.counted, whole.updated)


def test_clusters_of_no_stage_count_for_nothing_and_what_is_remembered_is_bounded() -> None:
    ground = fleet()
    nobody = Field(ground.population, (np.zeros(CLUSTERS, np.bool_),), ground.begun)
    assert after([strike(5, 0, True)], nobody).rows == {}
    wide = fleet(clusters=COUNTED_MAX + 50, canary_clusters=COUNTED_MAX + 50)
    many = after([strike(number / 10, number, True) for number in range(1, COUNTED_MAX + 50)], wide)
    assert len(many.counted) == COUNTED_MAX
    assert len(many.rows) <= STRIKE_ROWS_MAX + 1


def test_a_person_who_accepts_begins_the_wealth_anew() -> None:
    ground = fleet()
    last = BEGAN + 3600.0
    known = with_strikes(NO_EVIDENCE, [], ground, RATIO, BEGAN)
    harmful = [strike(10 + number, number, True, RARE) for number in range(4)]
    known = with_strikes(known, harmful, ground, RATIO, last)
    assert known.shows_harm(ALPHA)
    anew = forgotten(known)
    assert anew.strikes is not None
    assert anew.strikes.rows == {}
    assert with_strikes(anew, harmful, ground, RATIO, last) is anew


def harmless(random: np.random.Generator, ground: Field) -> list[Strike]:
    """A week: nodes die one by one, some clusters far more often than others, and now and then a whole cluster does."""
    worse = random.permutation(CLUSTERS)[: CLUSTERS // 10]
    rate = np.where(np.isin(np.arange(CLUSTERS), worse), 3.0, 1.0)
    events = []
    for unit in np.repeat(np.arange(CLUSTERS), random.poisson(rate)):
        share = ground.begun[unit] / NODES
        size = 1 if random.random() < 0.9 else 20
        rare = random.random() < RARE_NODES / NODES
        events.append((random.uniform(0, 7 * 24 * 60), int(unit), bool(random.random() < share**size), rare))
    return [strike(at, unit, updated, RARE if rare else COMMON) for at, unit, updated, rare in sorted(events)]


def test_a_harmless_release_is_seldom_accused_however_often_one_looks() -> None:
    random, ground = np.random.default_rng(11), fleet(canary_clusters=40)
    runs, accused = 300, 0
    for _ in range(runs):
        known, peak = Strikes(BEGAN), 0.0
        strikes = harmless(random, ground)
        for each in strikes:
            known = counted(known, [each], ground, RATIO, each.at + SETTLE_SECONDS)
            peak = max(peak, known.log_value)
        accused += peak >= -math.log(ALPHA)
    assert accused <= runs * ALPHA
    assert QUIET_SECONDS > SETTLE_SECONDS

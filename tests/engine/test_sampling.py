"""Waves are stratified samples: in proportion, by names and the seed alone, each within the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from myriarch.api.policy import ReleasePolicySpec, Stage, Wave
from myriarch.base.hashing import hash_names, mix
from myriarch.engine.plan import plan_release
from myriarch.engine.population import Bools, Ints, Population
from myriarch.engine.sampling import next_in_order

EXAMPLES = settings(max_examples=80, deadline=None, database=None, derandomize=True)
STRATA = st.lists(st.integers(0, 5), min_size=1, max_size=80)


def population(strata: list[int], seed: int = 1) -> Population:
    names = [f"c{unit}" for unit in range(len(strata))]
    one, none = np.ones(len(names), np.int64), np.full(len(names), -1, np.int64)
    hashed = mix(np.array(strata, np.uint64) + np.uint64(seed * 1_000_003))
    return Population(
        hash_names(seed, names), one, np.empty((len(names), 0), np.int64), (), none, names, stratum=hashed
    )


def taking_part(strata: list[int], size: int | str, seed: int = 1) -> Bools:
    spec = ReleasePolicySpec(stages=[Stage(name="s", waves=[Wave(clusters=size)])])
    units = population(strata, seed)
    return plan_release(spec, units, [np.ones(units.size, np.bool_)], [[None]]).stages[0].waves[0].ceiling > 0


@EXAMPLES
@given(STRATA, st.integers(1, 80))
def test_a_wave_holds_every_stratum_in_proportion(strata: list[int], size: int) -> None:
    size = min(size, len(strata))
    chosen = taking_part(strata, size)
    assert chosen.sum() == size
    kinds = np.array(strata)
    for kind in set(strata):
        share = (kinds == kind).sum() * size / len(strata)
        # Each stratum is rounded up or down at a common share, which the others' rounding moves a little.
        slack = 1 + (kinds == kind).sum() * len(set(strata)) / len(strata)
        assert abs((chosen & (kinds == kind)).sum() - share) <= slack


@EXAMPLES
@given(STRATA, st.randoms(use_true_random=False))
def test_names_decide_not_places(strata: list[int], dice: object) -> None:
    there = np.arange(len(strata))
    dice.shuffle(there)  # type: ignore[attr-defined]
    units = population(strata)
    assert units.stratum is not None
    moved = Population(
        units.order[there], units.weight, units.strata, (), units.domain,
        [units.names[int(i)] for i in there], stratum=units.stratum[there],
    )  # fmt: skip
    assert _names(units, np.argsort(units.order)) == _names(moved, np.argsort(moved.order))


def _names(units: Population, ranked: Ints) -> list[str]:
    nobody = np.zeros(units.size, np.bool_)
    return [units.names[int(row)] for row in next_in_order(units, ranked, nobody)]


def test_waves_contain_those_before_and_make_up_for_what_stands_in_already() -> None:
    strata = [0] * 90 + [1] * 10
    units = population(strata)
    inside = np.zeros(100, np.bool_)
    inside[90:95] = True  # a covering wave took half of the small stratum
    ranked = np.argsort(units.order)
    following = next_in_order(units, ranked, inside)[:40]
    assert not inside[following].any()
    assert (following < 90).sum() >= 39, "the small stratum has its share already"
    before = np.zeros(100, np.bool_)
    for size in (5, 20, 21, 60, 100):
        chosen = taking_part(strata, size)
        assert (chosen >= before).all()
        before = chosen


def test_small_strata_together_are_met_early_enough() -> None:
    """Fifty clusters that are one of a kind each: a wave of a tenth holds about five of them, whatever the seed."""
    strata = [0] * 150 + list(range(1, 51))
    met = [int(taking_part(strata, "10%", seed)[150:].sum()) for seed in range(60)]
    assert 4 <= np.mean(met) <= 6
    assert max(met) <= 12


def test_units_without_nodes_join_last() -> None:
    for units in (population([0, 0, 1, 1, 2]), replace(population([0] * 5), stratum=None)):
        units = replace(units, weight=np.array([1, 0, 1, 0, 1]))
        order = next_in_order(units, np.argsort(units.order), np.zeros(5, np.bool_))
        assert set(order[-2:].tolist()) == {1, 3}


def test_without_strata_the_order_is_of_hashes() -> None:
    units = population([0, 1, 2, 3, 4, 5])
    ranked = np.argsort(units.order)
    plain = Population(units.order, units.weight, units.strata, (), units.domain, units.names)
    assert next_in_order(plain, ranked, np.zeros(6, np.bool_)).tolist() == ranked.tolist()

"""Gangs are in a wave as a whole or not at all, in a fleet's plan and among the nodes that a ceiling lets begin."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.test_invariants import PLAYED

from myriarch.api.budgets import Budgets
from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.hashing import hash_names
from myriarch.engine.gangs import bundles, fitting
from myriarch.engine.partition import label_column, partitions_of
from myriarch.engine.plan import plan_release
from myriarch.engine.population import Population, Value

BUDGETS = msgspec.yaml.decode("gangs: [{label: job, kind: SameWave}, {label: pair, kind: SameWave}]", type=Budgets)
WAVES = (
    "[{clusters: 1}, {clusters: 50%}, {}]",
    "[{clusters: cover, nodes: cover}, {nodes: 50%}, {}]",
    "[{clusters: 2, nodes: 1}, {exposure: 30%}, {exposure: 60%}, {}]",
)


@st.composite
def populations(draw: st.DrawFn) -> Population:
    size = draw(st.integers(1, 12))
    names = [f"u{number}" for number in range(size)]
    columns = {
        label: label_column(draw(st.lists(st.sampled_from([None, "a", "b", "c"]), min_size=size, max_size=size)))
        for label in BUDGETS.labels
    }
    weight = np.array(draw(st.lists(st.integers(0, 9), min_size=size, max_size=size)), np.int64)
    strata = np.stack([weight // 2, weight - weight // 2], axis=1)
    values = (Value("os", "x"), Value("os", "y"))
    partitions = partitions_of(BUDGETS, columns, size)
    nowhere = np.full(size, -1, np.int64)
    return Population(
        hash_names(draw(st.integers(0, 9)), names), weight, strata, values, nowhere, names, partitions=partitions
    )


@PLAYED
@given(populations(), st.sampled_from(WAVES))
def test_no_wave_of_a_plan_splits_a_gang(population: Population, waves: str) -> None:
    spec = msgspec.yaml.decode(f"stages: [{{name: s, waves: {waves}}}]", type=ReleasePolicySpec)
    everyone = np.ones(population.size, np.bool_)
    plan = plan_release(spec, population, [everyone], [[None] * len(spec.stages[0].waves)])
    bundle = bundles(population)
    assert bundle is not None
    before = np.zeros(population.size, np.int64)
    for wave in plan.stages[0].waves:
        for number in np.unique(bundle):
            gang = (bundle == number) & (population.weight > 0)
            assert len(set((wave.ceiling[gang] > 0).tolist())) <= 1
        assert (wave.ceiling >= before).all()
        before = wave.ceiling
    assert (before == population.weight).all()


def test_gangs_that_share_a_unit_hang_together() -> None:
    columns = {"job": label_column(["x", "x", None, None]), "pair": label_column([None, "p", "p", None])}
    population = _population(columns, 4)
    bundle = bundles(population)
    assert bundle is not None
    assert bundle.tolist() == [0, 0, 0, 3]


@pytest.mark.parametrize(("room", "chosen"), [(0, []), (1, [3]), (2, [3]), (3, [0, 1, 2]), (4, [0, 1, 2, 3])])
def test_a_ceiling_lets_whole_gangs_begin(room: int, chosen: list[int]) -> None:
    """One that is too large for the ceiling is passed over."""
    columns = {"job": label_column(["x", "x", "x", None]), "pair": label_column([None] * 4)}
    found = fitting(bundles(_population(columns, 4)), np.arange(4), room, np.ones(4, np.bool_))
    assert sorted(found.tolist()) == chosen


def _population(columns: dict[str, object], size: int) -> Population:
    partitions = partitions_of(BUDGETS, columns, size)  # type: ignore[arg-type]
    ones, names = np.ones(size, np.int64), [f"u{number}" for number in range(size)]
    return Population(
        hash_names(0, names), ones, np.empty((size, 0), np.int64), (), -ones, names, partitions=partitions
    )

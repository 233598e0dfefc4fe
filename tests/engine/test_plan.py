"""Plans over random populations: ceilings never fall, caps are kept, what is covered is covered, names decide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from myriarch.api.policy import AttributeCoverage, Coverage, Exponential, ReleasePolicySpec, Stage, Wave
from myriarch.base.errors import UserFault
from myriarch.base.hashing import hash_names
from myriarch.engine.amounts import parse_amount
from myriarch.engine.cover import cover_nodes, cover_units, share_out
from myriarch.engine.plan import ReleasePlan, plan_release
from myriarch.engine.policy_check import policy_faults
from myriarch.engine.population import Population, Value

EXAMPLES = settings(max_examples=60, deadline=None, database=None, derandomize=True)
WAVES = st.lists(
    st.builds(
        Wave,
        clusters=st.sampled_from(["cover", 1, 2, "10%", "50%", "100%"]),
        nodes=st.sampled_from(["cover", 1, 3, "10%", "50%", "100%"]),
        exposure=st.sampled_from([None, "5%", "40%", 7]),
    ),
    min_size=1,
    max_size=5,
)


def population_of(table: list[list[int]], seed: int = 1) -> Population:
    """Rows are units, columns the nodes with each of three values of ``os`` (the unit's nodes in all)."""
    strata = np.array(table, np.int64)
    names = [f"u{i}" for i in range(len(table))]
    values = tuple(Value("os", str(i)) for i in range(strata.shape[1]))
    weight = strata.sum(axis=1)
    return Population(hash_names(seed, names), weight, strata, values, np.full(len(names), -1, np.int64), names)


TABLES = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=1, max_size=12)


def plan(stage: Stage, population: Population, coverage: Coverage | None = None) -> ReleasePlan:
    spec = ReleasePolicySpec(stages=[stage], coverage=coverage or Coverage())
    everyone = np.ones(population.size, np.bool_)
    return plan_release(spec, population, [everyone], [[None] * max(len(stage.waves), 1)])


@EXAMPLES
@given(WAVES, TABLES)
def test_ceilings_never_fall_and_keep_their_caps(waves: list[Wave], table: list[list[int]]) -> None:
    population = population_of(table)
    total = int(population.weight.sum())
    before = np.zeros(population.size, np.int64)
    for wave, planned in zip(waves, plan(Stage(name="s", waves=waves), population).stages[0].waves, strict=True):
        assert (planned.ceiling >= before).all()
        assert (planned.ceiling <= population.weight).all()
        if wave.exposure is not None:
            cap = parse_amount(wave.exposure, "exposure").at_most(total)
            assert planned.nodes <= max(cap, int(before.sum()))
        before = planned.ceiling


@EXAMPLES
@given(WAVES, TABLES, st.randoms(use_true_random=False))
def test_names_decide_not_places(waves: list[Wave], table: list[list[int]], dice: object) -> None:
    population = population_of(table)
    there = np.arange(population.size)
    dice.shuffle(there)  # type: ignore[attr-defined]
    moved = Population(
        population.order[there],
        population.weight[there],
        population.strata[there],
        population.values,
        population.domain[there],
        [population.names[int(i)] for i in there],
    )
    one, other = (plan(Stage(name="s", waves=waves), p).stages[0].waves for p in (population, moved))
    for here, elsewhere in zip(one, other, strict=True):
        assert (here.ceiling[there] == elsewhere.ceiling).all()


@EXAMPLES
@given(TABLES, st.integers(1, 4))
def test_a_covering_wave_covers_and_owes_what_is_wanted(table: list[list[int]], wanted: int) -> None:
    population = population_of(table)
    coverage = Coverage(per_value=1, attributes=[AttributeCoverage(attribute="os", per_value=wanted)])
    wave = plan(Stage(name="s", waves=[Wave(clusters="cover", nodes="cover")]), population, coverage).stages[0].waves[0]
    supply = population.strata.sum(axis=0)
    assert (wave.owed.sum(axis=0) == np.minimum(supply, wanted)).all()
    assert (wave.owed <= population.strata[wave.covering]).all()
    assert (wave.ceiling[wave.covering] >= wave.owed.sum(axis=1)).all()
    assert not wave.ceiling[np.setdiff1d(np.arange(population.size), wave.covering)].any()


@EXAMPLES
@given(TABLES, st.integers(1, 4))
def test_no_unit_of_a_cover_is_idle(table: list[list[int]], wanted: int) -> None:
    population = population_of(table)
    want = np.full(3, wanted)
    everyone = np.ones(population.size, np.bool_)
    chosen = cover_units(population.strata, want, population.order, population.weight, everyone)
    assert len(set(chosen.tolist())) == len(chosen)
    assert share_out(population.strata, want, chosen).sum() == np.minimum(population.strata.sum(axis=0), want).sum()


def test_nodes_that_began_count_for_the_cover() -> None:
    member = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.bool_)
    order = np.arange(4, dtype=np.uint64)
    everyone = np.ones(4, np.bool_)
    began = np.array([True, False, False, False])
    assert cover_nodes(member, np.array([1, 1]), order, everyone, np.zeros(4, np.bool_)).tolist() == [0, 2]
    assert cover_nodes(member, np.array([1, 1]), order, everyone, began).tolist() == [2]
    assert cover_nodes(member, np.array([2, 9]), order, everyone, began).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("start", "factor", "sizes"), [(1, 2, [1, 2, 4, 8, 10]), (3, 1.2, [3, 4, 5, 6, 7, 8, 10]), (20, 2, [10])]
)
def test_exponential_growth_ends_with_everyone(start: int, factor: float, sizes: list[int]) -> None:
    stage = Stage(name="s", exponential=Exponential(start=start, factor=factor))
    waves = plan(stage, population_of([[1, 0, 0]] * 10)).stages[0].waves
    assert [wave.nodes for wave in waves] == sizes


@pytest.mark.parametrize(
    ("value", "total", "ceiling", "limit"),
    [(3, 10, 3, 3.0), (30, 10, 10, 30.0), ("10%", 10, 1, 1.0), ("1%", 10, 1, 0.1), ("0%", 10, 0, 0.0),
     ("29%", 100, 29, 29.0), ("50%", 0, 0, 0.0), ("12.5%", 8, 1, 1.0)],
)  # fmt: skip
def test_amounts(value: int | str, total: int, ceiling: int, limit: float) -> None:
    amount = parse_amount(value, "f")
    assert amount.at_most(total) == ceiling
    assert amount.floor(total) == pytest.approx(limit)


@pytest.mark.parametrize("value", [-1, "ten", "101%", "-3%", "5 %", ""])
def test_amounts_that_are_none(value: int | str) -> None:
    with pytest.raises(UserFault) as caught:
        parse_amount(value, "spec.x")
    assert caught.value.field == "spec.x"


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        (ReleasePolicySpec(stages=[Stage(name="a")]), []),
        (ReleasePolicySpec(stages=[]), ["spec.stages"]),
        (
            ReleasePolicySpec(stages=[Stage(name="a", environment="x"), Stage(name="a", environment="y")]),
            ["spec.stages[1].name"],
        ),
        (ReleasePolicySpec(stages=[Stage(name="a", soak="soon")]), ["spec.stages[0].soak"]),
        (
            ReleasePolicySpec(stages=[Stage(name="a", waves=[Wave(clusters=5), Wave(clusters=2)])]),
            ["spec.stages[0].waves[1].clusters"],
        ),
        (
            ReleasePolicySpec(stages=[Stage(name="a", waves=[Wave(clusters="50%"), Wave(clusters="cover")])]),
            ["spec.stages[0].waves[1].clusters"],
        ),
        (
            ReleasePolicySpec(stages=[Stage(name="a", waves=[Wave()], exponential=Exponential())]),
            ["spec.stages[0].exponential"],
        ),
        (
            ReleasePolicySpec(stages=[Stage(name="a", waves=[Wave(nodes=0, exposure="200%")])]),
            ["spec.stages[0].waves[0].nodes", "spec.stages[0].waves[0].exposure"],
        ),
    ],
)
def test_faults_of_policies_name_their_fields(spec: ReleasePolicySpec, fields: list[str]) -> None:
    faults = policy_faults(spec)
    assert [fault.field for fault in faults] == fields
    assert all(fault.cure and fault.problem for fault in faults)

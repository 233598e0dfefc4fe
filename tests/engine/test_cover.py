"""Covering sets beside the optimum, and pairs of attributes as strata."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.engine.optimal_cover import optimal_cost

from myriarch.api.policy import AttributeCoverage, Coverage, ReleasePolicySpec, Stage, Wave
from myriarch.api.strata import PAIRS_MAX
from myriarch.base.hashing import hash_names
from myriarch.engine.cover import cover_units
from myriarch.engine.pairs import on_nodes, with_pairs
from myriarch.engine.plan import plan_release
from myriarch.engine.policy_check import policy_faults
from myriarch.engine.population import Population, Value
from myriarch.engine.uncovered import unmet_values, without_healthy_unit

SHARED = frozenset({"provider", "role"})
VALUES = (
    Value("kernel", "5.15"),
    Value("kernel", "6.8"),
    Value("provider", "aws"),
    Value("provider", "metal"),
    Value("role", "web"),
)
ROWS = [[4, 0, 4, 0, 4], [2, 2, 4, 0, 4], [6, 0, 0, 6, 6], [0, 3, 0, 3, 3]]


def fleet(rows: list[list[int]] = ROWS) -> Population:
    """Clusters a, b, … with nodes of two kernels, at two providers, all of one role."""
    strata = np.array(rows, np.int64)
    names = [chr(ord("a") + row) for row in range(len(rows))]
    none = np.full(len(rows), -1, np.int64)
    weight = strata[:, :2].sum(axis=1)
    return Population(hash_names(1, names), weight, strata, VALUES, none, names, shared=SHARED)


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(
    st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), min_size=1, max_size=10),
    st.lists(st.integers(0, 4), min_size=4, max_size=4),
)
def test_greedy_keeps_its_bound_to_the_optimum(table: list[list[int]], wanted: list[int]) -> None:
    strata = np.array(table, np.int64)
    weight, need = strata.sum(axis=1), np.minimum(wanted, strata.sum(axis=0))
    assume(need.any())
    order = hash_names(1, [f"u{row}" for row in range(len(table))])
    chosen = cover_units(strata, np.array(wanted), order, weight, np.ones(len(table), np.bool_))
    assert (strata[chosen].sum(axis=0) >= need).all()
    cost = float(np.sqrt(np.maximum(weight[chosen], 1)).sum())
    most = int(np.minimum(strata, need).sum(axis=1).max())
    harmonic = sum(1 / k for k in range(1, most + 1))
    optimum = optimal_cost(table, wanted, weight.tolist())
    assert optimum - 1e-9 <= cost <= harmonic * optimum + 1e-9
    for unit in chosen:
        assert (strata[chosen].sum(axis=0) - strata[unit] < need).any(), "a unit that the others make superfluous"


def test_greedy_is_near_the_optimum_where_units_are_alike() -> None:
    dice = np.random.default_rng(5)
    ratios = []
    for _ in range(40):
        strata = (dice.random((11, 6)) < 0.3).astype(np.int64) * dice.integers(1, 4, (11, 6))
        weight, wanted = dice.integers(1, 200, 11), np.full(6, 2)
        order = dice.integers(0, 2**63, 11).astype(np.uint64)
        chosen = cover_units(strata, wanted, order, weight, np.ones(11, np.bool_))
        ratios.append(np.sqrt(weight[chosen]).sum() / max(optimal_cost(strata.tolist(), [2] * 6, weight.tolist()), 1.0))
    assert np.mean(ratios) < 1.1
    assert max(ratios) < 1.8


def test_pairs_with_an_attribute_of_clusters_are_counted_by_the_hub() -> None:
    population = with_pairs(fleet(), [["provider", "kernel"], ["role", "provider"], ["os", "kernel"]])
    joint = {str(value): population.strata[:, i].tolist() for i, value in enumerate(population.values)}
    assert joint["kernel+provider=5.15+aws"] == [4, 2, 0, 0]
    assert joint["kernel+provider=6.8+metal"] == [0, 0, 0, 3]
    assert joint["provider+role=metal+web"] == [0, 0, 6, 3]
    assert not any(value.attribute == "kernel+os" for value in population.values)


def test_a_named_pair_is_covered_and_an_unnamed_one_is_not_asked_for() -> None:
    everyone = np.ones(4, np.bool_)
    stages = [Stage(name="s", waves=[Wave(clusters="cover", nodes="cover"), Wave()])]
    single = ReleasePolicySpec(stages=stages, coverage=Coverage(per_value=1))
    paired = ReleasePolicySpec(stages=stages, coverage=Coverage(per_value=1, pairs=[["kernel", "provider"]]))
    population = with_pairs(fleet(), [["kernel", "provider"]])
    joint = [value.attribute == "kernel+provider" for value in population.values]
    for spec, owed in ((single, 0), (paired, 4)):
        wave = plan_release(spec, population, [everyone], [[None, None]]).stages[0].waves[0]
        assert int(wave.owed[:, joint].sum()) == owed
    assert len(wave.covering) > 1, "no single cluster is at two providers"


def test_what_every_cluster_shares_asks_for_no_canary() -> None:
    everyone = np.ones(4, np.bool_)
    spec = ReleasePolicySpec(stages=[Stage(name="s", waves=[Wave(clusters="cover", nodes="cover")])])
    stage = plan_release(spec, fleet(), [everyone], [[None]]).stages[0]
    assert stage.wanted.tolist() == [2, 2, 2, 2, 0]
    alone = plan_release(spec, fleet([[4, 0, 4, 0, 4]]), [np.ones(1, np.bool_)], [[None]]).stages[0]
    assert alone.waves[0].nodes > 0


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (Value("kernel", "5.15"), Value("kernel", "5.15")),
        (Value("provider", "aws"), None),
        (Value("provider+role", "aws+web"), None),
        (Value("kernel+provider", "6.1.0+x+aws"), Value("kernel", "6.1.0+x")),
        (Value("provider+zone", "aws+z1"), Value("zone", "z1")),
        (Value("gpuModel+kernel", "A10+5.15"), Value("gpuModel+kernel", "A10+5.15")),
    ],
)
def test_what_a_cluster_is_told_to_cover_is_of_its_nodes(value: Value, found: Value | None) -> None:
    assert on_nodes(value, {"provider": "aws", "role": "web"}) == found


def test_values_that_no_healthy_unit_shows_are_found() -> None:
    spec = ReleasePolicySpec(stages=[Stage(name="s", waves=[Wave(clusters="cover", nodes="cover")])])
    stage = plan_release(spec, fleet(), [np.array([True, True, True, False])], [[None]]).stages[0]
    lost = without_healthy_unit(stage, fleet(), np.array([True, False, True, True]))
    assert [str(v) for v, gone in zip(VALUES, lost, strict=True) if gone] == ["kernel=6.8"]
    assert not without_healthy_unit(stage, fleet(), np.ones(4, np.bool_)).any()


def test_values_that_no_canary_met_are_found() -> None:
    population = fleet()
    spec = ReleasePolicySpec(stages=[Stage(name="s", waves=[Wave(clusters="cover", nodes="cover")])])
    wave = plan_release(spec, population, [np.ones(4, np.bool_)], [[None]]).stages[0].waves[0]
    everyone = np.ones(4, np.bool_)
    assert not unmet_values(wave, population, everyone, {}).any()
    assert unmet_values(wave, population, ~everyone, {}).sum() == 4
    lacking = {int(unit): frozenset({VALUES[1]}) for unit in wave.covering}
    assert unmet_values(wave, population, everyone, lacking).tolist() == [False, True, False, False, False]


@pytest.mark.parametrize(
    ("coverage", "field", "problem"),
    [
        (Coverage(pairs=[["gpuModel", "colour"]]), "spec.coverage.pairs[0][1]", "is no attribute"),
        (Coverage(pairs=[["kernel", "kernel"]]), "spec.coverage.pairs[0]", "names the same attribute twice"),
        (Coverage(pairs=[["kernel"]]), "spec.coverage.pairs[0]", "names 1 attributes"),
        (Coverage(pairs=[["os", "arch"], ["arch", "os"]]), "spec.coverage.pairs[1]", "is the same pair as pairs[0]"),
        (Coverage(attributes=[AttributeCoverage(attribute="gpu", per_value=1)]),
         "spec.coverage.attributes[0].attribute", "is no attribute"),
        (Coverage(attributes=[AttributeCoverage(attribute="kernel+os", per_value=1)]),
         "spec.coverage.attributes[0].attribute", "is no pair of the policy"),
    ],
)  # fmt: skip
def test_faults_of_coverage_name_their_field(coverage: Coverage, field: str, problem: str) -> None:
    (fault,) = policy_faults(ReleasePolicySpec(stages=[Stage(name="s")], coverage=coverage))
    assert (fault.field, problem in fault.problem) == (field, True), fault
    assert fault.cure


def test_too_many_pairs_are_refused() -> None:
    others = ["os", "kernel", "gpuModel", "zone", "pool", "shape", "role", "cni", "region"]
    pairs = [["arch", other] for other in others]
    faults = policy_faults(ReleasePolicySpec(stages=[Stage(name="s")], coverage=Coverage(pairs=pairs)))
    assert [fault.field for fault in faults] == ["spec.coverage.pairs"]
    assert str(PAIRS_MAX) in faults[0].problem
    sound = Coverage(pairs=pairs[:PAIRS_MAX], attributes=[AttributeCoverage(attribute="arch+os", per_value=3)])
    assert not policy_faults(ReleasePolicySpec(stages=[Stage(name="s")], coverage=sound))
    assert (sound.wanted("arch+os"), sound.wanted("arch+kernel"), sound.wanted("cni+os")) == (3, 2, 0)

"""A million units can be planned; how long that takes is measured by ``bench/plan.py``, not here."""

from __future__ import annotations

import numpy as np
import pytest

from bench import plan as bench
from myriarch.base.hashing import mix
from myriarch.engine.population import Population, Value

UNITS = 1_000_000


def test_a_million_nodes_are_covered_and_planned() -> None:
    codes = np.arange(UNITS) % 997 % 7
    strata = np.zeros((UNITS, 7), np.int64)
    strata[np.arange(UNITS), codes] = 1
    ones = np.ones(UNITS, np.int64)
    values = tuple(Value("shape", str(code)) for code in range(7))
    names = range(UNITS)
    order = mix(np.arange(UNITS, dtype=np.uint64))
    waves = bench.plan(bench.BY_COVERAGE, Population(order, ones, strata, values, -ones, names)).stages[0].waves  # type: ignore[arg-type]
    assert [wave.nodes for wave in waves] == [70, 100_000, 300_000, UNITS]
    assert (waves[0].owed.sum(axis=0) == 10).all()


def test_the_bench_plans_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "NODES", 20_000)
    monkeypatch.setattr(bench, "CLUSTERS", 300)
    assert bench.plan_million().clusters_by_coverage_seconds > 0
    codes = bench.draw_codes(np.random.default_rng(3))
    nodes, clusters = bench.node_population(codes, 3), bench.cluster_population(codes, 3)
    assert nodes.weight.sum() == clusters.weight.sum() == 20_000
    assert (nodes.strata.sum(axis=0) == clusters.strata.sum(axis=0)).all()
    kinds = bench.of_kinds(clusters, codes, 3)
    for attribute in ("provider", "role", "gpuModel+kernel"):
        of_it = [value.attribute == attribute for value in kinds.values]
        assert (kinds.strata[:, of_it].sum(axis=1) == kinds.weight).all()
    covered = bench.plan(bench.BY_PAIRS, kinds)
    assert any(value.attribute == "kernel+provider" for value in covered.population.values)

"""Plans of a million units: how long people wait for ``release plan``.

Two populations of the same fleet: its million nodes as units of a cluster's kind (weight 1, one value of each
attribute), and its ten thousand clusters with the nodes of each attribute value. Both are drawn from a seed; only the
planning is measured, not the drawing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np

from myriarch.api.policy import Coverage, ReleasePolicySpec, Stage, Wave
from myriarch.base.clock import wall_seconds
from myriarch.base.hashing import mix
from myriarch.engine.plan import ReleasePlan, plan_release
from myriarch.engine.population import Ints, Population, Value

NODES = 1_000_000
CLUSTERS = 10_000
ATTRIBUTES = {"os": 4, "kernel": 12, "shape": 30, "gpuModel": 6, "kubernetesMinor": 5, "zone": 9}
"""How many values each attribute has; the later ones of each are rare."""

BY_WAVES = ReleasePolicySpec(
    stages=[
        Stage(
            name="production",
            waves=[Wave(clusters="1%"), Wave(clusters="10%"), Wave(clusters="50%", exposure="40%"), Wave()],
        )
    ]
)
BY_COVERAGE = ReleasePolicySpec(
    stages=[
        Stage(
            name="production",
            waves=[
                Wave(clusters="cover", nodes="cover"),
                Wave(clusters="10%", nodes="10%"),
                Wave(clusters="50%", nodes="50%", exposure="30%"),
                Wave(),
            ],
        )
    ],
    coverage=Coverage(per_value=10),
)


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """Seconds that each plan took."""

    nodes_by_waves_seconds: float
    nodes_by_coverage_seconds: float
    clusters_by_waves_seconds: float
    clusters_by_coverage_seconds: float


def plan_million(seed: int = 7) -> PlanFigures:
    """Plan a million nodes and ten thousand clusters, each by waves and with coverage."""
    codes = draw_codes(np.random.default_rng(seed))
    nodes, clusters = node_population(codes, seed), cluster_population(codes, seed)
    return PlanFigures(
        _timed(BY_WAVES, nodes), _timed(BY_COVERAGE, nodes), _timed(BY_WAVES, clusters), _timed(BY_COVERAGE, clusters)
    )


def _timed(spec: ReleasePolicySpec, population: Population) -> float:
    began = wall_seconds()
    plan(spec, population)
    return wall_seconds() - began


def plan(spec: ReleasePolicySpec, population: Population) -> ReleasePlan:
    everyone = np.ones(population.size, np.bool_)
    return plan_release(spec, population, [everyone], [[None] * len(spec.stages[0].waves)])


def node_population(codes: Ints, seed: int) -> Population:
    """A million units of one node each. ``codes`` int64[NODES, attributes] are columns of the strata."""
    strata = np.zeros((NODES, sum(ATTRIBUTES.values())), np.int64)
    np.put_along_axis(strata, codes, 1, axis=1)
    return _population(strata, np.ones(NODES, np.int64), seed)


def cluster_population(codes: Ints, seed: int) -> Population:
    """Ten thousand units, whose nodes are the million's, dealt out unevenly."""
    width = sum(ATTRIBUTES.values())
    dice = np.random.default_rng(seed + 1)
    owner = np.sort((dice.random(NODES) ** 2 * CLUSTERS).astype(np.int64))
    flat = (owner[:, None] * width + codes).ravel()
    strata = np.bincount(flat, minlength=CLUSTERS * width).reshape(CLUSTERS, width)
    return _population(strata, np.bincount(owner, minlength=CLUSTERS), seed)


def draw_codes(dice: np.random.Generator) -> Ints:
    """Column of each node's value, for each attribute: int64[NODES, attributes]."""
    starts = np.cumsum([0, *ATTRIBUTES.values()])[:-1]
    drawn = [(dice.random(NODES) ** 2.5 * count).astype(np.int64) for count in ATTRIBUTES.values()]
    codes: Ints = np.stack(drawn, axis=1) + starts
    return codes


def _population(strata: Ints, weight: Ints, seed: int) -> Population:
    size = len(weight)
    values = tuple(Value(name, str(code)) for name, count in ATTRIBUTES.items() for code in range(count))
    order = mix(np.arange(size, dtype=np.uint64) + np.uint64(seed))
    return Population(order, weight, strata, values, np.full(size, -1, np.int64), range(size))  # type: ignore[arg-type]


if __name__ == "__main__":
    print(json.dumps(asdict(plan_million())))

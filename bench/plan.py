"""Plans of a million units: how long people wait for ``release plan``.

Two populations of the same fleet: its million nodes as units of a cluster's kind (weight 1, one value of each
attribute), and its ten thousand clusters with the nodes of each attribute value. Both are drawn from a seed; only the
planning is measured, not the drawing. With coverage the clusters are of sixty kinds, which later waves hold in
proportion, and the policy names pairs of attributes: one of nodes, counted beforehand as agents do, and one with an
attribute of clusters, which is worked out as part of the plan.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

import msgspec
import numpy as np

from myriarch.api.policy import Coverage, ReleasePolicySpec, Stage, Wave
from myriarch.api.strata import pair_name, pair_value
from myriarch.base.clock import wall_seconds
from myriarch.base.hashing import mix
from myriarch.engine.pairs import with_pairs
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
PAIR = ("gpuModel", "kernel")
BY_PAIRS = msgspec.structs.replace(
    BY_COVERAGE, coverage=Coverage(per_value=10, pairs=[list(PAIR), ["provider", "kernel"]])
)
KINDS = {"provider": 5, "role": 12}
"""Attributes of clusters: how many values each has."""


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
    kinds = of_kinds(clusters, codes, seed)
    return PlanFigures(
        _timed(BY_WAVES, nodes), _timed(BY_COVERAGE, nodes), _timed(BY_WAVES, clusters), _timed(BY_PAIRS, kinds)
    )


def _timed(spec: ReleasePolicySpec, population: Population) -> float:
    began = wall_seconds()
    plan(spec, population)
    return wall_seconds() - began


def plan(spec: ReleasePolicySpec, population: Population) -> ReleasePlan:
    everyone = np.ones(population.size, np.bool_)
    paired = with_pairs(population, spec.coverage.pairs)
    return plan_release(spec, paired, [everyone], [[None] * len(spec.stages[0].waves)])


def node_population(codes: Ints, seed: int) -> Population:
    """A million units of one node each. ``codes`` int64[NODES, attributes] are columns of the strata."""
    strata = np.zeros((NODES, sum(ATTRIBUTES.values())), np.int64)
    np.put_along_axis(strata, codes, 1, axis=1)
    return _population(strata, np.ones(NODES, np.int64), seed)


def cluster_population(codes: Ints, seed: int) -> Population:
    """Ten thousand units, whose nodes are the million's, dealt out unevenly."""
    width = sum(ATTRIBUTES.values())
    owner = draw_owners(seed)
    flat = (owner[:, None] * width + codes).ravel()
    strata = np.bincount(flat, minlength=CLUSTERS * width).reshape(CLUSTERS, width)
    return _population(strata, np.bincount(owner, minlength=CLUSTERS), seed)


def of_kinds(clusters: Population, codes: Ints, seed: int) -> Population:
    """The clusters with providers and roles, and with their nodes of each pair of values of ``PAIR``."""
    first, second = (list(ATTRIBUTES).index(name) for name in PAIR)
    names = list(ATTRIBUTES)
    width = ATTRIBUTES[names[second]]
    joint = (codes[:, first] - codes[:, first].min()) * width + (codes[:, second] - codes[:, second].min())
    pairs = ATTRIBUTES[names[first]] * width
    counted = np.bincount(draw_owners(seed) * pairs + joint, minlength=CLUSTERS * pairs).reshape(CLUSTERS, pairs)
    dice = np.random.default_rng(seed + 2)
    kinds = {name: (dice.random(CLUSTERS) ** 2 * count).astype(np.int64) for name, count in KINDS.items()}
    shared = [clusters.weight * (kinds[name] == code) for name, count in KINDS.items() for code in range(count)]
    values = [Value(name, str(code)) for name, count in KINDS.items() for code in range(count)]
    values += [Value(pair_name(PAIR), pair_value(str(code // width), str(code % width))) for code in range(pairs)]
    return replace(
        clusters,
        strata=np.concatenate([clusters.strata, np.stack(shared, axis=1), counted], axis=1),
        values=(*clusters.values, *values),
        stratum=mix((kinds["provider"] * KINDS["role"] + kinds["role"]).astype(np.uint64)),
        shared=frozenset(KINDS),
    )


def draw_owners(seed: int) -> Ints:
    """The cluster of each node: int64[NODES], in order."""
    owners: Ints = np.sort((np.random.default_rng(seed + 1).random(NODES) ** 2 * CLUSTERS).astype(np.int64))
    return owners


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

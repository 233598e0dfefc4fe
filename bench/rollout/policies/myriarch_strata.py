"""The fleet as the engine's population: clusters as units, with the values of their nodes as strata; and tallies.

Racks are left out: there are too many to cover, and blame by place is the business of blame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from myriarch.api.strata import halves, pair_name, pair_value
from myriarch.base.hashing import hash_names, stable_hash
from myriarch.engine.observed import Tally
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Floats, Ints, Population, Value
from rollout.fleet import Fleet
from rollout.vocabulary import CLUSTER_ATTRIBUTES, NODE_ATTRIBUTES, values_of
from rollout.world import NEW, World

UNCOVERED = ("rack",)
OWN_NAMES = {"shape": "instanceType"}
"""What Myriarch calls by another name than the scenarios do."""
_OWN = {scenario: own for own, scenario in OWN_NAMES.items()}


@dataclass(frozen=True, eq=False)
class Strata:
    """``columns`` int64[n, a]: for each attribute, then each pair, the index of the node's value among the population's
    values."""

    population: Population
    columns: Ints

    @cached_property
    def floats(self) -> Floats:
        """float64[c, v]: the population's strata, as numpy multiplies them fast."""
        return self.population.strata.astype(np.float64)

    def member(self, rows: Ints) -> Bools:
        """bool[k, v]: which of the nodes has which value."""
        found = np.zeros((len(rows), len(self.population.values)), np.bool_)
        found[np.arange(len(rows))[:, None], self.columns[rows]] = True
        return found

    def count(self, chosen: Ints) -> Ints:
        """int64[v]: how many of the nodes int64[k] have each value."""
        return np.bincount(self.columns[chosen].ravel(), minlength=len(self.population.values))

    def count_by_cluster(self, chosen: Ints, cluster: Ints) -> Ints:
        """int64[c, v]: how many of the nodes int64[k] have each value, by the ``cluster`` int64[k] of each."""
        clusters, width = self.population.strata.shape
        cells = cluster[:, None] * width + self.columns[chosen]
        return np.bincount(cells.ravel(), minlength=clusters * width).reshape(clusters, width)

    def tallies(self, plan: ReleasePlan, world: World, failed: Bools) -> tuple[Tally, ...]:
        """Updated and failed nodes by value, stage by stage: told by the clusters in which something failed, estimated
        for the others from how much of them is updated, as ``controllers/release/columns.py`` does."""
        updated = (world.state == NEW) & ~failed
        telling = world.by_cluster(failed) > 0
        share = np.where(telling, 0.0, world.by_cluster(updated) / world.fleet.size)
        told = np.flatnonzero(updated & telling[world.fleet.cluster])
        lost = np.flatnonzero(failed)
        homes = world.fleet.cluster
        found = []
        for stage in plan.stages:
            exact = self.count(told[stage.members[homes[told]]])
            struck = self.count(lost[stage.members[homes[lost]]])
            found.append(Tally((share * stage.members) @ self.floats + exact, struck))
        return tuple(found)


def strata_of(fleet: Fleet, whole: bool, pairs: Sequence[Sequence[str]] = ()) -> Strata:
    """The population, with the joint values of ``pairs``. Where clusters move as one (``whole``), only attributes of
    clusters count."""
    known: tuple[str, ...] = CLUSTER_ATTRIBUTES if whole else (*CLUSTER_ATTRIBUTES, *NODE_ATTRIBUTES)
    attributes = [name for name in known if name not in UNCOVERED]
    values: list[Value] = []
    columns: list[Ints] = []
    for attribute in attributes:
        columns.append(fleet.columns[attribute].astype(np.int64) + len(values))
        values += [Value(_OWN.get(attribute, attribute), value) for value in values_of(attribute)]
    for first, second in dict.fromkeys((min(pair), max(pair)) for pair in pairs):
        if all(OWN_NAMES.get(name, name) in attributes for name in (first, second)):
            column, joint = _joint(fleet, first, second)
            columns.append(column + len(values))
            values += joint
    return Strata(_population(fleet, values, columns), np.stack(columns, axis=1))


def in_scenario_words(blame: Mapping[str, str]) -> dict[str, str]:
    """What Myriarch blames, in the names of the scenarios; a pair as its two attributes."""
    found: dict[str, str] = {}
    for attribute, value in blame.items():
        both = halves(attribute)
        parts = zip(both, value.split("+", 1), strict=True) if both is not None else ((attribute, value),)
        found |= {OWN_NAMES.get(name, name): part for name, part in parts}
    return found


def _joint(fleet: Fleet, first: str, second: str) -> tuple[Ints, list[Value]]:
    """For each node the number of its joint value, int64[n], and the values; attributes in Myriarch's names."""
    name = pair_name((first, second))
    first, second = OWN_NAMES.get(first, first), OWN_NAMES.get(second, second)
    ones, others = values_of(first), values_of(second)
    codes = fleet.columns[first].astype(np.int64) * len(others) + fleet.columns[second]
    kept, numbers = np.unique(codes, return_inverse=True)
    told = [pair_value(ones[code // len(others)], others[code % len(others)]) for code in kept.tolist()]
    return numbers, [Value(name, value) for value in told]


def _population(fleet: Fleet, values: list[Value], columns: list[Ints]) -> Population:
    width = len(values)
    flat = np.concatenate([fleet.cluster * width + column for column in columns])
    strata = np.bincount(flat, minlength=fleet.clusters * width).reshape(fleet.clusters, width)
    names = [f"cluster-{number:03}" for number in range(fleet.clusters)]
    nowhere = np.full(fleet.clusters, -1, np.int64)
    shared = [fleet.columns[name][fleet.first].tolist() for name in CLUSTER_ATTRIBUTES]
    alike = np.asarray([stable_hash(fleet.seed, *codes) for codes in zip(*shared, strict=True)], np.uint64)
    return Population(
        hash_names(fleet.seed, names),
        fleet.size,
        strata,
        tuple(values),
        nowhere,
        names,
        stratum=alike,
        shared=frozenset(CLUSTER_ATTRIBUTES),
    )

"""The fleet as the engine's population: clusters as units, with the values of their nodes as strata; and tallies.

Racks are left out: there are too many to cover, and blame by place is the business of blame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.base.hashing import hash_names
from myriarch.engine.observed import Tally
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Floats, Ints, Population, Value
from rollout.fleet import Fleet
from rollout.vocabulary import CLUSTER_ATTRIBUTES, NODE_ATTRIBUTES, values_of
from rollout.world import NEW, World

UNCOVERED = ("rack",)


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """``columns`` int64[n, a]: for each attribute the index of the node's value among the population's values.
    ``floats`` float64[c, v]: the population's strata, as numpy multiplies them fast."""

    population: Population
    columns: Ints
    floats: Floats

    def member(self, rows: Ints) -> Bools:
        """bool[k, v]: which of the nodes has which value."""
        found = np.zeros((len(rows), len(self.population.values)), np.bool_)
        found[np.arange(len(rows))[:, None], self.columns[rows]] = True
        return found

    def count(self, chosen: Ints) -> Ints:
        """int64[v]: how many of the nodes int64[k] have each value."""
        return np.bincount(self.columns[chosen].ravel(), minlength=len(self.population.values))

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


def strata_of(fleet: Fleet, whole: bool) -> Strata:
    """The population. Where clusters move as one (``whole``), only attributes of clusters count."""
    known: tuple[str, ...] = CLUSTER_ATTRIBUTES if whole else (*CLUSTER_ATTRIBUTES, *NODE_ATTRIBUTES)
    attributes = [name for name in known if name not in UNCOVERED]
    values: list[Value] = []
    columns = np.zeros((fleet.nodes, len(attributes)), np.int64)
    for place, attribute in enumerate(attributes):
        columns[:, place] = fleet.columns[attribute] + len(values)
        values += [Value(attribute, value) for value in values_of(attribute)]
    flat = fleet.cluster[:, None] * len(values) + columns
    strata = np.bincount(flat.ravel(), minlength=fleet.clusters * len(values)).reshape(fleet.clusters, len(values))
    names = [f"cluster-{number:03}" for number in range(fleet.clusters)]
    order = hash_names(fleet.seed, names)
    nowhere = np.full(fleet.clusters, -1, np.int64)
    population = Population(order, fleet.size, strata, tuple(values), nowhere, names)
    return Strata(population, columns, strata.astype(np.float64))

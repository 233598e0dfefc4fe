"""What Myriarch's agents tell of updated nodes against those beside them, summed over all clusters.

As ``agent/comparing.py`` does in one cluster, here for all at once: a node counts once on either side; nodes that were
sick when their cluster began count on neither; failures are weighed within their cluster, by attribute value, by the
pairs that the policy names, and of all nodes. Only clusters in which something failed since the last look cost time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myriarch.engine.accounts import EFFECTS
from myriarch.engine.evidence import Compared
from myriarch.engine.population import Bools, Ints
from myriarch.engine.sequential.hazard import HazardLook, log_factors
from rollout.effects import NEVER
from rollout.members import REVERT, Members
from rollout.policies.myriarch_strata import Strata
from rollout.world import MOVING, NEW, OLD, World


class Comparing:
    """The sums so far; the last row is of all nodes."""

    def __init__(
        self, world: World, members: Members, strata: Strata, stages: Sequence[Bools], tolerated_ratio: float
    ) -> None:
        self._world = world
        self._stages = stages
        self._members = members
        self._strata = strata
        self._ratio = tolerated_ratio
        rows = len(strata.population.values) + 1
        self._factors = np.zeros((rows, EFFECTS))
        self._at_risk = np.zeros((world.fleet.clusters, rows, 2), np.int64)
        self._failed = np.zeros((world.fleet.clusters, rows, 2), np.int64)
        self._counted: Bools = np.zeros(world.fleet.nodes, np.bool_)
        self._begun: Bools = np.zeros(world.fleet.clusters, np.bool_)

    def begin(self) -> None:
        """Note who is sick in clusters that have just been granted something, before any node of them moves: an agent
        does so in the turn in which it hears of an attempt."""
        world = self._world
        fresh = (self._members.ceiling > 0) & ~self._begun
        if fresh.any():
            self._counted |= (world.sick_since < NEVER) & fresh[world.fleet.cluster]
            self._begun |= fresh

    def look(self) -> Compared | None:
        """Weigh what failed since the last look; None as long as nothing has."""
        world = self._world
        weighing = self._begun & (self._members.way != REVERT)
        failed = world.failed & ~self._counted & weighing[world.fleet.cluster]
        failed &= (world.state == NEW) | (world.state == OLD)
        if failed.any():
            self._weigh(failed)
            self._counted |= failed
        if not self._failed.any():
            return None
        told = np.stack([self._at_risk, self._failed], axis=-1).reshape(*self._failed.shape[:2], 4)
        by_stage = np.stack([told[members].sum(axis=0) for members in self._stages])
        return Compared(self._factors.round(4), told.sum(axis=0), by_stage)

    def _weigh(self, failed: Bools) -> None:
        world = self._world
        struck = np.zeros(world.fleet.clusters, np.bool_)
        struck[world.fleet.cluster[failed]] = True
        nodes = np.flatnonzero(struck[world.fleet.cluster] & ~self._counted)
        state = world.state[nodes]
        treated, control = (state == NEW) | (state == MOVING), state == OLD
        sides = np.stack([treated, control, treated & failed[nodes], control & failed[nodes]])
        self._add(nodes, sides)

    def _add(self, nodes: Ints, sides: Bools) -> None:
        """sides bool[4, k] of nodes int64[k]: treated and controls at risk, and those of them that failed."""
        clusters, home = np.unique(self._world.fleet.cluster[nodes], return_inverse=True)
        rows = len(self._factors)
        strata = self._strata.columns[nodes]
        columns = np.concatenate([strata, np.full((len(nodes), 1), rows - 1)], axis=1)
        cells = home[:, None] * rows + columns
        width = len(clusters) * rows
        counts = np.stack([np.bincount(cells[side].ravel(), minlength=width) for side in sides]).astype(np.float64)
        told = np.flatnonzero(counts[2] + counts[3])
        look = HazardLook(*counts[:, told])
        np.add.at(self._factors, told % rows, log_factors(look, self._ratio))
        self._failed[clusters[told // rows], told % rows] += counts[2:, told].T.astype(np.int64)
        self._at_risk[clusters[told // rows], told % rows] = counts[:2, told].T.astype(np.int64)

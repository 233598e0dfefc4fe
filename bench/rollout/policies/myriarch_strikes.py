"""What Myriarch's agents tell of strikes, in all clusters at once: as ``agent/strikes.py`` does in one."""

from __future__ import annotations

import numpy as np

from myriarch.api.strata import halves
from myriarch.engine.population import Bools, Ints
from myriarch.engine.strikes import QUIET_SECONDS, Strike, Told
from rollout.effects import NEVER
from rollout.policies.myriarch_strata import Strata
from rollout.world import MOVING, NEW, OLD, RETURNING, World

KEPT_SECONDS = 4 * 3600.0


class Strikes:
    """``epoch``: the release's begin by the engine's clock (Unix seconds)."""

    def __init__(self, world: World, strata: Strata, epoch: float) -> None:
        self._world = world
        self._strata = strata
        self._epoch = epoch
        self._sick: Bools = (world.sick_since < NEVER) & (world.state == OLD)
        self._last = np.full(world.fleet.clusters, -NEVER)
        self._told: list[Strike] = []

    def look(self) -> Told:
        """Those of the last hours."""
        world = self._world
        failed = world.failed & (world.state != MOVING) & (world.state != RETURNING)
        fresh = failed & ~self._sick
        self._sick = failed
        now = self._epoch + world.now
        if fresh.any():
            nodes = np.flatnonzero(fresh)
            for unit in np.unique(world.fleet.cluster[nodes]).tolist():
                if world.now - self._last[unit] > QUIET_SECONDS:
                    self._told.append(self._strike(unit, nodes[world.fleet.cluster[nodes] == unit], now))
                self._last[unit] = world.now
        self._told = [each for each in self._told if each.at > now - KEPT_SECONDS]
        return Told(self._told, np.ones(world.fleet.clusters, np.bool_), self._begun_by_value)

    def _begun_by_value(self) -> Ints:
        """int64[c, v], as ``controllers/release/begun.py`` makes it of what agents tell: by value those that stand at
        the revision, and beside them all that are on their way, there or back."""
        world, strata = self._world, self._strata
        told = np.flatnonzero(world.began & (world.state == NEW))
        exact = strata.count_by_cluster(told, world.fleet.cluster[told])
        rest = world.begun - np.bincount(world.fleet.cluster[told], minlength=world.fleet.clusters)
        known: Ints = np.minimum(exact + rest[:, None], strata.population.strata)
        return known

    def _strike(self, unit: int, nodes: np.ndarray, now: float) -> Strike:
        values = self._strata.population.values
        struck = [values[column] for column in np.unique(self._strata.columns[nodes]).tolist()]
        updated = bool((self._world.state[nodes] == NEW).all())
        return Strike(now, unit, updated, tuple(str(value) for value in struck if halves(value.attribute) is None))

"""What Myriarch's agents tell of whole clusters: since when half of the nodes are down, moves apart.

As ``agent/outage.py`` does. Every cluster has stood for two weeks when the release begins, and none went out in them:
no weather is drawn for the time before.
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.outages import OUT_NODES, OUT_SHARE, RECORD_SECONDS, Standings
from rollout.effects import NEVER
from rollout.world import World


class Outages:
    """``epoch``: the release's begin by the engine's clock (Unix seconds)."""

    def __init__(self, world: World, epoch: float) -> None:
        self._world = world
        self._epoch = epoch
        self._known = np.full(world.fleet.clusters, epoch - RECORD_SECONDS)
        self._out = np.full(world.fleet.clusters, NEVER)
        self._well = self._known.copy()

    def look(self) -> Standings:
        """As of now."""
        world, now = self._world, self._epoch + self._world.now
        down = world.by_cluster(~world.ready & ~world.moving)
        out = (down > OUT_SHARE * world.fleet.size) & (down >= OUT_NODES)
        self._well = np.where(~out & np.isfinite(self._out), now, self._well)
        self._out = np.where(out, np.minimum(self._out, now), NEVER)
        return Standings(self._out, self._well, self._known)

"""The harm of one run, integrated over time as it goes: who was harmed, for how long, and when it began and ended."""

from __future__ import annotations

import numpy as np

from rollout.effects import NEVER
from rollout.world import World


class HarmRecord:
    """Of production, but for ``first_anywhere``. Times in seconds after the release's begin; infinite: never."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ever = np.zeros(world.fleet.nodes, np.bool_)
        self._since = 0.0
        self.node_seconds = 0.0
        self.first_anywhere = NEVER
        self.first = NEVER
        self.last = -NEVER
        self.now_harmed = 0

    def note(self) -> None:
        """Count what happened since the last note; called after each step of the world."""
        world = self._world
        harmed = world.harmed
        if harmed.any():
            self.first_anywhere = min(self.first_anywhere, world.now)
            here = harmed & world.fleet.production
            self.now_harmed = int(np.count_nonzero(here))
            if self.now_harmed:
                self._count(here)
        else:
            self.now_harmed = 0
        self._since = world.now

    def _count(self, here: np.ndarray) -> None:
        world = self._world
        onset = np.where(world.onset[here] <= world.now, world.onset[here], self._since)  # an overload has none
        begun = np.maximum(onset, self._since)
        self.node_seconds += float((world.now - begun).sum())
        self.first = min(self.first, world.now)
        self.last = world.now
        self._ever |= here

    @property
    def share(self) -> float:
        """Of production's nodes that were ever harmed."""
        return int(np.count_nonzero(self._ever)) / self._world.fleet.production_nodes

    @property
    def share_now(self) -> float:
        return self.now_harmed / self._world.fleet.production_nodes

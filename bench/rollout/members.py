"""What every cluster does with what it is told: take nodes forward within its budget, or back.

All policies share these mechanics, so that only their decisions differ: so many nodes at once as ``max_unavailable``
leaves, counting those that are down anyway; nodes in a seeded order, preferred ones first; a node that is down is never
begun; on the way back, nodes that are out already cost no budget. Nodes that died on their own more than half an hour
ago are recorded and no longer counted, for every policy alike.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rollout.effects import NEVER
from rollout.world import MOVING, NEW, OLD, SOAK_SECONDS, World

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

NONE: Final = 0
FORWARD: Final = 1
HOLD: Final = 2
REVERT: Final = 3
"""As in ``engine/observed.py``."""

DEFAULT_SHARE = 0.1
LONG_DEAD_SECONDS = 1800.0


class Members:
    """The clusters' side. way int8[c], ceiling int64[c]: what each is told; max_unavailable int64[c]."""

    def __init__(self, world: World) -> None:
        self.world = world
        size = world.fleet.size
        self.way: Codes = np.zeros(len(size), np.int8)
        self.ceiling: Ints = np.zeros(len(size), np.int64)
        self.max_unavailable: Ints = np.maximum((size * DEFAULT_SHARE).astype(np.int64), 1)
        self._order: Ints = np.arange(world.fleet.nodes)

    def forward(self, clusters: Ints | Bools) -> None:
        """Tell clusters to take all their nodes forward."""
        self.way[clusters] = FORWARD
        self.ceiling[clusters] = self.world.fleet.size[clusters]

    def revert(self, clusters: Ints | Bools) -> None:
        """Tell clusters to go back; those that were told nothing stay alone."""
        told = np.zeros(len(self.way), np.bool_)
        told[clusters] = True
        self.way[told & (self.way != NONE)] = REVERT

    def begin_anew(self) -> None:
        """All is back, and what was told is forgotten: nodes may begin once more."""
        self.way[:] = NONE
        self.ceiling[:] = 0
        self.world.begin_anew()

    def hold(self) -> None:
        """Whoever goes forward stops where it is; nodes under way are finished."""
        self.way[self.way == FORWARD] = HOLD

    def prefer(self, nodes: Ints) -> None:
        """Within their clusters, these nodes are begun first."""
        late = np.ones(self.world.fleet.nodes, np.bool_)
        late[nodes] = False
        self._order = np.lexsort((late, self.world.fleet.cluster))

    def act(self) -> None:
        """Begin and take back what the orders and budgets allow now."""
        if (self.way == REVERT).any():
            self._take_back()
        if (self.way == FORWARD).any():
            self._take_forward()

    def settled(self) -> Bools:
        """bool[c]: has done all that it was told, as far as it can."""
        world = self.world
        ripening = (world.state == NEW) & ~world.failed
        ripening &= (world.sick_since < NEVER) | (world.updated_at > world.now - SOAK_SECONDS)
        busy = world.by_cluster(ripening | world.moving)
        left = (self.way == FORWARD) & (self.room() > 0)
        left &= world.by_cluster((world.state == OLD) & (world.ready | self.world.whole)) > 0
        done: Bools = (busy == 0) & ~left
        return done

    def room(self) -> Ints:
        """int64[c]: how many more nodes may begin by the ceilings; what moves as one begins when all of it may."""
        room = self.ceiling - self.world.begun
        return np.where(self.ceiling >= self.world.fleet.size, room, 0) if self.world.whole else room

    def _free(self) -> Ints:
        """int64[c]: how many more nodes may be out."""
        world = self.world
        long_dead = (world.state == OLD) & (world.sick_since <= world.now - LONG_DEAD_SECONDS)
        return self.max_unavailable - world.by_cluster(~world.ready & ~long_dead)

    def _take_forward(self) -> None:
        world = self.world
        quota = np.where(self.way == FORWARD, self.room(), 0)
        if world.whole:
            able = world.state == OLD
        else:
            quota = np.minimum(quota, self._free())
            able = (world.state == OLD) & world.ready
        able &= (quota > 0)[world.fleet.cluster]
        chosen = self._first(able, quota)
        world.begin(chosen)

    def _take_back(self) -> None:
        world = self.world
        told = (self.way == REVERT)[world.fleet.cluster] & ((world.state == NEW) | (world.state == MOVING))
        if world.whole:
            world.take_back(np.flatnonzero(told))
            return
        out = told & ~world.ready
        world.take_back(np.flatnonzero(out))
        waiting = told & world.ready
        if waiting.any():
            world.take_back(self._first(waiting, self._free()))

    def _first(self, able: Bools, quota: Ints) -> Ints:
        """Of the able nodes, the first of each cluster by order, up to its quota."""
        rows = self._order[able[self._order]]
        homes = self.world.fleet.cluster[rows]
        counts = np.bincount(homes, minlength=len(quota))
        place = np.arange(len(rows)) - (np.cumsum(counts) - counts)[homes]
        return rows[place < quota[homes]]

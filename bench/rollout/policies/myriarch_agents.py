"""What Myriarch's agents do of their own accord, over the columns of all clusters at once.

They tell failed nodes (``agent/health.py``: sick for the grace since they began; silent ones only where more are silent
than the nodes not updated let expect), take single nodes back that stay failed, and take a whole cluster back where it
bears no more.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.policy import NodeRules
from myriarch.base.durations import parse_duration
from myriarch.engine.amounts import parse_amount
from myriarch.engine.population import Bools, Ints
from myriarch.engine.rules import NODE_MINIMUM
from rollout.members import REVERT, Members
from rollout.world import NEW, World


class Agents:
    """failed bool[n]: nodes that their agents tell as failed; self_reverted bool[c]."""

    def __init__(self, world: World, members: Members, rules: NodeRules, *, comparing: bool = False) -> None:
        self._comparing = comparing
        self._world = world
        self._members = members
        self._max_unavailable = parse_amount(rules.max_unavailable, "nodes.maxUnavailable")
        self._tolerance = parse_amount(rules.tolerance, "nodes.tolerance")
        self._give_up_seconds = parse_duration(rules.revert_failed_after)
        self.failed: Bools = np.zeros(world.fleet.nodes, np.bool_)
        self.self_reverted: Bools = np.zeros(world.fleet.clusters, np.bool_)
        self._settled_at: Ints = np.full(world.fleet.clusters, -1)

    def max_unavailable(self) -> Ints:
        """int64[c] by the policy's node rules."""
        return np.asarray([self._max_unavailable.at_most(int(size)) for size in self._world.fleet.size], np.int64)

    def settled(self) -> Bools:
        """bool[c]. Once told for a ceiling it stays so: nodes come and go all the time."""
        way, ceiling = self._members.way, self._members.ceiling
        done = self._members.settled()
        self._settled_at = np.where(done & (way != REVERT), ceiling, self._settled_at)
        return np.where(way == REVERT, done, self._settled_at == ceiling)

    def look(self) -> None:
        """See which nodes have failed, and act."""
        world = self._world
        failed = world.failed & (world.state == NEW)
        if failed.any():
            failed &= ~self._borne(failed)
        self.failed = failed
        if failed.any():
            self._judge()
            self._give_up()

    def _borne(self, failed: Bools) -> Bools:
        """Per cluster, as many failed updated nodes as the nodes not updated let expect: of silent ones, or where nodes
        are compared, of all."""
        world, cluster = self._world, self._world.fleet.cluster
        quiet = world.failed if self._comparing else world.silent()
        silent = failed & quiet
        borne = np.zeros(len(failed), np.bool_)
        if not silent.any():
            return borne
        control = (world.state != NEW) & ~world.moving
        controls = np.maximum(world.by_cluster(control), 1)
        share = world.by_cluster(control & quiet) / controls
        expected = np.rint(share * world.by_cluster(world.state == NEW)).astype(np.int64)
        rows = np.flatnonzero(silent)
        homes = cluster[rows]
        counts = np.bincount(homes, minlength=len(expected))
        place = np.arange(len(rows)) - (np.cumsum(counts) - counts)[homes]
        borne[rows[place < expected[homes]]] = True
        return borne

    def _judge(self) -> None:
        """A cluster that bears no more takes the attempt back by itself."""
        failed = self._world.by_cluster(self.failed)
        tolerance = self._tolerance
        borne = tolerance.count if tolerance.count is not None else (tolerance.share or 0.0) * self._world.begun
        itself = (failed >= NODE_MINIMUM) & (failed > borne) & (self._members.way != REVERT)
        self.self_reverted |= itself

    def _give_up(self) -> None:
        """Single nodes that stay failed go back by themselves."""
        world = self._world
        too_long = self.failed & (world.sick_since <= world.now - self._give_up_seconds)
        if too_long.any():
            world.take_back(np.flatnonzero(too_long))

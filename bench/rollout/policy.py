"""What a policy under test is: something that looks at the world from time to time and tells the members.

It sees what its tool would see: readiness, counts, metrics. It must not read what a release does (``world.strikes``,
``world.onset``, ``world.harmed``).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from rollout.effects import NEVER
from rollout.members import Bools, Ints, Members
from rollout.scenario import Guilty
from rollout.world import NEW, World

DEGRADED_SHARE = 0.1
DEGRADED_NODES = 2
DEGRADED_SECONDS = 600.0
"""When tools that watch readiness call a cluster degraded. Workloads have a progress deadline of ten minutes; a single
dead node neither blocks nor fails them here, which is kinder to these tools than their own rule of all nodes."""


class Standing(StrEnum):
    """Where the release stands by the policy's own account."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"
    ROLLED_BACK = "rolledBack"


class Policy:
    """One policy over one run. ``decided_at``: when it judged the release harmful (infinite: it has not).

    ``names_attributes`` says whether it tells what the failed have in common.
    """

    name = ""
    title = ""
    names_attributes = False

    def __init__(self, world: World, members: Members) -> None:
        self.world = world
        self.members = members
        self.standing = Standing.RUNNING
        self.decided_at = NEVER
        self.succeeded_at = NEVER
        self.blamed: Mapping[str, str] = MappingProxyType({})
        self.accused: Guilty | None = None
        self.why = ""
        self._bad_since = np.full(world.fleet.clusters, NEVER)

    def look(self) -> None:
        """Judge, and tell the members."""
        raise NotImplementedError

    def wake_at(self) -> float:
        """When to look again though nothing changes (infinite: never)."""
        return NEVER

    def finished(self) -> bool:
        """Whether it has nothing more to tell, once it has decided."""
        return self.standing is not Standing.RUNNING

    def watches(self) -> bool:
        """Whether it goes on judging a release that it has called done."""
        return False

    def notice(self) -> None:
        """Take note of what changed while it watches, between two looks."""

    def stop(self) -> None:
        """Harm was found: nothing more begins, and a person is called."""
        self._decide(Standing.STOPPED)
        self.members.hold()

    def roll_back(self) -> None:
        """Harm was found: everything goes back."""
        self._decide(Standing.ROLLED_BACK)
        self.members.revert(np.arange(len(self.members.way)))

    def succeed(self) -> None:
        self.standing = Standing.SUCCEEDED
        self.succeeded_at = self.world.now

    def _decide(self, standing: Standing) -> None:
        self.standing = standing
        self.decided_at = min(self.decided_at, self.world.now)

    # What most tools can ask of a cluster.

    def updated(self) -> Bools:
        """bool[c]: every node that could be begun has been, and none is under way."""
        under_way = self.world.by_cluster(self.world.moving)
        left = self.world.by_cluster(~self.world.began & self.world.ready)
        done: Bools = (under_way == 0) & (left == 0)
        return done

    def degraded(self) -> Bools:
        """bool[c]: for ten minutes, a tenth of its updated nodes, and more than one, have not been ready."""
        updated = self.world.state == NEW
        out = self.world.by_cluster(updated & ~self.world.ready)
        bad = out >= np.maximum(DEGRADED_SHARE * self.world.by_cluster(updated), DEGRADED_NODES)
        self._bad_since = np.where(bad, np.minimum(self._bad_since, self.world.now), NEVER)
        found: Bools = self._bad_since <= self.world.now - DEGRADED_SECONDS
        return found

    def clusters_of(self, *, production: bool) -> Ints:
        """int64[k]: the clusters of an environment, in the order of their numbers."""
        return np.flatnonzero(self.world.fleet.cluster_production == production)

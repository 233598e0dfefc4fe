"""What tools share that give a canary a growing weight: here a share of each production cluster's nodes.

They shift traffic between two versions; the nearest thing in a fleet is a share of the nodes of every cluster. The
simulated environment comes first, whole, and is judged in the same way.
"""

from __future__ import annotations

import numpy as np

from rollout.effects import NEVER
from rollout.members import FORWARD, Bools, Members
from rollout.metrics import Metrics
from rollout.policy import Policy, Standing
from rollout.soak import soaks
from rollout.world import NEW, OLD, World


class Weighted(Policy):
    """Advances ``weights`` in order; ``judge`` says at each interval whether the canary passes. broken bool[c]: those
    clusters that readiness calls degraded."""

    weights: tuple[float, ...] = ()
    interval_seconds = 0.0

    def __init__(self, world: World, members: Members) -> None:
        super().__init__(world, members)
        self.metrics = Metrics(world)
        self.simulated_soak, self.production_soak = soaks(world)
        self.place = -1
        self.settled_at = NEVER
        self.judge_at = NEVER
        self.broken = np.zeros(world.fleet.clusters, np.bool_)
        self.members.forward(self.clusters_of(production=False))

    def look(self) -> None:
        if self.standing is not Standing.RUNNING:
            return
        self.broken = self.degraded()
        if self.settled_at == NEVER:
            self._settle()
        elif self.world.now >= self.judge_at:
            self.judge_at = self.world.now + self.interval_seconds
            self.judge()

    def wake_at(self) -> float:
        return self.judge_at

    def judge(self) -> None:
        """One check of the canary."""
        raise NotImplementedError

    def advance(self) -> None:
        """The next weight; after the last the release is done."""
        self.place += 1
        if self.place == len(self.weights):
            self.succeed()
            return
        self.settled_at = NEVER
        size = self.world.fleet.size
        clusters = self.clusters_of(production=True)
        weight = self.weights[self.place]
        self.members.way[clusters] = FORWARD
        ceiling = np.ceil(size[clusters] * weight - 1e-9).astype(np.int64)
        if self.world.whole:  # a cluster moves as one: the weight is a share of the clusters
            ceiling = np.where(np.arange(len(clusters)) < np.ceil(weight * len(clusters)), size[clusters], 0)
        self.members.ceiling[clusters] = ceiling

    def canary(self) -> Bools:
        """bool[n]: updated nodes of the environment under judgement."""
        chosen: Bools = (self.world.state == NEW) & self._here()
        return chosen

    def control(self) -> Bools:
        """bool[n]: nodes there that are not updated."""
        chosen: Bools = (self.world.state == OLD) & self._here()
        return chosen

    def _here(self) -> Bools:
        production = self.world.fleet.production
        return production if self.place >= 0 else ~production

    def _settle(self) -> None:
        told = self.members.way == FORWARD
        waiting = (self.world.by_cluster(self.world.moving) > 0) & told
        if not waiting.any() and self.world.now > 0 and (self.world.by_cluster(self.canary()) > 0).any():
            self.settled_at = self.world.now
            self.judge_at = self.world.now + self.interval_seconds

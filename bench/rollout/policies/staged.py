"""What tools that move clusters stage by stage share: slots, waiting, and what they do where something is degraded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rollout.effects import NEVER
from rollout.members import FORWARD, Bools, Ints, Members
from rollout.policy import Policy, Standing
from rollout.world import World


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """clusters int64[k] in order; at most ``at_once`` of them unfinished at a time; then a wait of so many seconds.

    A cluster is finished when it is updated, not degraded, and has been so for ``good_seconds``. So many degraded ones
    as ``bears`` says don't stop the step.
    """

    clusters: Ints
    at_once: int
    wait_seconds: float = 0.0
    good_seconds: float = 0.0
    bears: int = 0


class Staged(Policy):
    """Runs ``steps`` in order. Stops where more clusters are degraded than the step bears."""

    def __init__(self, world: World, members: Members) -> None:
        super().__init__(world, members)
        self.steps = self.plan()
        self._step = 0
        self._good_since = np.full(world.fleet.clusters, NEVER)
        self._finished_at = NEVER

    def plan(self) -> list[Step]:
        """The steps of the tool."""
        raise NotImplementedError

    def look(self) -> None:
        if self.standing is not Standing.RUNNING:
            return
        step = self.steps[self._step]
        degraded = self.degraded()
        if int(degraded[step.clusters].sum()) > step.bears:
            self.stop()
            return
        self._begin(step, self._finished(step, degraded))

    def wake_at(self) -> float:
        step = self.steps[min(self._step, len(self.steps) - 1)]
        good = self._good_since[step.clusters] + step.good_seconds
        waiting = good[(good < NEVER) & (good > self.world.now)]
        return min(self._finished_at + step.wait_seconds, float(waiting.min()) if len(waiting) else NEVER)

    def _finished(self, step: Step, degraded: Bools) -> Bools:
        good = self.updated() & ~degraded & (self.members.way == FORWARD)
        self._good_since = np.where(good, np.minimum(self._good_since, self.world.now), NEVER)
        done: Bools = self._good_since + step.good_seconds <= self.world.now
        return done

    def _begin(self, step: Step, finished: Bools) -> None:
        told = self.members.way[step.clusters] == FORWARD
        free = step.at_once - int((told & ~finished[step.clusters]).sum())
        self.members.forward(step.clusters[~told][: max(free, 0)])
        if not (told & finished[step.clusters]).all():
            self._finished_at = NEVER
            return
        self._finished_at = min(self._finished_at, self.world.now)
        if self.world.now >= self._finished_at + step.wait_seconds:
            self._next()

    def _next(self) -> None:
        self._step += 1
        self._finished_at = NEVER
        if self._step == len(self.steps):
            self._step -= 1
            self.succeed()
        else:
            self.look()

    def in_order(self, *, production: bool) -> Ints:
        """Clusters of an environment in the order of a label that somebody gave them: here of their numbers."""
        return self.clusters_of(production=production)


def share(count: int, of: float) -> int:
    """A percentage of clusters, rounded down, never less than one."""
    return max(int(count * of + 1e-9), 1)

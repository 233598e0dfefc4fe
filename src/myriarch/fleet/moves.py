"""Moving nodes from one revision to another, and back.

A move is ordered, begins once the node can be reached, takes a drawn time in which the node is not ready,
and completes. ``previous`` is the revision that a rollback returns the node to: the one it stood at when it
first began an attempt, kept through later attempts until it is forgotten (so that when C supersedes a
half-done B, the node goes back to A).
"""

from __future__ import annotations

import numpy as np

from myriarch.fleet.columns import NEVER, NO_REVISION, ClusterState, Fault, Move, Stage
from myriarch.fleet.draws import Ints, lognormal
from myriarch.fleet.plan import Rows
from myriarch.fleet.strikes import schedule, update_fails
from myriarch.fleet.world import Component, World

#: A slow node takes this many times as long for an update.
SLOW_FACTOR = 4.0


def order_install(part: Rows, indices: Ints, revision: int, attempt: int, now: float, *, forget_previous: bool) -> None:
    """Order nodes to ``revision``; ``health.settle`` begins the moves that can begin. Repeating is harmless."""
    rows: Rows = part[indices]
    new = (rows["attempt"] != attempt) | ~rows["started"]
    unset = rows["previous"] == NO_REVISION
    rows["previous"] = np.where(new & (unset | forget_previous), rows["revision"], rows["previous"])
    rows["attempt"] = attempt
    rows["started"] = True
    _aim(rows, np.full(len(indices), revision, dtype=np.int16), new, now)
    part[indices] = rows


def order_revert(part: Rows, indices: Ints, now: float) -> None:
    """Order nodes that began an attempt back to their ``previous`` revision; others are left alone."""
    indices = indices[part["started"][indices]]
    rows: Rows = part[indices]
    _aim(rows, rows["previous"], np.zeros(len(indices), dtype=np.bool_), now)
    part[indices] = rows


def _aim(rows: Rows, targets: np.ndarray, stamp: np.ndarray, now: float) -> None:
    """Point rows at ``targets``. Nodes already there, or waiting there, have nothing to do."""
    begun = (rows["move"] == Move.UPDATING) | (rows["move"] == Move.STUCK)
    there = (rows["revision"] == targets) & ~begun
    under_way = (rows["target"] == targets) & (rows["move"] != Move.IDLE)
    cancelled = there & (rows["move"] == Move.WAITING)
    arrived = np.where(there & stamp | cancelled, now, rows["done_at"])
    rows["done_at"] = np.where(there | under_way, arrived, 0.0)
    rows["target"] = targets
    rows["move"] = np.where(there, Move.IDLE, np.where(under_way, rows["move"], Move.WAITING))


def begin(world: World, state: ClusterState, component: Component, indices: Ints, now: float) -> None:
    """Begin the ordered moves of reachable nodes: draw how long each takes, or that it never completes."""
    part = state.part(component.number)
    rows: Rows = part[indices]
    updates = world.spec.updates
    purpose = world.key(state, component.name, "duration")
    seconds = lognormal(purpose, indices, int(now), median=updates.median_seconds, spread=updates.spread)
    slow = (state.base["fault"][indices] & Fault.SLOW) != 0
    seconds = np.where(slow, seconds * SLOW_FACTOR, seconds)
    rows["due_at"] = world.rounded_up_all(now + seconds)
    rows["move"] = Move.UPDATING
    unstruck = (rows["stage"] == Stage.PENDING) | (rows["stage"] == Stage.ARMED)
    rows["stage"] = np.where(unstruck, Stage.NONE, rows["stage"])
    for target in component.behaviours:
        chosen = np.flatnonzero(rows["target"] == target)
        if len(chosen):
            stuck = chosen[update_fails(world, state, component, target, indices[chosen])]
            rows["move"][stuck] = Move.STUCK
            rows["due_at"][stuck] = NEVER
    part[indices] = rows


def stall(part: Rows, indices: Ints) -> None:
    """Nodes became unreachable in the middle of a move: it begins anew when they return."""
    part["move"][indices] = Move.WAITING
    part["due_at"][indices] = NEVER


def complete(world: World, state: ClusterState, component: Component, due: Ints, now: float) -> None:
    """Nodes arrive at their target: healed of what the old revision did, and exposed to what this one does."""
    part = state.part(component.number)
    rows: Rows = part[due]
    rows["stage"] = Stage.NONE
    rows["symptom"] = 0
    rows["revision"] = rows["target"]
    rows["done_at"] = now
    rows["due_at"] = NEVER
    rows["move"] = Move.IDLE
    part[due] = rows
    for revision in component.behaviours:
        arrived = due[rows["revision"] == revision]
        if len(arrived):
            schedule(world, state, component, revision, arrived)


def forget(part: Rows, indices: Ints) -> None:
    """Drop the rollback targets of nodes."""
    part["previous"][indices] = NO_REVISION

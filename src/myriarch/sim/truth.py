"""The truth about simulated nodes, beyond what a cluster would show: for checkers and results only.

This is the one place that looks behind the fleet's views. What it copies are snapshots: comparing two tells
what happened in between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from myriarch.fleet.columns import ClusterState, Failure, Fault, Move, Stage
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.plan import Rows

Bools = npt.NDArray[np.bool_]


def state_of(fleet: Fleet, cluster: str) -> ClusterState:
    """The cluster's own rows, not a copy. Raises KeyError where there is no such cluster."""
    return fleet._by_name[cluster]


def present(fleet: Fleet, cluster: str) -> Bools:
    """Nodes that belong to the cluster now (bool[n], a copy)."""
    found: Bools = state_of(fleet, cluster).base["present"].copy()
    return found


@dataclass(frozen=True, slots=True)
class Nodes:
    """All nodes of a cluster with one component, at one moment. ``base`` and ``part`` are copies of rows."""

    cluster: str
    component: str
    at: float
    base: Rows
    part: Rows

    @property
    def size(self) -> int:
        return len(self.base)

    @property
    def present(self) -> Bools:
        found: Bools = self.base["present"]
        return found

    @property
    def ready(self) -> Bools:
        found: Bools = self.base["ready"] == 1
        return found

    @property
    def reachable(self) -> Bools:
        found: Bools = self.base["ready"] != -1
        return found

    @property
    def moving(self) -> Bools:
        """An update is running (not merely ordered)."""
        found: Bools = self.part["move"] > Move.WAITING
        return found

    @property
    def ordered(self) -> Bools:
        """An update is ordered or running."""
        found: Bools = self.part["move"] != Move.IDLE
        return found

    @property
    def stuck(self) -> Bools:
        """The update that runs will never complete."""
        found: Bools = self.part["move"] == Move.STUCK
        return found

    def begun(self, attempt: int) -> Bools:
        """Nodes that ever began ``attempt`` as their latest."""
        found: Bools = self.part["started"] & (self.part["attempt"] == attempt)
        return found

    @property
    def harmed(self) -> Bools:
        """Nodes on which the revision's own effect shows."""
        found: Bools = (self.part["stage"] >= Stage.ACTIVE) | self.stuck
        return found

    @property
    def broken_otherwise(self) -> Bools:
        """Nodes with an ordinary failure or a fault of the simulator's."""
        found: Bools = (self.base["failure"] != Failure.NONE) | ((self.base["fault"] & Fault.DEAD) != 0)
        return found


def look(fleet: Fleet, cluster: str, component: str, at: float) -> Nodes:
    """A snapshot."""
    state = state_of(fleet, cluster)
    owner = fleet.world.component(component)
    part = state.part(owner.number, owner.base_revision)
    return Nodes(cluster, component, at, state.base.copy(), part.copy())

"""The state of nodes: one structured array of 48 bytes a node per cluster, and 32 a node per component.

A million Python objects would not fit, and a million numpy scalars would not either; a record array per
cluster costs what its fields add up to. Records rather than one array a field keep a cluster's whole state
in two allocations, make growth one concatenation, and make the journal trivial: it writes changed rows as
bytes (``journal.py``).

A row is never moved or reused: a node's position in its cluster is its identity and its name is made from it
(``names.py``). A removed node keeps its row with ``present`` False.

Modules that change rows: ``moves.py``, ``strikes.py``, ``background.py``, ``health.py``, ``life.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from myriarch.fleet.draws import Ints
from myriarch.fleet.plan import STORED_ATTRIBUTES, ClusterPlan, Rows

NEVER = float("inf")
NO_REVISION = -1
#: Revisions are 16-bit codes per component.
MOST_REVISIONS = 32_000

#: Reasons of the Ready condition, by code.
REASONS = ("KubeletReady", "KubeletNotReady", "NodeUpdating", "CrashLoop", "NodeStatusUnknown")


# Codes are plain integers, not enum members: they are compared with columns in the hottest code.


class Reason:
    """Positions in REASONS."""

    READY: Final = 0
    NOT_READY: Final = 1
    UPDATING: Final = 2
    CRASH_LOOP: Final = 3
    UNKNOWN: Final = 4


class Failure:
    """An ordinary failure in force."""

    NONE: Final = 0
    NOT_READY: Final = 1
    UNKNOWN: Final = 2


class Fault:
    """Bits: what the simulator did to a node."""

    DEAD: Final = 1
    SLOW: Final = 2


class Move:
    """Where a node is on its way to ``target``."""

    IDLE: Final = 0
    WAITING: Final = 1  # ordered, but the node can't be reached
    UPDATING: Final = 2
    STUCK: Final = 3  # this update never completes


class Stage:
    """How far an effect of the node's revision has come."""

    NONE: Final = 0
    PENDING: Final = 1  # strikes at due_at
    ARMED: Final = 2  # crashes at the restart that comes at due_at
    ACTIVE: Final = 3
    RELIEVED: Final = 4  # flapping, and up at the moment


BASE_DTYPE = np.dtype(
    [
        ("since", np.float64),  # Unix seconds of the last change of Ready
        ("joined_at", np.float64),
        ("failure_at", np.float64),  # next ordinary failure, or its repair while one is in force
        ("transitions", np.int32),  # changes of Ready so far, but for those of updates
        *[(name, np.int16) for name in STORED_ATTRIBUTES],
        ("present", np.bool_),
        ("ready", np.int8),  # 1 True, 0 False, -1 Unknown
        ("reason", np.int8),
        ("slow", np.bool_),
        ("failure", np.int8),
        ("fault", np.int8),
    ],
    align=True,
)

COMPONENT_DTYPE = np.dtype(
    [
        ("due_at", np.float64),  # next event: completion, strike, crash or flap
        ("done_at", np.float64),
        ("attempt", np.int32),
        ("revision", np.int16),
        ("previous", np.int16),
        ("target", np.int16),
        ("move", np.int8),
        ("symptom", np.int8),
        ("stage", np.int8),
        ("started", np.bool_),
    ],
    align=True,
)


@dataclass(slots=True)
class ClusterState:
    """One cluster's rows. ``parts`` is by component number; None until the component is first used."""

    index: int
    plan: ClusterPlan
    base: Rows
    parts: list[Rows | None] = field(default_factory=list)
    next_at: float = NEVER
    partitioned: bool = False
    labels: dict[int, dict[str, str]] = field(default_factory=dict)  # by position; few nodes have any

    @property
    def size(self) -> int:
        """Rows, those of removed nodes included."""
        return len(self.base)

    def part(self, component: int, base_revision: int = NO_REVISION) -> Rows:
        """The component's rows, allotted on first use with every node at ``base_revision``."""
        while len(self.parts) <= component:
            self.parts.append(None)
        part = self.parts[component]
        if part is None:
            part = self.parts[component] = new_part(self.size, base_revision)
        return part

    def find_next(self) -> float:
        """Unix seconds of this cluster's earliest event."""
        earliest = float(np.minimum.reduce(self.base["failure_at"], initial=NEVER))
        for part in self.parts:
            if part is not None:
                earliest = min(earliest, float(np.minimum.reduce(part["due_at"], initial=NEVER)))
        return earliest


def new_part(size: int, revision: int) -> Rows:
    """Component rows of nodes that stand at ``revision`` and never moved."""
    part = np.zeros(size, dtype=COMPONENT_DTYPE)
    part["due_at"] = NEVER
    part["revision"] = part["target"] = revision
    part["previous"] = NO_REVISION
    return part


def as_indices(indices: Any, size: int) -> Ints:
    """Sorted unique positions from any sequence of ints. Raises IndexError beyond the cluster."""
    positions = np.asarray(indices, dtype=np.int64)
    if len(positions) > 1 and not (positions[1:] > positions[:-1]).all():
        positions = np.unique(positions)
    if len(positions) and (positions[0] < 0 or positions[-1] >= size):
        raise IndexError(f"node index out of range 0..{size - 1}")
    return positions

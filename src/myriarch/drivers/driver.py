"""What every driver does: observe units, advance some, revert some, and make a revision the last-known-good.

A driver knows how nodes are moved, never whether they should be: that is the engine's. Orders are idempotent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from myriarch.engine.partition import LabelColumn

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_VALUE = "none"
"""How an attribute that a node lacks (a GPU model) is written, so that lacking it is a stratum too."""


class Symptom:
    """What is wrong with a node, as its cluster's API shows it. Plain integers: columns are compared with them."""

    HEALTHY: Final = 0
    NOT_READY: Final = 1
    FLAPPING: Final = 2
    SLOW: Final = 3
    CRASHED: Final = 4
    SILENT: Final = 5
    UPDATE_TIMEOUT: Final = 6


SYMPTOM_NAMES = ("healthy", "notReady", "flapping", "slow", "crashed", "silent", "updateTimeout")


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of few distinct values: node i has ``values[codes[i]]``."""

    values: tuple[str, ...]
    codes: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a driver can't act: one CamelCase word, and a sentence that says what is wrong and how to mend it.

    ``blocks``: it lies in the cluster, whatever the revision: nothing begins until it is mended. One that lies in a
    revision doesn't block, or the next revision, which mends it, could not begin either.
    """

    reason: str
    message: str
    blocks: bool = False


class NodeStates(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Nodes of one cluster as columns of length n, for one component. Times in Unix seconds.

    present    belongs to the cluster. ready: int8, 1 True, 0 False, -1 Unknown; ``since`` when that changed.
    symptom    int8 ``Symptom``; ``symptom_since`` when it began (0 where healthy).
    at, target, previous   int32 revision numbers (``number_of``): where it is, where it was last told to go,
               where a rollback brings it. attempt: int32 of its last order; started: it ever began that one.
    moving     an order is under way, or waits until the node can be reached; done_at when the last one ended.
    moving_since  when a move under way began (infinite where none is): to tell those that take too long.
    """

    present: Bools
    ready: NDArray[np.int8]
    since: Floats
    symptom: NDArray[np.int8]
    symptom_since: Floats
    at: NDArray[np.int32]
    target: NDArray[np.int32]
    previous: NDArray[np.int32]
    attempt: NDArray[np.int32]
    started: Bools
    moving: Bools
    done_at: Floats
    moving_since: Floats


class Driver(Protocol):
    """One cluster, moved in one way."""

    @property
    def names(self) -> Sequence[str]:
        """Names of the nodes, by position in the columns."""

    def attributes(self) -> dict[str, Attribute]:
        """Attribute columns of the nodes: the strata."""

    def labels(self, keys: Sequence[str]) -> dict[str, LabelColumn]:
        """The named labels of the nodes, as they are now; None is the value of nodes without the label."""

    def membership(self) -> tuple[Bools, Bools] | None:
        """Which nodes belong to the cluster, and which of these are ready; None where the columns of every component
        show the same."""

    def whole(self, component: str) -> bool:
        """Whether the cluster moves as one: its nodes then are moved together or not at all."""

    def trouble(self, component: str) -> Trouble | None:
        """Why ``component`` can't be moved as it should, or None."""

    def waits(self, component: str) -> Mapping[str, str]:
        """Of nodes that an order can't move on now, why."""

    def assume(self, component: str, revision: str) -> None:
        """Nodes that say nothing of a component that nobody ever moved stand at ``revision``."""

    def observe(self, component: str, now: float) -> NodeStates:
        """The nodes now."""

    def number_of(self, component: str, revision: str) -> int:
        """The number that stands for ``revision`` in the columns; -2 where no node ever had it."""

    def advance(self, component: str, nodes: Ints, revision: str, attempt: int, now: float) -> None:
        """Begin moving ``nodes`` to ``revision``."""

    def revert(self, component: str, nodes: Ints, now: float) -> None:
        """Begin moving ``nodes`` back to where each was before its first unproven advance."""

    def confirm(self, component: str, nodes: Ints) -> None:
        """What ``nodes`` stand at is their last-known-good from now on."""

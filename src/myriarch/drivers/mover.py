"""How one component's units are moved in a real cluster: what a driver of real clusters asks of each way of moving.

``real.py`` keeps what all ways share (the nodes, the orders and where they are written down, the work queue) and
asks a Mover, one a component, for the rest: where does a node stand, what ails it, bring it one step nearer.
A Mover remembers nothing of orders: ``bring`` is called again and again, after a crash too, until it says Done.

A Mover stands on a ``Ground``: the cluster's client, its nodes, the component and its revisions, and the way to say
that something changed. ``movers.py`` lists which class moves for which ``spec.driver``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from myriarch.api.component import Component
from myriarch.api.revision import Revision
from myriarch.base.clock import Clock
from myriarch.client.client import Client
from myriarch.drivers.driver import Trouble
from myriarch.drivers.node import Node

THE_CLUSTER = ""
"""The node that a Mover of whole clusters is asked for."""


@dataclass(frozen=True, slots=True)
class Done:
    """The node stands at the revision."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something must happen first; look again after so many seconds at the latest, or when a change is told."""

    reason: str
    after_seconds: float


@dataclass(frozen=True, slots=True)
class Stuck:
    """It can't go on by itself: the node counts as failed (or its revert as stuck) at once. It is tried again all the
    same, every ``after_seconds``: somebody may have mended it."""

    reason: str
    after_seconds: float = 60.0


Progress = Done | Waiting | Stuck


class Ledger(Protocol):
    """The orders of one component, as far as a Mover may touch them: only one that replaces nodes by others must."""

    def order_of(self, node: str) -> int:
        """Number of the node's order; another order has another. 0 without one."""

    def text(self, node: str) -> str:
        """The node's order as it is written down on the Node; '' without one."""

    def restore(self, node: str, text: str) -> None:
        """Take up an order of a node that is gone, unless one is known."""

    def inherit(self, node: str, heir: str) -> None:
        """``heir`` stands in for ``node``: the order is its own from now on."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a Mover stands on. ``revisions`` and ``labels`` (of the Cluster) are live: they may grow and change.

    ``changed(nodes)`` tells that these nodes may stand elsewhere, or fare otherwise, than before; None means all.
    ``writable()`` is False in a cluster that is only observed: nothing may be written to it then.
    """

    client: Client
    clock: Clock
    cluster: str
    component: Component
    revisions: Mapping[str, Revision]
    labels: Mapping[str, str]
    nodes: Mapping[str, Node]
    ledger: Ledger
    changed: Callable[[Iterable[str] | None], None]
    writable: Callable[[], bool]


class Mover(Protocol):
    """Moves the units of one component in one cluster. Errors of the API may come out of ``bring``: Retryable ones are
    retried, any other becomes the component's trouble.

    ``whole``: the cluster moves as one; ``node`` is then ``THE_CLUSTER`` throughout.
    """

    whole: bool

    async def run(self) -> None:
        """Keep informers until cancelled."""

    async def wait_synced(self) -> None:
        """Return once what is observed is complete."""

    def holds(self, node: str) -> bool:
        """Whether the node is one of the component's units; also asked of nodes that are gone."""

    def at(self, node: str) -> str | None:
        """Revision that the node stands at, by what is observed. '' where that can't be told or nothing is there; None
        where something is there that bears no mark of ours: nobody has moved it yet."""

    def symptom(self, node: str, now: float) -> tuple[int, float]:
        """What ails the component there (``driver.Symptom``), and since when; that of the node itself is known."""

    async def bring(self, node: str, revision: Revision, *, backward: bool) -> Progress:
        """One idempotent step towards ``revision``."""

    def trouble(self) -> Trouble | None:
        """Why nothing can be moved, or None."""

"""One component of one real cluster: its mover, its orders, and the numbers that stand for its revisions.

``real.py`` keeps one Part a component; ``performing.py`` carries out its orders; ``columns.py`` shows it as columns.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from myriarch.api.component import Component
from myriarch.api.revision import Revision
from myriarch.drivers.driver import Trouble
from myriarch.drivers.mover import Mover, Stuck, Waiting
from myriarch.drivers.orders import Orders

UNKNOWN = -1
"""Number of the revision of a node of which nothing is known."""

NOT_SYNCED = Trouble("NotSynced", "What is in the cluster is still being read: nothing is to be done.", blocks=True)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What a mover said last of an order that can't go on, and since when it says so (Unix seconds)."""

    progress: Waiting | Stuck
    since: float


@dataclass(slots=True)
class Part:
    """``revisions`` and ``labels`` are shared with the mover. ``read``: set once the mover, and the last order of a
    cluster that moves as one, are known; ``late``: that took long, and isn't waited for any more. ``fault``: why it
    can't be observed now. ``assumed``: the revision that the component is proven at. ``hindrances``: of nodes whose
    order can't go on now.
    """

    component: Component
    orders: Orders
    mover: Mover
    revisions: dict[str, Revision]
    labels: dict[str, str]
    read: asyncio.Event = field(default_factory=asyncio.Event)
    late: bool = False
    fault: Trouble | None = None
    assumed: str = ""
    numbers: list[str] = field(default_factory=list)
    hindrances: dict[str, Hindrance] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.component.name

    @property
    def synced(self) -> bool:
        return self.read.is_set()

    def number(self, revision: str) -> int:
        """The number that stands for ``revision``, given out on first use."""
        if not revision:
            return UNKNOWN
        if revision not in self.numbers:
            self.numbers.append(revision)
        return self.numbers.index(revision)

    def at(self, node: str) -> str:
        """Revision that the node stands at. What nobody ever moved stands where the component began."""
        found = self.mover.at(node)
        return self.component.spec.initial_revision if found is None else found

    def trouble(self) -> Trouble | None:
        return self.mover.trouble() or self.fault or (None if self.synced else NOT_SYNCED)

    def hinder(self, node: str, progress: Waiting | Stuck, now: float) -> bool:
        """Note that the node's order can't go on; whether that is of another kind than what was noted before."""
        before = self.hindrances.get(node)
        same = before is not None and type(before.progress) is type(progress)
        self.hindrances[node] = Hindrance(progress, before.since if before is not None and same else now)
        return not same

    def stuck_since(self, node: str) -> float:
        """Since when the node's order can't go on by itself; 0 where it can."""
        hindrance = self.hindrances.get(node)
        return hindrance.since if hindrance is not None and isinstance(hindrance.progress, Stuck) else 0.0

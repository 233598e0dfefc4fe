"""Carries out the orders of a real cluster: a work queue of (component, node), each step idempotent.

A step writes the order down where it is not yet, asks the mover to bring the node nearer, and writes down that it
arrived. Nothing is written while the cluster is only observed. An error of the API that trying again can mend is
tried again; any other is told, and tried again now and then, until the move has taken too long. A fault of the
revision leaves the node Stuck at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from myriarch.base.clock import Clock
from myriarch.base.errors import Retryable, Terminal, UserFault
from myriarch.client.errors import NotFound
from myriarch.drivers.mover import THE_CLUSTER, Done, Progress, Stuck, Waiting
from myriarch.drivers.node import Node, readiness
from myriarch.drivers.order_store import OrderStore
from myriarch.drivers.orders import Order, arrived, begun
from myriarch.drivers.part import Part
from myriarch.runtime.queue import WorkQueue
from myriarch.runtime.worker import Worker

WORKERS: Final = 16
FAULT_SECONDS: Final = 30.0
"""What trying again can't mend is tried again after so long all the same: somebody may have mended it."""

SEEN_SECONDS: Final = 1.0
"""What a mover did is done when it is observed; a watch tells of it, and without word it is looked at after so long."""


class Errand(NamedTuple):
    """The order of one node for one component."""

    component: str
    node: str


class Performer:
    """Works through errands. ``moved(component, node)`` is called when a move has ended or was hindered anew."""

    def __init__(
        self,
        parts: Mapping[str, Part],
        nodes: Mapping[str, Node],
        store: OrderStore,
        clock: Clock,
        writable: Callable[[], bool],
        moved: Callable[[str, str], None],
    ) -> None:
        self._parts = parts
        self._nodes = nodes
        self._store = store
        self._clock = clock
        self._writable = writable
        self._moved = moved
        self._queue: WorkQueue[Errand] = WorkQueue(clock)

    async def run(self) -> None:
        """Work until cancelled."""
        await Worker("driver", self._queue, self._perform, count=WORKERS).run()

    def add(self, component: str, node: str) -> None:
        """Look at the order soon."""
        self._queue.add(Errand(component, node))

    async def _perform(self, errand: Errand) -> float | None:
        """One step; seconds after which to look again, or None."""
        component, node = errand
        part = self._parts.get(component)
        if part is None or not part.synced or not self._writable():
            return None
        if not part.mover.whole and node not in self._nodes and not part.mover.holds(node):
            part.orders.drop(node)
            return None
        try:
            return await self._step(part, node)
        except Retryable as error:
            self._hindered(part, node, Waiting(str(error), 0.0))
            raise
        except UserFault as error:
            self._hindered(part, node, Stuck(str(error)))
            return FAULT_SECONDS
        except Terminal as error:
            self._hindered(part, node, Waiting(str(error), FAULT_SECONDS))
            return FAULT_SECONDS

    async def _step(self, part: Part, node: str) -> float | None:
        order = self._begin(part, node)
        if order is None or not await self._write(part, node, order) or not order.moving:
            return None
        if not order.moving_since:
            return None  # silent: begins when it is heard again
        revision = part.revisions.get(order.target)
        if revision is None:
            where = f"revision {order.target}" if order.target else "no known revision"
            self._hindered(part, node, Stuck(f"the order goes to {where}, which can't be read"))
            return FAULT_SECONDS
        progress = await part.mover.bring(node, revision, backward=order.backward)
        if part.orders.get(node) is not order:
            return 0.0  # told otherwise meanwhile
        return await self._take(part, node, order, progress)

    def _begin(self, part: Part, node: str) -> Order | None:
        """The order, begun if it can begin now."""
        order = part.orders.get(node)
        if order is None or not order.moving or order.moving_since:
            return order
        known = self._nodes.get(node)
        if node != THE_CLUSTER and known is not None and readiness(known)[0] == -1:
            return order
        order = begun(order, self._clock.now())
        part.orders.note(node, order)
        return order

    async def _write(self, part: Part, node: str, order: Order) -> bool:
        """Whether the order is written down now."""
        if part.orders.is_written(node):
            return True
        try:
            await self._store.write(part.name, node, part.orders.text(node))
        except NotFound:
            return node not in self._nodes  # replaced by another: its mover keeps the order; else seen gone soon
        part.orders.written(node, order)
        return True

    async def _take(self, part: Part, node: str, order: Order, progress: Progress) -> float | None:
        if isinstance(progress, Done) and part.at(node) != order.target:
            progress = Waiting("it is done, and not seen yet", SEEN_SECONDS)
        if not isinstance(progress, Done):
            self._hindered(part, node, progress)
            return progress.after_seconds
        part.hindrances.pop(node, None)
        done = arrived(order, self._clock.now())
        part.orders.note(node, done)
        self._moved(part.name, node)
        await self._write(part, node, done)
        return None

    def _hindered(self, part: Part, node: str, progress: Waiting | Stuck) -> None:
        if part.hinder(node, progress, self._clock.now()):
            self._moved(part.name, node)

"""The driver of real clusters: what all ways of moving share.

It watches the Nodes, keeps one Part (mover, orders, numbers of revisions) for each component that it was told of, and
turns what they show into columns. Orders are taken at once, in memory, and shown from then on; ``performing.py``
writes them down and carries them out. A row belongs to one name for as long as the process lives; a node that is gone
keeps its row, not present.

Its owner starts ``run``, says with ``define`` what the components are, and sets ``writable`` where the cluster is
managed rather than only observed. Until a component's mover has read the cluster, its nodes are not shown, and
``trouble`` says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from myriarch.api.component import Component
from myriarch.api.revision import Revision
from myriarch.base.clock import Clock
from myriarch.client.backoff import Backoff
from myriarch.client.client import Client
from myriarch.client.errors import ApiError
from myriarch.client.informer import Informer
from myriarch.client.resource import NODES
from myriarch.drivers.columns import bare_row, node_states, unit_row, whole_row
from myriarch.drivers.driver import Attribute, Bools, Ints, NodeStates, Trouble
from myriarch.drivers.flaps import Flaps
from myriarch.drivers.mover import THE_CLUSTER, Ground, Mover
from myriarch.drivers.movers import mover_of
from myriarch.drivers.node import Node, readiness
from myriarch.drivers.order_store import OrderStore
from myriarch.drivers.orders import Orders, advanced, annotation_of, reverted
from myriarch.drivers.part import Part
from myriarch.drivers.performing import Performer
from myriarch.drivers.strata import strata_of
from myriarch.engine.partition import LabelColumn, label_column

Listener = Callable[[str, Sequence[str]], None]
MoverOf = Callable[[Ground], Mover]

READ_SECONDS: Final = 10.0
UNDEFINED: Final = Trouble("Undefined", "What the component is has not been read yet.", blocks=True)


class RealDriver:
    """One real cluster. ``client`` speaks to its own API server."""

    def __init__(self, client: Client, clock: Clock, cluster: str, *, movers: MoverOf = mover_of) -> None:
        self._client = client
        self._clock = clock
        self._cluster = cluster
        self._mover_of = movers
        self._writable = False
        self._names: list[str] = []
        self._positions: dict[str, int] = {}
        self._nodes: dict[str, Node] = {}
        self._parts: dict[str, Part] = {}
        self._flaps = Flaps()
        self._listeners: list[Listener] = []
        self._store = OrderStore(client)
        self._performer = Performer(self._parts, self._nodes, self._store, clock, lambda: self._writable, self._moved)
        self._informer: Informer[Node] = Informer(client, NODES, Node, clock)
        self._informer.add_handlers(self._added, self._updated, self._removed)
        self._group: asyncio.TaskGroup | None = None
        self._tasks: dict[str, list[asyncio.Task[None]]] = {}

    # Its owner's

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self._informer.run(), name=f"nodes of {self._cluster}")
            group.create_task(self._performer.run(), name=f"orders of {self._cluster}")
            for part in self._parts.values():
                self._start(part)

    async def wait_synced(self) -> None:
        """Return once the nodes, and what the components' movers observe, are known. A component that takes longer
        than ``READ_SECONDS``, or can't be read at all, doesn't hold the others: it is ``unread``."""
        await self._informer.wait_synced()
        parts = [part for part in self._parts.values() if not part.synced and not part.late]
        if not parts:
            return
        reading = asyncio.gather(*(part.read.wait() for part in parts))
        patience = asyncio.ensure_future(self._clock.sleep(READ_SECONDS))
        try:
            await asyncio.wait((reading, patience), return_when=asyncio.FIRST_COMPLETED)
            for part in parts:
                part.late = True
        finally:
            reading.cancel()
            patience.cancel()

    def unread(self, component: str) -> Trouble | None:
        """Why nothing can be said of ``component`` yet, or None: what is shown of it would be no evidence."""
        part = self._parts.get(component)
        return None if part is None or part.synced else part.trouble()

    @property
    def writable(self) -> bool:
        """Whether the cluster may be written to."""
        return self._writable

    @writable.setter
    def writable(self, writable: bool) -> None:
        resumed = writable and not self._writable
        self._writable = writable
        if resumed:
            for part in self._parts.values():
                self._resume(part)

    def define(self, component: Component, revisions: Mapping[str, Revision], labels: Mapping[str, str]) -> None:
        """Say what ``component`` is, with the revisions that orders may name and the labels of the Cluster.

        Called again, it adds revisions and replaces labels; another driver or target means another mover, which goes
        on with the same orders.
        """
        part = self._parts.get(component.name)
        if part is None or part.component.spec != component.spec:
            part = self._make(component, part)
            self._parts[component.name] = part
            if self._group is not None:
                self._start(part)
        part.revisions.update(revisions)
        part.labels.clear()
        part.labels.update(labels)
        self._resume(part)

    def forget(self, component: str) -> None:
        """The component isn't released to this cluster any more; what was written of it stays."""
        self._stop(component)
        self._parts.pop(component, None)

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener(cluster, nodes)`` when something observed changed."""
        self._listeners.append(listener)

    def unsubscribe(self, listener: Listener) -> None:
        """Call it no more."""
        self._listeners.remove(listener)

    # The node level's

    @property
    def names(self) -> Sequence[str]:
        return self._names

    def attributes(self) -> dict[str, Attribute]:
        return strata_of([self._nodes.get(name) for name in self._names])

    def labels(self, keys: Sequence[str]) -> dict[str, LabelColumn]:
        nodes = [self._nodes.get(name) for name in self._names]
        return {key: label_column([None if n is None else n.metadata.labels.get(key) for n in nodes]) for key in keys}

    def membership(self) -> tuple[Bools, Bools] | None:
        states = self.observe("", self._clock.now())
        return states.present, states.ready == 1

    def whole(self, component: str) -> bool:
        part = self._parts.get(component)
        return part is not None and part.mover.whole

    def trouble(self, component: str) -> Trouble | None:
        part = self._parts.get(component)
        return part.trouble() if part is not None else UNDEFINED

    def waits(self, component: str) -> Mapping[str, str]:
        part = self._parts.get(component)
        return {node: each.progress.reason for node, each in part.hindrances.items()} if part is not None else {}

    def assume(self, component: str, revision: str) -> None:
        part = self._parts.get(component)
        if part is not None:
            part.assumed = revision
            part.number(revision)

    def number_of(self, component: str, revision: str) -> int:
        part = self._parts.get(component)
        return part.number(revision) if part is not None and revision in part.numbers else -2

    def observe(self, component: str, now: float) -> NodeStates:
        nodes = [(name, self._nodes.get(name)) for name in self._names]
        part = self._parts.get(component)
        if not component:
            return node_states([bare_row(node) for _, node in nodes])
        if part is None:
            return node_states([bare_row(None) for _ in nodes])
        if part.mover.whole:
            row = whole_row(part, now)
            return node_states([row if node is not None else bare_row(None) for _, node in nodes])
        return node_states([unit_row(part, name, node, self._flaps, now) for name, node in nodes])

    def advance(self, component: str, nodes: Ints, revision: str, attempt: int, now: float) -> None:
        part = self._parts.get(component)
        if part is None:
            return
        part.number(revision)
        for name in self._units(part, nodes):
            known, at = part.orders.get(name), part.at(name)
            part.orders.put(name, advanced(known, at, revision, attempt, now, part.assumed))

    def revert(self, component: str, nodes: Ints, now: float) -> None:
        part = self._parts.get(component)
        for name in self._units(part, nodes):
            assert part is not None
            order = part.orders.get(name)
            if order is not None:
                part.orders.put(name, reverted(order, part.at(name), now))

    def confirm(self, component: str, nodes: Ints) -> None:
        part = self._parts.get(component)
        for name in self._units(part, nodes):
            assert part is not None
            part.orders.confirm(name)

    def _units(self, part: Part | None, nodes: Ints) -> Iterator[str]:
        """Whom an order to ``nodes`` is for: a cluster that moves as one is told once."""
        if part is None or not len(nodes):
            return iter(())
        if part.mover.whole:
            return iter((THE_CLUSTER,))
        return (self._names[int(position)] for position in np.asarray(nodes))

    # Components

    def _make(self, component: Component, before: Part | None) -> Part:
        """The part of a component, with what an earlier definition left."""
        self._stop(component.name)
        name = component.name
        orders = before.orders if before is not None else Orders(lambda node: self._ordered(name, node))
        revisions = before.revisions if before is not None else {}
        labels = before.labels if before is not None else {}
        ground = Ground(
            client=self._client,
            clock=self._clock,
            cluster=self._cluster,
            component=component,
            revisions=revisions,
            labels=labels,
            nodes=self._nodes,
            ledger=orders,
            changed=lambda nodes: self._changed(name, nodes),
            writable=lambda: self._writable,
        )
        part = Part(component, orders, self._mover_of(ground), revisions, labels)
        if before is not None:
            part.numbers, part.assumed = before.numbers, before.assumed
        for node in self._nodes.values():
            _load(part, node)
        return part

    def _start(self, part: Part) -> None:
        assert self._group is not None
        what = f"{part.name} in {self._cluster}"
        self._tasks[part.name] = [
            self._group.create_task(self._keep(part), name=what),
            self._group.create_task(self._sync(part), name=f"sync of {what}"),
        ]

    def _stop(self, component: str) -> None:
        for task in self._tasks.pop(component, ()):
            task.cancel()

    async def _keep(self, part: Part) -> None:
        """Run the mover, again where an error of the API ends it."""
        backoff = Backoff(0, f"{part.name} {self._cluster}")
        while True:
            try:
                await part.mover.run()
                return
            except ApiError as error:
                part.fault = Trouble("CannotObserve", f"{part.name} can't be observed: {error}", blocks=True)
                await self._clock.sleep(backoff.next_seconds(error.retry_after_seconds))
                part.fault = None

    async def _sync(self, part: Part) -> None:
        """From when on the component is shown, and its orders are carried out."""
        await self._informer.wait_synced()
        await part.mover.wait_synced()
        if part.mover.whole:
            part.orders.restore(THE_CLUSTER, await self._read_whole(part))
        part.read.set()
        self._resume(part)
        self._tell(self._names)

    async def _read_whole(self, part: Part) -> str:
        backoff = Backoff(0, f"order {part.name} {self._cluster}")
        while True:
            try:
                return await self._store.read_whole(part.name)
            except ApiError as error:
                part.fault = Trouble("CannotObserve", f"the last order can't be read: {error}", blocks=True)
                await self._clock.sleep(backoff.next_seconds(error.retry_after_seconds))
                part.fault = None

    def _resume(self, part: Part) -> None:
        for node in list(part.orders.pending()):
            self._performer.add(part.name, node)

    # What changes

    def _ordered(self, component: str, node: str) -> None:
        if node != THE_CLUSTER and node not in self._positions:
            self._place(node)  # gone, but its mover replaces it by another
        part = self._parts.get(component)
        if part is not None:
            part.hindrances.pop(node, None)  # it was the order before that could not go on
        self._performer.add(component, node)

    def _changed(self, component: str, nodes: Iterable[str] | None) -> None:
        part = self._parts.get(component)
        if part is None:
            return
        if nodes is None or part.mover.whole:
            self._resume(part)
            self._tell(self._names)
            return
        names = list(nodes)
        for name in names:
            if part.orders.is_open(name):
                self._performer.add(component, name)
        self._tell(names)

    def _moved(self, _component: str, node: str) -> None:
        self._flaps.forget(node)  # going down and up by an order is no flapping
        self._tell([node] if node != THE_CLUSTER else self._names)

    def _tell(self, nodes: Sequence[str]) -> None:
        for listener in self._listeners:
            listener(self._cluster, nodes)

    def _place(self, name: str) -> None:
        self._positions[name] = len(self._names)
        self._names.append(name)

    def _added(self, _old: Node | None, new: Node | None) -> None:
        assert new is not None
        name = new.metadata.name
        if name not in self._positions:
            self._place(name)
        self._nodes[name] = new
        for part in self._parts.values():
            _load(part, new)
            if part.orders.is_open(name):
                self._performer.add(part.name, name)
        self._tell([name])

    def _updated(self, old: Node | None, new: Node | None) -> None:
        assert old is not None
        assert new is not None
        name = new.metadata.name
        self._nodes[name] = new
        if readiness(old) != readiness(new):
            self._flaps.note(name, self._clock.now())
        elif _unmoved(old, new):
            return
        for part in self._parts.values():
            if part.orders.is_open(name):
                self._performer.add(part.name, name)
        self._tell([name])

    def _removed(self, old: Node | None, _new: Node | None) -> None:
        assert old is not None
        name = old.metadata.name
        self._nodes.pop(name, None)
        self._flaps.forget(name)
        for part in self._parts.values():
            if part.mover.whole or part.mover.holds(name):
                continue
            part.orders.drop(name)
            part.hindrances.pop(name, None)
        self._tell([name])


def _load(part: Part, node: Node) -> None:
    part.orders.restore(node.metadata.name, node.metadata.annotations.get(annotation_of(part.name), ""))


def _unmoved(old: Node, new: Node) -> bool:
    """Whether nothing that is shown or waited for differs: most updates of a Node are heartbeats."""
    return (
        old.metadata.labels == new.metadata.labels
        and old.metadata.annotations == new.metadata.annotations
        and (old.spec == new.spec and old.status.node_info == new.status.node_info)
    )

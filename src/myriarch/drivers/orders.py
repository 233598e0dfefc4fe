"""Orders: what each node was last told for one component, and what was written down of it.

An order is written on its Node, as one annotation, before the move that it asks for begins; so whatever process dies,
the next one reads off the nodes what was under way, which attempt each node began and where a revert brings it. What
an order says is what ``driver.NodeStates`` says: ``previous`` is where the node stood at its first advance that isn't
proven yet, kept through later attempts until it is confirmed, so that when C supersedes a half-done B the node goes
back to A.

``advanced``, ``reverted``, ``begun`` and ``arrived`` are the only ways in which an order changes, and are pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from myriarch.base.hashing import stable_hash

ANNOTATION_PREFIX: Final = "state.myriarch.io/"
REVISION_PREFIX: Final = "revision.myriarch.io/"
"""Of the label or annotation that says at which revision of a component something stands."""

NAME_CHARACTERS_MAX: Final = 63
"""The longest name that a label or annotation may have after its prefix."""

_HASH_CHARACTERS: Final = 16


class Order(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One node's last order. Times in Unix seconds; ``moving_since`` is 0 while the move waits to begin, ``done_at`` 0
    while it isn't done. ``number`` counts the node's orders: another move has another. ``touched``: a move began, this
    one or one that it replaced, and none has ended since: what stands there may be half of either."""

    number: int
    attempt: int
    target: str
    previous: str = ""
    backward: bool = False
    moving: bool = False
    touched: bool = False
    moving_since: float = 0.0
    done_at: float = 0.0


_DECODER: Final = msgspec.json.Decoder(Order)


def advanced(known: Order | None, at: str, revision: str, attempt: int, now: float, assumed: str = "") -> Order:
    """The order to go to ``revision``; repeating it changes nothing. ``at`` is where the node stands; a node that
    stands nowhere is taken to come from ``assumed``."""
    before = known or Order(number=0, attempt=-1, target=at)
    new = before.attempt != attempt
    previous = (at or assumed) if new and not before.previous else before.previous
    return _aimed(before, at, revision, now, stamp=new, attempt=attempt, previous=previous, backward=False)


def reverted(known: Order, at: str, now: float) -> Order:
    """The order to go back to where the node was before its first advance that isn't proven."""
    return _aimed(
        known, at, known.previous, now, stamp=False, attempt=known.attempt, previous=known.previous, backward=True
    )


def _aimed(
    before: Order, at: str, target: str, now: float, *, stamp: bool, attempt: int, previous: str, backward: bool
) -> Order:
    """Point an order at ``target``. A node that is there already, or is on its way there, has nothing new to do."""
    there = at == target and bool(target) and not before.touched
    under_way = before.moving and before.target == target
    done_at = before.done_at if there or under_way else 0.0
    if there and (stamp or before.moving):
        done_at = now
    return Order(
        number=before.number if there or under_way else before.number + 1,
        attempt=attempt,
        target=target,
        previous=previous,
        backward=backward,
        moving=not there,
        touched=before.touched,
        moving_since=before.moving_since if under_way else 0.0,
        done_at=done_at,
    )


def begun(order: Order, now: float) -> Order:
    """The move is under way."""
    return msgspec.structs.replace(order, touched=True, moving_since=now)


def arrived(order: Order, now: float) -> Order:
    """The move is done."""
    return msgspec.structs.replace(order, moving=False, touched=False, moving_since=0.0, done_at=now)


class Orders:
    """The orders of one component by node, and which of them are still to be written. It is a ``mover.Ledger``.

    ``told(node)`` is called when a node's order changed and must be performed or written.
    """

    def __init__(self, told: Callable[[str], None]) -> None:
        self._orders: dict[str, Order] = {}
        self._unwritten: set[str] = set()
        self._told = told

    def get(self, node: str) -> Order | None:
        return self._orders.get(node)

    def put(self, node: str, order: Order) -> None:
        """Take an order over, to be performed and written; one that is as it was is left alone."""
        if self._orders.get(node) != order:
            self.note(node, order)
            self._told(node)

    def note(self, node: str, order: Order) -> None:
        """The same from whoever performs it, and sees to the writing himself."""
        self._orders[node] = order
        self._unwritten.add(node)

    def confirm(self, node: str) -> None:
        """What the node stands at is its last-known-good."""
        order = self._orders.get(node)
        if order is not None and order.previous:
            self.put(node, msgspec.structs.replace(order, previous=""))

    def drop(self, node: str) -> None:
        """The node is gone, and its order with it."""
        self._orders.pop(node, None)
        self._unwritten.discard(node)

    def pending(self) -> Iterator[str]:
        """Nodes whose order is to be performed or written."""
        return (node for node, order in self._orders.items() if order.moving or node in self._unwritten)

    def is_open(self, node: str) -> bool:
        """Whether the node's order is still to be performed."""
        order = self._orders.get(node)
        return order is not None and order.moving

    def is_written(self, node: str) -> bool:
        return node not in self._unwritten

    def written(self, node: str, order: Order) -> None:
        """``order`` is on the node now; if a later one came meanwhile, that is still to be written."""
        if self._orders.get(node) is order:
            self._unwritten.discard(node)

    # What movers may do

    def order_of(self, node: str) -> int:
        order = self._orders.get(node)
        return order.number if order is not None else 0

    def text(self, node: str) -> str:
        order = self._orders.get(node)
        return msgspec.json.encode(order).decode() if order is not None else ""

    def restore(self, node: str, text: str) -> None:
        """Take up what is written, unless the node's order is known. What can't be read counts as nothing."""
        if node in self._orders or not text:
            return
        try:
            order = _DECODER.decode(text)
        except msgspec.DecodeError:
            return  # somebody else's hand: the node then stands where it is seen to stand, and is moved anew
        self._orders[node] = order
        self._told(node)

    def inherit(self, node: str, heir: str) -> None:
        order = self._orders.pop(node, None)
        self._unwritten.discard(node)
        if order is not None:
            self.put(heir, order)


def annotation_of(component: str) -> str:
    """The annotation of a Node that holds its order for ``component``."""
    return ANNOTATION_PREFIX + word_of(component)


def word_of(name: str) -> str:
    """``name`` as the name part of an annotation or as a label's value: those are shorter than names may be."""
    if len(name) <= NAME_CHARACTERS_MAX:
        return name
    kept = name[: NAME_CHARACTERS_MAX - _HASH_CHARACTERS - 1].rstrip("-.")
    return f"{kept}-{stable_hash(0, name):016x}"

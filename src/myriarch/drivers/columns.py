"""What a real cluster shows of one component, as the columns that the node level decides by.

A unit is ready when its node is and the component runs there; a unit whose component is down uses up the budget of
unavailable units like one whose node is. While an order is under way, being down is no symptom; not being able to go
on by itself (Stuck) is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from myriarch.drivers.driver import NodeStates, Symptom
from myriarch.drivers.flaps import Flaps
from myriarch.drivers.mover import THE_CLUSTER
from myriarch.drivers.node import Node, readiness
from myriarch.drivers.orders import Order
from myriarch.drivers.part import UNKNOWN, Part

NEVER = float("inf")
_DOWN = frozenset({Symptom.NOT_READY, Symptom.CRASHED})


@dataclass(frozen=True, slots=True)
class Row:
    """One node for one component: the fields of ``NodeStates``."""

    present: bool = False
    ready: int = -1
    since: float = 0.0
    symptom: int = Symptom.HEALTHY
    symptom_since: float = 0.0
    at: int = UNKNOWN
    target: int = UNKNOWN
    previous: int = UNKNOWN
    attempt: int = 0
    started: bool = False
    moving: bool = False
    done_at: float = 0.0
    moving_since: float = NEVER


ABSENT = Row()


def node_states(rows: Sequence[Row]) -> NodeStates:
    """Rows as columns."""
    return NodeStates(
        present=np.array([row.present for row in rows], np.bool_),
        ready=np.array([row.ready for row in rows], np.int8),
        since=np.array([row.since for row in rows], np.float64),
        symptom=np.array([row.symptom for row in rows], np.int8),
        symptom_since=np.array([row.symptom_since for row in rows], np.float64),
        at=np.array([row.at for row in rows], np.int32),
        target=np.array([row.target for row in rows], np.int32),
        previous=np.array([row.previous for row in rows], np.int32),
        attempt=np.array([row.attempt for row in rows], np.int32),
        started=np.array([row.started for row in rows], np.bool_),
        moving=np.array([row.moving for row in rows], np.bool_),
        done_at=np.array([row.done_at for row in rows], np.float64),
        moving_since=np.array([row.moving_since for row in rows], np.float64),
    )


def bare_row(node: Node | None) -> Row:
    """A node of which no component is asked."""
    if node is None:
        return ABSENT
    ready, since = readiness(node)
    return Row(present=True, ready=ready, since=since)


def unit_row(part: Part, name: str, node: Node | None, flaps: Flaps, now: float) -> Row:
    """A node as a unit of ``part``; ``node`` is None where it is gone."""
    if not part.synced or not part.mover.holds(name):
        return ABSENT
    order = part.orders.get(name)
    ready, since = readiness(node) if node is not None else (0, now)
    symptom, symptom_since = _symptom(part, name, ready, since, flaps, now)
    if ready == 1 and symptom in _DOWN:
        ready, since = 0, symptom_since
    if order is not None and order.moving and symptom != Symptom.SILENT:
        symptom, symptom_since = _while_moving(part, name)
    return _ordered(part, name, order, ready, since, symptom, symptom_since)


def whole_row(part: Part, now: float) -> Row:
    """The row that every node of a cluster that moves as one shows. The cluster answers, so its units are ready."""
    if not part.synced:
        return ABSENT
    order = part.orders.get(THE_CLUSTER)
    symptom, since = part.mover.symptom(THE_CLUSTER, now)
    if order is not None and order.moving:
        symptom, since = _while_moving(part, THE_CLUSTER)
    return _ordered(part, THE_CLUSTER, order, 1, 0.0, symptom, since)


def _symptom(part: Part, name: str, ready: int, since: float, flaps: Flaps, now: float) -> tuple[int, float]:
    """The gravest of what the node and what the component on it show."""
    if ready == -1:
        return Symptom.SILENT, since
    flapping_since = flaps.since(name, now)
    if flapping_since:
        return Symptom.FLAPPING, flapping_since
    found = part.mover.symptom(name, now)
    if ready == 0 and found[0] != Symptom.CRASHED:
        return Symptom.NOT_READY, since
    return found


def _while_moving(part: Part, name: str) -> tuple[int, float]:
    stuck_since = part.stuck_since(name)
    return (Symptom.UPDATE_TIMEOUT, stuck_since) if stuck_since else (Symptom.HEALTHY, 0.0)


def _ordered(
    part: Part, name: str, order: Order | None, ready: int, since: float, symptom: int, symptom_since: float
) -> Row:
    at = part.number(part.at(name))
    if order is None:
        return Row(True, ready, since, symptom, symptom_since, at, target=at)
    return Row(
        present=True,
        ready=ready,
        since=since,
        symptom=symptom,
        symptom_since=symptom_since,
        at=at,
        target=part.number(order.target),
        previous=part.number(order.previous),
        attempt=order.attempt,
        started=True,
        moving=order.moving,
        done_at=order.done_at,
        moving_since=_moving_since(order, ready),
    )


def _moving_since(order: Order, ready: int) -> float:
    """An order waits, rather than being under way, until the node can be reached."""
    return order.moving_since or NEVER if order.moving and ready != -1 else NEVER

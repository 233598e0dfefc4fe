"""Tells which nodes are sick, whoever's doing it is, and when releases came to nodes (``api/sickness.py``).

Nothing is told, and next to nothing computed, while no release is in flight in the cluster or no node is sick. Who
is to blame is the hub's to judge: it alone sees all clusters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from myriarch.agent.limits import Limits
from myriarch.agent.node_level import Turn
from myriarch.agent.nodes import ZONE
from myriarch.api.cluster import ComponentStatus, Grant
from myriarch.api.sickness import ARRIVALS_MAX, SICK_GROUPS_MAX, ArrivalStep, SickGroup
from myriarch.base.clock import parse_rfc3339, rfc3339
from myriarch.drivers.driver import Bools, Driver, Floats, NodeStates, Symptom
from myriarch.engine.population import count, some

MINUTE: Final = 60.0
STEP_SECONDS: Final = 300.0
"""Nodes that were moved within so long of each other are told as one step."""

InFlight = tuple[ComponentStatus, Grant, Limits, Turn]


def arrivals_of(grant: Grant, turn: Turn, before: ComponentStatus | None) -> list[ArrivalStep]:
    """When how many nodes had been moved. What was told before stays until more have been: a node that goes back, or
    is moved anew, forgets when it was moved first."""
    known = before.arrivals if before is not None and before.attempt == grant.attempt else []
    if grant.proven or not grant.attempt:  # of what is proven nobody asks any more
        return known
    moved = turn.health.begun & ~turn.states.moving & ~turn.health.back
    if count(moved) <= sum(step.nodes for step in known):
        return known
    return _joined(np.sort(turn.states.done_at[moved]))


def _joined(moments: Floats) -> list[ArrivalStep]:
    """Sorted moments as steps: those near to each other are one, and at most ``ARRIVALS_MAX`` gaps part them."""
    gaps = np.diff(moments)
    widest = np.argsort(-gaps, kind="stable")[: ARRIVALS_MAX - 1]
    starts = np.sort(widest[gaps[widest] >= STEP_SECONDS]) + 1
    parts = np.split(moments, starts)
    return [ArrivalStep(at=rfc3339(float(part[0])), nodes=len(part)) for part in parts]


def sick_groups(flights: Sequence[InFlight], driver: Driver, now: float) -> list[SickGroup]:
    """The sick nodes of a cluster, the largest groups first where there are too many."""
    flights = [flight for flight in flights if not flight[1].proven and flight[1].attempt]
    since = _sick_since(flights, now)
    if since is None:
        return []
    zone = driver.attributes().get(ZONE)
    groups: dict[tuple[str, str, tuple[tuple[str, str], ...]], int] = {}
    begun = [(status.component, _steps(status), _moved_at(turn)) for status, _, _, turn in flights]
    for index in map(int, np.flatnonzero(np.isfinite(since))):
        at = rfc3339(since[index] // MINUTE * MINUTE)
        came = tuple(
            (name, _nearest(steps, moved[index], at)) for name, steps, moved in begun if np.isfinite(moved[index])
        )
        key = (at, zone.values[int(zone.codes[index])] if zone is not None else "", came)
        groups[key] = groups.get(key, 0) + 1
    largest = sorted(groups.items(), key=lambda item: (-item[1], item[0]))[:SICK_GROUPS_MAX]
    return [SickGroup(at=at, zone=place, nodes=nodes, begun=dict(came)) for (at, place, came), nodes in largest]


def _sick_since(flights: Sequence[InFlight], now: float) -> Floats | None:
    """float64[n]: since when each node is sick, as any component's driver sees it; infinite where it is not. None where
    no node is."""
    found: Floats | None = None
    for _, _, limits, turn in flights:
        sick = sick_nodes(turn.states, limits.failure_grace_seconds, now)
        if some(sick):
            since = np.where(sick, turn.states.symptom_since, np.inf)
            found = since if found is None else np.minimum(found, since)
    return found


def sick_nodes(states: NodeStates, grace_seconds: float, now: float) -> Bools:
    """bool[n]: who has shown a symptom for the grace, as one component's driver sees it; moves apart."""
    sick = _showing(states)
    if some(sick):
        sick &= now - states.symptom_since >= grace_seconds
    return sick


def next_sick_at(states: NodeStates, grace_seconds: float, now: float) -> float:
    """Unix seconds: when the next node that shows a symptom will have done so for the grace; infinite where none is."""
    showing = _showing(states)
    if not some(showing):
        return float("inf")
    moments = states.symptom_since[showing] + grace_seconds
    return float(moments[moments > now].min(initial=float("inf")))


def _showing(states: NodeStates) -> Bools:
    showing: Bools = states.present & ~states.moving & (states.symptom != Symptom.HEALTHY)
    return showing


def _moved_at(turn: Turn) -> Floats:
    """float64[n]: when the node was moved under this attempt; infinite where it was not, or has gone back."""
    health = turn.health
    return np.where(health.begun & ~turn.states.moving & ~health.back, turn.states.done_at, np.inf)


def _steps(status: ComponentStatus) -> list[tuple[float, str]]:
    return [(parse_rfc3339(step.at), step.at) for step in status.arrivals]


def _nearest(steps: Sequence[tuple[float, str]], moved_at: float, sick_at: str) -> str:
    """The step that the node belongs to: whoever compares it with the others goes by their steps."""
    if not steps:
        return min(rfc3339(moved_at), sick_at)
    return min(min(steps, key=lambda step: abs(step[0] - moved_at))[1], sick_at)

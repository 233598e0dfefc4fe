"""How the nodes of a cluster fare under one grant, as columns derived from what their driver shows."""

from __future__ import annotations

import msgspec
import numpy as np

from myriarch.agent.limits import Limits
from myriarch.api.cluster import Direction, Grant
from myriarch.drivers.driver import Bools, Floats, NodeStates, Symptom
from myriarch.engine.population import count, some

STANDING_ATTEMPT = 0
"""Attempt under which nodes are brought to the proven revision: no release counts them."""


class Health(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Columns derived from the node states for one grant.

    begun: started this attempt. reverting: told to go back. healthy: no symptom. updated: at the granted
    revision and healthy through the node soak. failed: unhealthy longer than the grace since it began, or
    takes too long, or can't go on by itself, as its driver says; ``failed_at`` is when that began. stuck: a revert
    that takes too long. borne: fails as many as the nodes not updated let expect, which is no evidence of harm.
    """

    begun: Bools
    reverting: Bools
    healthy: Bools
    updated: Bools
    failed: Bools
    failed_at: Floats
    stuck: Bools
    back: Bools
    borne: Bools


def health_of(states: NodeStates, grant: Grant, limits: Limits, target: int, now: float) -> Health:
    """The columns for ``grant``, whose revision has number ``target``, at ``now`` (Unix seconds)."""
    begun = states.started & (states.attempt == grant.attempt) & states.present
    if grant.attempt == STANDING_ATTEMPT:
        begun &= states.target == target
    reverting = begun & (states.target != target)
    if grant.direction is Direction.REVERT:  # who came from the very revision that it was granted is back already
        reverting |= begun & (states.previous == states.target)
    healthy = states.symptom == Symptom.HEALTHY
    given_up = states.moving & (states.symptom == Symptom.UPDATE_TIMEOUT)
    slow_move = (now - states.moving_since >= limits.update_timeout_seconds) | given_up
    sick = ~healthy & ~states.moving & (now - states.symptom_since >= limits.failure_grace_seconds)
    forward = begun & ~reverting
    at_target = forward & (states.at == target) & ~states.moving
    updated = at_target & healthy & (now - states.done_at >= limits.soak_seconds)
    failed = forward & (sick | slow_move)
    failed_at = states.symptom_since
    if some(failed):
        failed_at = np.where(slow_move & ~given_up, states.moving_since, states.symptom_since)
    borne = _borne(states, forward & ~states.moving, failed, sick if grant.tolerated_ratio > 0 else None)
    back = begun & reverting & ~states.moving
    return Health(begun, reverting, healthy, updated, failed & ~borne, failed_at, reverting & slow_move, back, borne)


def _borne(states: NodeStates, updated: Bools, failed: Bools, sick: Bools | None) -> Bools:
    """Failed updated nodes that are no evidence of harm: as many as the nodes not updated let expect. Silence is always
    judged so; any other failure where the ``sick`` are given, because the grant asks for a comparison."""
    borne = np.zeros(len(failed), np.bool_)
    if not some(failed):
        return borne
    control = states.present & ~updated & ~states.moving
    controls = count(control)
    if not controls:
        return borne
    if sick is not None:
        excused, alike = failed & ~states.moving, control & sick
    else:
        excused, alike = failed & (states.symptom == Symptom.SILENT), control & (states.ready == -1)
    expected = round(count(alike) / controls * count(updated))
    borne[np.flatnonzero(excused)[:expected]] = True
    return borne

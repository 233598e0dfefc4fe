"""Effects of revisions on nodes: who is struck, when, and what happens then (see ``behaviour.py``).

Draws are keyed by seed, component, revision, effect and node, so each attempt strikes the same nodes after
the same delay. A node restarts as a Poisson process, which has no memory; so the restart at which a node
crashes can be drawn when the effect strikes, and restarts that do nothing need not be simulated. (They are
shorter than the grace period after which a cluster calls a node not ready, so they would not show.)
"""

from __future__ import annotations

import numpy as np

from myriarch.fleet.behaviour import FLAP_SECONDS, SYMPTOM_CODES, Effect, Mask, Symptom
from myriarch.fleet.columns import NEVER, ClusterState, Stage
from myriarch.fleet.draws import Ints, exponential, lognormal, uniform
from myriarch.fleet.plan import Rows
from myriarch.fleet.spec import SECONDS_PER_DAY
from myriarch.fleet.world import Component, World

_FAILS = SYMPTOM_CODES[Symptom.UPDATE_FAILS]
_FLAPPING = SYMPTOM_CODES[Symptom.FLAPPING]
_CRASH = SYMPTOM_CODES[Symptom.CRASH_AT_RESTART]


def update_fails(world: World, state: ClusterState, component: Component, revision: int, indices: Ints) -> Mask:
    """Which of ``indices`` never complete an update to ``revision``."""
    failed = np.zeros(len(indices), dtype=np.bool_)
    for number, effect in enumerate(world.behaviour(component, revision).effects):
        if effect.symptom is Symptom.UPDATE_FAILS:
            failed |= _struck(world, state, component, revision, number, effect, indices)
    return failed


def schedule(world: World, state: ClusterState, component: Component, revision: int, indices: Ints) -> None:
    """The nodes have just come to ``revision``: set when each will be struck, if ever."""
    effects = world.behaviour(component, revision).effects
    if not effects:
        return
    part = state.part(component.number)
    open_ = part["stage"][indices] == Stage.NONE
    for number, effect in enumerate(effects):
        if effect.symptom is Symptom.UPDATE_FAILS or not open_.any():
            continue
        struck = open_ & _struck(world, state, component, revision, number, effect, indices)
        if struck.any():
            _set_strike(world, state, component, revision, number, effect, indices[struck])
            open_ &= ~struck


def _set_strike(
    world: World,
    state: ClusterState,
    component: Component,
    revision: int,
    number: int,
    effect: Effect,
    indices: Ints,
) -> None:
    part = state.part(component.number)
    purpose = world.key(state, component.name, component.revisions[revision], number, "delay")
    delay = lognormal(purpose, indices, median=effect.delay_seconds, spread=effect.delay_spread)
    part["due_at"][indices] = world.rounded_up_all(part["done_at"][indices] + delay)
    part["stage"][indices] = Stage.PENDING
    part["symptom"][indices] = SYMPTOM_CODES[effect.symptom]


def _struck(
    world: World,
    state: ClusterState,
    component: Component,
    revision: int,
    number: int,
    effect: Effect,
    indices: Ints,
) -> Mask:
    selector = component.selectors[revision][number]
    if not selector.matches_cluster(state.plan):
        return np.zeros(len(indices), dtype=np.bool_)
    purpose = world.key(state, component.name, component.revisions[revision], number, "strike")
    return selector.matches_nodes(state, indices) & (uniform(purpose, indices) < effect.probability)


def strike(world: World, state: ClusterState, component: Component, due: Ints, now: float) -> None:
    """Carry out the effect events of ``due`` nodes, which are not on the move."""
    part = state.part(component.number)
    rows: Rows = part[due]
    stage, symptom = rows["stage"], rows["symptom"]
    flapping = symptom == _FLAPPING
    arming = (stage == Stage.PENDING) & (symptom == _CRASH)
    relieved = (stage == Stage.ACTIVE) & flapping
    rows["due_at"] = NEVER
    rows["stage"] = np.where(arming, Stage.ARMED, np.where(relieved, Stage.RELIEVED, Stage.ACTIVE))
    if arming.any():
        mean = world.spec.restarts.mean_days_between * SECONDS_PER_DAY
        wait = exponential(world.key(state, "restart"), due[arming], int(now), mean=mean)
        rows["due_at"][arming] = world.rounded_up_all(now + wait)
    if flapping.any():
        shortest, longest = FLAP_SECONDS
        share = uniform(world.key(state, component.name, "flap"), due[flapping], int(now))
        rows["due_at"][flapping] = world.rounded_up_all(now + shortest + (longest - shortest) * share)
    part[due] = rows

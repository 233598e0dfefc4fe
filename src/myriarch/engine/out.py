"""Which units are out: they use up the budgets that they belong to.

A node is out when it is unavailable for whatever cause, is being moved, or was told to and has not said so yet. A
cluster is out when something in it moves by our order, whichever release's, or when it can't be heard: nobody knows
what it does. Units
that are long dead on their own are passed over, as many as the policy tolerates: they are recorded, and healed when
they return. So is one that failed after it began and that nobody takes back, because others fail as often or what it
stands at is proven. One that is stuck on its way back is out by our hand, for as long as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.engine.observed import TOLD_FORWARD, TOLD_NOTHING, TOLD_REVERT, Observed
from myriarch.engine.population import Bools, Population, count, some
from myriarch.engine.rules import ALL, Rules


@dataclass(frozen=True, slots=True, eq=False)
class Out:
    """``units`` bool[n] use up budgets; ``flying`` bool[n] are those of them that we moved: what is only down, or only
    silent, puts no failure domain in flight."""

    units: Bools
    flying: Bools


def units_out(population: Population, observed: Observed, rules: Rules) -> Out:
    """Who is out now."""
    return _nodes_out(population, observed, rules) if rules.over_nodes else _clusters_out(population, observed, rules)


def _nodes_out(population: Population, observed: Observed, rules: Rules) -> Out:
    told = observed.reachable & ~observed.echoed & ((observed.granted > 0) | (observed.asserted == TOLD_REVERT))
    down = observed.present & ((observed.unavailable > 0) | observed.busy | told)
    back = (observed.asserted == TOLD_REVERT) & (observed.off_target == 0)
    on_its_own = (observed.begun == 0) | ~observed.reachable | back
    if observed.left_alone is not None:
        on_its_own |= observed.left_alone
    given_up = on_its_own & ~observed.busy
    dead = down & given_up & (observed.silent_seconds >= rules.dead_after_seconds)
    units = down & ~_passed_over(dead, population, observed, rules)
    return Out(units, units & (observed.busy | told | ((observed.begun > 0) & ~back)))


def _clusters_out(population: Population, observed: Observed, rules: Rules) -> Out:
    told = observed.granted > 0
    back = (observed.asserted == TOLD_REVERT) | observed.self_reverted
    forward = told & ~back & (observed.asserted != TOLD_NOTHING) & ~(observed.settled & observed.echoed)
    # One that holds half-way and has nothing in hand is done for now, though not with its wave.
    in_hand = ~observed.echoed | (observed.begun > observed.updated + observed.failed)
    forward &= (observed.asserted == TOLD_FORWARD) | in_hand
    returning = back & ((observed.off_target > observed.stuck) | ~(observed.echoed | observed.self_reverted))
    flying = observed.present & observed.reachable & (forward | returning)
    if observed.elsewhere is not None:
        flying |= observed.present & observed.elsewhere
    silent = observed.present & ~observed.reachable
    dead = silent & (observed.silent_seconds >= rules.dead_after_seconds)
    return Out(flying | (silent & ~_passed_over(dead, population, observed, rules)), flying)


def _passed_over(dead: Bools, population: Population, observed: Observed, rules: Rules) -> Bools:
    """Of the dead units those that no longer use up budgets: the longest dead, as many as are tolerated."""
    if rules.dead_tolerated == ALL or not some(dead):
        return dead
    tolerated = rules.dead_tolerated.at_most(count(observed.present))
    if count(dead) <= tolerated:
        return dead
    rows = dead.nonzero()[0]
    rows = rows[np.lexsort((population.order[rows], -observed.silent_seconds[rows]))]
    found = np.zeros_like(dead)
    found[rows[:tolerated]] = True
    return found

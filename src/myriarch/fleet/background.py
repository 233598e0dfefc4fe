"""Ordinary failures: nodes break now and then, whatever runs on them, and most come back.

Without them a gate that tolerates nothing would look perfect. Each node fails as a Poisson process, once in
about a node-year by default; a failed node is not ready or unknown for its repair time, and a few never
return.
"""

from __future__ import annotations

import numpy as np

from myriarch.fleet.columns import NEVER, ClusterState, Failure
from myriarch.fleet.draws import Floats, Ints, exponential, lognormal, uniform
from myriarch.fleet.plan import Rows
from myriarch.fleet.spec import SECONDS_PER_DAY
from myriarch.fleet.world import World


def next_failure(world: World, state: ClusterState, indices: Ints, now: float) -> Floats:
    """Unix seconds at which each node next fails; inf where failures are switched off."""
    days = world.spec.failures.mean_days_between
    if days <= 0:
        return np.full(len(indices), NEVER)
    purpose = world.key(state, "failure")
    wait = exponential(purpose, indices, int(now), mean=days * SECONDS_PER_DAY)
    return world.rounded_up_all(now + wait)


def strike(world: World, state: ClusterState, due: Ints, now: float) -> None:
    """Nodes whose failure is due fail; those whose repair is due return."""
    rows: Rows = state.base[due]
    failing = rows["failure"] == Failure.NONE
    kinds, repaired_at = _fail(world, state, due, now)
    rows["failure_at"] = np.where(failing, repaired_at, next_failure(world, state, due, now))
    rows["failure"] = np.where(failing, kinds, Failure.NONE)
    state.base[due] = rows


def _fail(world: World, state: ClusterState, due: Ints, now: float) -> tuple[Ints, Floats]:
    rules = world.spec.failures
    fate = uniform(world.key(state, "failure-kind"), due, int(now))
    kinds = np.where(fate < rules.unknown_share, Failure.UNKNOWN, Failure.NOT_READY)
    repair = lognormal(
        world.key(state, "repair"),
        due,
        int(now),
        median=rules.repair_median_seconds,
        spread=rules.repair_spread,
    )
    gone = uniform(world.key(state, "never-return"), due, int(now)) < rules.never_return_share
    return kinds, np.where(gone, NEVER, world.rounded_up_all(now + repair))

"""Where the units of the current wave, or of a rollback, stand."""

from __future__ import annotations

import msgspec
import numpy as np

from myriarch.engine.held_units import holding, taking_back
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_FORWARD, TOLD_HOLD, TOLD_REVERT, Observed
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, count, some
from myriarch.engine.rules import Rules


class Standing(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Units not yet done: ``lacking`` bool[n] can be heard, ``silent`` bool[n] can't.

    ``settled`` is true when nothing is lacking and the silent ones are long enough silent, and few enough, to be
    passed over. ``patience_at`` is when a silent unit's time runs out (Unix seconds; infinite where none waits).
    """

    lacking: Bools
    silent: Bools
    settled: bool
    patience_at: float


def wave_standing(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Standing:
    """How far the current wave is done."""
    wave = plan.stages[memory.stage].waves[memory.wave]
    part = (wave.ceiling > 0) & observed.present & ~observed.self_reverted & (observed.asserted != TOLD_REVERT)
    # A unit that holds half-way has done what it was told, but not what the wave wants.
    held_at_its_end = (observed.asserted == TOLD_HOLD) & (observed.begun >= observed.granted)
    told = (observed.asserted == TOLD_FORWARD) | held_at_its_end
    done = (observed.granted >= wave.ceiling) & told & observed.echoed & observed.settled
    if memory.held:  # what began of it has to be back, wherever that is
        back = (holding(observed) >= len(memory.held)) & observed.echoed & observed.settled
        concerned = taking_back(plan, observed, memory) & ~observed.self_reverted
        part, done = part | concerned, np.where(part, done, True) & (back | ~concerned)
    return _standing(part, part & ~done, rules, observed, now, limited=True)


def rollback_standing(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Standing:
    """How far the rollback is done. A stuck unit is done: it is named, not waited for."""
    part = involved(plan, observed, memory)
    back = (observed.asserted == TOLD_REVERT) & observed.echoed & (observed.off_target <= observed.stuck)
    return _standing(part, part & ~back, rules, observed, now, limited=False)


def involved(plan: ReleasePlan, observed: Observed, memory: Memory) -> Bools:
    """bool[n]: the units that a rollback must bring back."""
    touched = (observed.granted > 0) | (observed.begun > 0) | (observed.asserted == TOLD_REVERT)
    if memory.wave_only and memory.wave > 0:
        before, wave = plan.stages[memory.stage].waves[memory.wave - 1 : memory.wave + 1]
        touched &= wave.ceiling > before.ceiling
    if memory.wave_only:
        touched &= plan.stages[memory.stage].members
    here: Bools = touched & observed.present
    return here


def _standing(part: Bools, undone: Bools, rules: Rules, observed: Observed, now: float, *, limited: bool) -> Standing:
    silent = undone & ~observed.reachable
    lacking = undone & observed.reachable
    if not some(silent):  # the usual case, answered at once
        return Standing(lacking, silent, not some(lacking), float("inf"))
    waited = observed.silent_seconds >= rules.unreachable_after_seconds
    impatient = silent & ~waited
    patience_at = float("inf")
    if impatient.any():
        patience_at = now + float((rules.unreachable_after_seconds - observed.silent_seconds[impatient]).min())
    borne = rules.unreachable_tolerance.at_most(count(part))
    too_many = limited and count(silent) > borne
    settled = not lacking.any() and not impatient.any() and not too_many
    return Standing(lacking, silent, settled, patience_at)


NAMED_UNITS = 3


def name_units(plan: ReleasePlan, chosen: Bools) -> str:
    """How many units, and the names of some."""
    indices = np.flatnonzero(chosen)
    names = ", ".join(plan.population.names[int(i)] for i in indices[:NAMED_UNITS])
    more = ", …" if len(indices) > NAMED_UNITS else ""
    return f"{len(indices)} units ({names}{more})"

"""Who is told of the strata that a release holds, and when.

To hear of it is free for a unit that has begun nothing. One where nodes of a held stratum began takes these back, so it
is told in its turn as in a rollback: greatest harm first, spread over the jitter, within budgets and concurrency; until
then it holds. What held nodes did is no longer judged: the release has answered it.
"""

from __future__ import annotations

import msgspec
import numpy as np

from myriarch.api.release import Phase
from myriarch.engine.budget import pick_reverts
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_FORWARD, TOLD_HOLD, TOLD_REVERT, Codes, Observed
from myriarch.engine.phases import FORWARD
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Ints, some
from myriarch.engine.rules import Rules
from myriarch.engine.strata_hold import with_held


def tell_held(
    plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float, way: Codes
) -> Ints | None:
    """int64[n]: of how many held strata each unit is to know; None where none is held. Who must wait for its turn is
    made to hold in ``way``."""
    number = len(memory.held)
    if not number:
        return None
    known = holding(observed)
    if memory.phase not in _TELLING:
        return known
    told = np.maximum(known, number)
    concerned = taking_back(plan, observed, memory)
    behind = concerned & (known < number) & observed.reachable
    if not some(behind):
        return told
    order = plan.population.order
    jitter = (order % np.uint64(1024)).astype(np.float64) / 1024.0 * rules.revert_jitter_seconds
    wanting = np.flatnonzero(behind & ((observed.failed > 0) | (now - memory.held_since >= jitter)))
    wanting = wanting[np.lexsort((order[wanting], -observed.failed[wanting] / plan.population.weight[wanting]))]
    in_flight = concerned & (known >= number) & ~(observed.echoed & observed.settled) & observed.reachable
    waiting = behind.copy()
    waiting[pick_reverts(wanting, plan.population, observed, rules, in_flight)] = False
    told[waiting] = known[waiting]
    way[waiting & (way == TOLD_FORWARD)] = TOLD_HOLD
    return told


_TELLING = (FORWARD - {Phase.PENDING}) | {Phase.PAUSED, Phase.SUCCEEDED}


def holding(observed: Observed) -> Ints:
    """int64[n]: how many held strata each unit has been told of."""
    return np.zeros(len(observed.present), np.int64) if observed.holding is None else observed.holding


def being_taken_back(plan: ReleasePlan, observed: Observed, memory: Memory) -> bool:
    """Whether some unit can still speak of what it did before it heard of all that is held."""
    undone = (holding(observed) < len(memory.held)) | ~(observed.echoed & observed.settled)
    return some(taking_back(plan, observed, memory) & undone)


def taking_back(plan: ReleasePlan, observed: Observed, memory: Memory) -> Bools:
    """bool[n]: units where nodes of a held stratum may have begun."""
    begun = observed.present & (observed.begun > 0) & (observed.asserted != TOLD_REVERT)
    concerned: Bools = begun & (with_held(plan, memory.held) > 0)
    return concerned


def next_told_at(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> float:
    """Unix seconds at which the jitter of the next unit that waits has passed; infinite where none waits for that."""
    if not memory.held:
        return float("inf")
    behind = taking_back(plan, observed, memory) & (holding(observed) < len(memory.held))
    jitter = (plan.population.order[behind] % np.uint64(1024)).astype(np.float64) / 1024.0
    moments = memory.held_since + jitter * rules.revert_jitter_seconds
    later = moments[moments > now]
    return float(later.min()) if len(later) else float("inf")


def without_held(observed: Observed, memory: Memory) -> Observed:
    """What is judged: neither units that have yet to be told what is held, or to say so, nor those that took
    themselves back for the sake of held nodes alone."""
    if not memory.held:
        return observed
    heard = np.zeros(len(observed.present), np.int64) if observed.heard_of is None else observed.heard_of
    excused = (heard < len(memory.held)) | (observed.self_reverted & (observed.failed == 0))
    tallies = observed.tallies if observed.holding is not None else ()  # made before anybody knew of it
    return msgspec.structs.replace(observed, excused=excused, tallies=tallies)

"""What each unit should be told now, by phase. The answer is declarative and never asks for less than was granted.

To begin, to begin more and to resume half-way are all forward steps that concurrency and budgets count; only a
unit that is going already may be told of a higher ceiling for nothing.
"""

from __future__ import annotations

import msgspec
import numpy as np

from myriarch.api.release import Phase
from myriarch.engine.budget import pick_reverts, pick_within_budget
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_FORWARD, TOLD_HOLD, TOLD_NOTHING, TOLD_REVERT, Codes, Observed
from myriarch.engine.phases import FORWARD
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Hashes, Ints, some
from myriarch.engine.rules import Rules
from myriarch.engine.standing import involved


def direct(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> tuple[Codes, Ints]:
    """Way int8[n] and ceiling int64[n] for every unit."""
    way = observed.asserted.copy()
    way[(observed.granted == 0) & (way != TOLD_REVERT)] = TOLD_NOTHING
    ceiling = observed.granted.copy()
    if memory.phase in FORWARD and memory.phase is not Phase.PENDING:
        _forward(plan, rules, observed, memory, way, ceiling)
    elif memory.phase is Phase.SUCCEEDED:
        told = observed.present & ((way == TOLD_HOLD) | (way == TOLD_FORWARD))
        way[told] = np.where(observed.frozen[told], TOLD_HOLD, TOLD_FORWARD)
    elif memory.phase in (Phase.ROLLING_BACK, Phase.ROLLED_BACK):
        _back(plan, rules, observed, memory, now, way)
    elif memory.phase is not Phase.PENDING:
        way[way == TOLD_FORWARD] = TOLD_HOLD
    return way, ceiling


def wished_ceilings(plan: ReleasePlan, memory: Memory) -> Ints:
    """int64[n]: nodes that may have begun by now: finished stages whole, the current one up to its wave."""
    wished = plan.stages[memory.stage].waves[memory.wave].ceiling.copy()
    for stage in plan.stages[: memory.stage]:
        wished = np.maximum(wished, stage.waves[-1].ceiling)
    return wished


def _forward(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, way: Codes, ceiling: Ints) -> None:
    way[(way == TOLD_FORWARD) & observed.frozen] = TOLD_HOLD
    free = observed.present & ~observed.self_reverted & (way != TOLD_REVERT)
    moving = free & (observed.granted > 0)
    half_way = moving & (observed.begun < observed.granted)
    resuming = half_way & (observed.asserted == TOLD_HOLD) & ~observed.frozen
    way[moving] = TOLD_FORWARD
    way[moving & (observed.frozen | resuming)] = TOLD_HOLD
    if rules.lets_in_gently:  # cut off half-way: when it is back it asks for its place, instead of going on at once
        way[half_way & ~observed.reachable] = TOLD_HOLD
    failed_too_long = moving & observed.reachable & (observed.failed_seconds >= rules.revert_failed_after_seconds)
    taken_back = _take_back(plan, rules, observed, failed_too_long)
    way[taken_back] = TOLD_REVERT
    wished = np.maximum(wished_ceilings(plan, memory), observed.granted)
    wanting = free & ~failed_too_long & ~observed.frozen & observed.reachable
    wanting &= (wished > observed.granted) | resuming
    in_flight = moving & ~(observed.settled & observed.echoed) & observed.reachable
    going = in_flight & (half_way | observed.busy) & ~resuming
    if rules.over_nodes:
        # A node still in hand from an attempt before is out already, and takes up the very room that it would wait for.
        going |= observed.busy & (observed.granted == 0)
    chosen = (wanting & going).nonzero()[0]
    starting = (wanting & ~going).nonzero()[0]
    if len(starting):
        seen = _told_back(observed, taken_back)
        preference = _preference(plan.population.order[starting], observed.granted[starting] == 0)
        members = plan.stages[memory.stage].members
        # One that is to resume is not in flight yet: counted, it would take the place that it waits for.
        flying = (in_flight | (wanting & going)) & ~resuming & (seen.asserted != TOLD_REVERT)
        begin = pick_within_budget(starting, plan.population, seen, rules, members, flying, preference)
        chosen = np.concatenate([chosen, begin])
    way[chosen] = TOLD_FORWARD
    ceiling[chosen] = wished[chosen]


def _told_back(observed: Observed, taken_back: Ints) -> Observed:
    """What is observed once ``taken_back`` have been told so: what goes back takes its part of the budget first, and
    whoever asks again gets the same answer."""
    if not len(taken_back):
        return observed
    asserted, echoed = observed.asserted.copy(), observed.echoed.copy()
    asserted[taken_back], echoed[taken_back] = TOLD_REVERT, False
    return msgspec.structs.replace(observed, asserted=asserted, echoed=echoed)


def _preference(order: Hashes, fresh: Bools) -> Hashes:
    """Who goes on comes before who is fresh, each by hash: one key, because two take twice the time to sort."""
    return (order >> np.uint64(1)) | (fresh.astype(np.uint64) << np.uint64(63))


def _take_back(plan: ReleasePlan, rules: Rules, observed: Observed, failed: Bools) -> Ints:
    """Single failed units that go back now: one that is still available (slow, flapping) costs budget to move."""
    if not some(failed):
        return np.empty(0, np.int64)
    in_flight = (observed.asserted == TOLD_REVERT) & observed.busy
    return pick_reverts(failed.nonzero()[0], plan.population, observed, rules, in_flight)


def _back(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float, way: Codes) -> None:
    part = involved(plan, observed, memory)
    ready = part if observed.back_later is None else part & ~observed.back_later
    way[(way == TOLD_FORWARD) & part] = TOLD_HOLD
    if memory.wave_only:
        way[way == TOLD_FORWARD] = TOLD_HOLD
    reverting = part & (observed.asserted == TOLD_REVERT)
    if not rules.budgets or (memory.phase is Phase.ROLLED_BACK and not rules.over_nodes):
        # Nobody is out because of it now. Where a budget counts, they are told when they return, as it allows; but who
        # is still silent when the fleet's rollback ends would not be told by anybody then.
        way[part & ~observed.reachable] = TOLD_REVERT
    wanting = np.flatnonzero(
        ready & ~reverting & observed.reachable & _jitter_passed(plan, rules, observed, memory, now)
    )
    if not len(wanting):
        return
    # Greatest harm first: the share of its nodes, so that of nodes the failed ones come first too.
    harmed = observed.failed[wanting] / np.maximum(plan.population.weight[wanting], 1)
    wanting = wanting[np.lexsort((plan.population.order[wanting], -harmed))]
    in_flight = reverting & ~(observed.echoed & (observed.off_target <= observed.stuck)) & observed.reachable
    way[pick_reverts(wanting, plan.population, observed, rules, in_flight)] = TOLD_REVERT


def _jitter_passed(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Bools:
    """Units that show harm go at once; the others begin spread over the jitter."""
    return (observed.failed > 0) | (now - memory.since >= jitter_seconds(plan, rules))


def jitter_seconds(plan: ReleasePlan, rules: Rules) -> np.ndarray:
    """float64[n]: how long after the rollback began each unit may be told, from the hash of its name."""
    return (plan.population.order % np.uint64(1024)).astype(np.float64) / 1024.0 * rules.revert_jitter_seconds

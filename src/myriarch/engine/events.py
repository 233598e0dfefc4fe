"""Which event comes next, given what is observed. Orders come before harm, harm before progress."""

from __future__ import annotations

from dataclasses import dataclass, replace

from myriarch.api.analysis import Undecided
from myriarch.api.cause import Cause
from myriarch.api.policy import FailureAction
from myriarch.api.release import Phase
from myriarch.base.durations import format_duration
from myriarch.base.errors import ProgrammerError
from myriarch.engine.acquittal import ACQUITTED, UNHEARD, hear, held_too_long, is_well
from myriarch.engine.gate_standing import failed_gate, gate_holds
from myriarch.engine.gates import (
    ROLLBACK_APPROVAL,
    harm_approval,
    missing_approval,
    missing_stage_approval,
    next_place,
    silence,
)
from myriarch.engine.harm import Harm, find_harm
from myriarch.engine.held_units import without_held
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Observed
from myriarch.engine.phases import BACKWARD, ENDED, UNDERWAY, Event, step
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Value
from myriarch.engine.rules import Rules
from myriarch.engine.soak import soak_of, undecided
from myriarch.engine.standing import involved, name_units, rollback_standing, wave_standing
from myriarch.engine.strata_hold import strata_to_hold
from myriarch.engine.tries import NEVER_QUIET, TRIED_AGAIN, again_text, may_try_again, quiet_of

HARM = "Harm"
SUCCEEDED = "Succeeded"
WAVE_ROLLED_BACK = "WaveRolledBack"
UNDECIDED = "Undecided"
STRATA_HELD = "StrataHeld"
WEIGHING = "Weighing"
"""Reason of the pause while blame is not sure yet: nothing new begins, and more is seen of what has begun."""
PAUSES_FOR_A_PERSON = frozenset({HARM, WAVE_ROLLED_BACK, UNDECIDED})
"""Reasons of a pause that nobody ordered: it ends when a person accepts the harm."""


@dataclass(frozen=True, slots=True)
class Found:
    """An event with its reason (one CamelCase word) and a sentence; ``place`` is the next (stage, wave)."""

    event: Event
    reason: str
    message: str
    harm: Harm | None = None
    wave_only: bool = False
    place: tuple[int, int] | None = None
    cause: Cause | None = None
    held: tuple[Value, ...] = ()


def next_event(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Found | None:
    """The event that happens now, or None."""
    found = _ordered(observed, memory)
    if found is not None or memory.phase in ENDED:
        return found
    if memory.phase in UNDERWAY:
        found = _harmed(plan, rules, observed, memory, now) or _paused(plan, rules, observed, memory, now)
        if found is not None or memory.phase is Phase.PAUSED:
            return found
    if memory.phase in BACKWARD:
        return _backward(plan, rules, observed, memory, now)
    return _progress(plan, rules, observed, memory, now)


def _ordered(observed: Observed, memory: Memory) -> Found | None:
    orders = observed.orders
    asked: list[Found] = []
    if orders.superseded:
        asked.append(_superseded(orders.superseded, memory))
    if orders.abort:
        asked.append(Found(Event.ABORT, "AbortOrdered", "aborted by order; units stay where they are"))
    if orders.roll_back and memory.phase not in BACKWARD:
        asked.append(Found(Event.ROLL_BACK, "RollbackOrdered", "rolled back by order"))
    elif orders.back_with and memory.phase not in BACKWARD:
        asked.append(Found(Event.ROLL_BACK, "DependencyRolledBack", orders.back_with))
    return next((found for found in asked if step(memory.phase, found.event) is not None), None)


def _superseded(newer: str, memory: Memory) -> Found:
    """A watched release is everywhere, and nothing was found: it has succeeded."""
    if memory.phase is Phase.WATCHING:
        return Found(Event.SUPERSEDE, "WatchSuperseded", f"no harm was found until release {newer} took its place")
    return Found(Event.SUPERSEDE, "Superseded", f"superseded by release {newer}")


def _harmed(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Found | None:
    harm = find_harm(plan, without_held(observed, memory), rules, memory.stage, memory.evidence)
    asked = harm is not None and not (memory.phase is Phase.PAUSED and memory.reason in PAUSES_FOR_A_PERSON)
    hearing = hear(rules, observed, memory, now) if asked else UNHEARD
    if hearing.reason:
        found = Found(Event.PAUSE, hearing.reason, hearing.message, cause=hearing.cause)
        return None if memory.phase is Phase.PAUSED else found
    convicted = _convicted(plan, rules, observed, memory, now, harm)
    return None if convicted is None else replace(convicted, cause=hearing.cause)


def _convicted(
    plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float, harm: Harm | None
) -> Found | None:
    """What the failure rule makes of the harm, or of a gate that failed."""
    harm = harm or failed_gate(plan, rules, observed, memory)
    if harm is None:
        harm = undecided(plan, rules, memory, now)
        if harm is not None and rules.analysis is not None and rules.analysis.undecided is Undecided.PAUSE:
            return Found(Event.HARM_PAUSES, UNDECIDED, harm.message, harm)
    if harm is None:
        return None
    accepted = harm_approval(plan, memory) in observed.orders.approvals
    action = rules.action
    if action is FailureAction.HOLD_STRATA:
        held = strata_to_hold(plan, rules, observed, memory)
        if held:
            return Found(Event.HARM_HOLDS, STRATA_HELD, _held_text(harm, held), harm, held=held)
        if accepted and rules.otherwise in _ASKS_A_PERSON:
            return None
        if memory.phase is not Phase.PAUSED:
            return Found(Event.HARM_PAUSES, WEIGHING, f"weighs which strata to hold: {harm.message}", harm)
        if memory.reason == WEIGHING and now < memory.since + rules.weigh_seconds:
            return None
        action = rules.otherwise
    match action:
        case FailureAction.ROLL_BACK_WAVE if accepted or memory.reason == WAVE_ROLLED_BACK:
            return None
        case FailureAction.ROLL_BACK | FailureAction.ROLL_BACK_WAVE:
            allowed = observed.orders.reversible or ROLLBACK_APPROVAL in observed.orders.approvals
            event = Event.HARM if allowed else Event.HARM_HELD
            return Found(event, HARM, harm.message, harm, action is FailureAction.ROLL_BACK_WAVE)
        case FailureAction.ABORT:
            return Found(Event.HARM_ABORTS, HARM, harm.message, harm)
        case FailureAction.PAUSE:
            known = memory.phase is Phase.PAUSED and memory.reason != WEIGHING
            return None if accepted or known else Found(Event.HARM_PAUSES, HARM, harm.message, harm)
        case FailureAction.HOLD_STRATA:
            raise ProgrammerError("what is done where no stratum can be held is something else")


def _held_text(harm: Harm, held: tuple[Value, ...]) -> str:
    return f"{harm.message}; held: {', '.join(str(value) for value in held)}; the rest goes on"


_ASKS_A_PERSON = (FailureAction.PAUSE, FailureAction.ROLL_BACK_WAVE)
"""Actions after which a person may accept the harm: with any other, an approval given beforehand means nothing."""


def _paused(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Found | None:
    if memory.phase is not Phase.PAUSED:
        if observed.orders.paused:
            return Found(Event.PAUSE, "PauseOrdered", "paused by order; nodes in hand are finished, others hold")
        return None
    if memory.reason in ACQUITTED:
        if observed.orders.paused or not (is_well(plan, rules, observed, memory) or held_too_long(rules, memory, now)):
            return None
        return Found(Event.RESUME, "WellAgain", f"what failed is well again; {memory.message}")
    accepted = harm_approval(plan, memory) in observed.orders.approvals
    if memory.reason == WEIGHING and not (accepted and rules.otherwise in _ASKS_A_PERSON):
        judged = without_held(observed, memory)
        if find_harm(plan, judged, rules, memory.stage, memory.evidence) is not None:
            return None
    waits = memory.reason in PAUSES_FOR_A_PERSON and not accepted
    by = "goes on" if memory.reason in (WEIGHING, STRATA_HELD) else "resumed by order"
    return None if observed.orders.paused or waits else Found(Event.RESUME, "Resumed", by)


def _backward(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Found | None:
    if memory.phase is Phase.ROLLBACK_HELD:
        if ROLLBACK_APPROVAL not in observed.orders.approvals and not observed.orders.roll_back:
            return None
        return Found(Event.ROLLBACK_APPROVED, "RollbackApproved", memory.message)
    standing = rollback_standing(plan, rules, observed, memory, now)
    if not standing.settled:
        return None
    message = memory.message
    stuck = involved(plan, observed, memory) & (observed.stuck > 0)
    if stuck.any():
        message += f"; stuck nodes in {name_units(plan, stuck)}"
        message += "".join(f"; {note}" for note in observed.stuck_notes)
    if standing.silent.any():
        message += f"; silent, to be brought back when heard: {name_units(plan, standing.silent)}"
    if memory.wave_only:
        return Found(Event.WAVE_BACK, WAVE_ROLLED_BACK, f"wave rolled back: {message}")
    unclear = stuck.any() or standing.silent.any()
    if not unclear and may_try_again(rules, observed, memory, HARM):
        return Found(Event.TRY_AGAIN, TRIED_AGAIN, again_text(plan, rules, memory))
    return Found(Event.ALL_BACK, memory.reason, message)


def _pending(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Found | None:
    quiet = quiet_of(plan, rules, observed, memory)
    if quiet is not None and quiet.loud and now >= quiet.most_until:
        text = f"{quiet.down} nodes of the stage stay down though all is back; {memory.message}"
        return Found(Event.ROLL_BACK, NEVER_QUIET, text)
    waits = quiet is not None and (quiet.loud or now < quiet.least_until)
    waits = waits or observed.orders.paused or missing_stage_approval(plan, observed, 0) is not None
    if waits or gate_holds(plan, rules, observed, memory, now):
        return None
    return Found(Event.START, "Started", memory.message if memory.tried else "started")


def _progress(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Found | None:
    if memory.phase is Phase.PENDING:
        return _pending(plan, rules, observed, memory, now)
    if memory.phase is Phase.WATCHING:
        passed = now >= memory.watched_until
        return Found(Event.WATCH_PASSED, SUCCEEDED, "no harm was found in the watch") if passed else None
    settled = wave_standing(plan, rules, observed, memory, now).settled
    place = f"stage {plan.stages[memory.stage].name}, wave {memory.wave + 1}"
    if memory.phase is Phase.ADVANCING:
        return Found(Event.WAVE_SETTLED, "WaveSettled", f"{place} has settled") if settled else None
    if not settled:
        return Found(Event.WAVE_UNSETTLED, "WaveUnsettled", f"{place} has units to advance again")
    if memory.phase is Phase.SOAKING:
        soak = soak_of(plan, rules, memory)
        if now < soak.ends_at:
            return None
        return Found(Event.SOAK_PASSED, "SoakPassed", f"{place} has soaked {soak.ends_at - memory.since:g} s")
    return _gate(plan, rules, observed, memory, now, place)


def _gate(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float, place: str) -> Found | None:
    if missing_approval(plan, observed, memory) is not None:
        return None
    if silence(plan, rules, observed, memory, now).holds or gate_holds(plan, rules, observed, memory, now):
        return None
    following = next_place(plan, memory)
    if following is None and observed.orders.stays_open:
        return None
    if following is None:
        but = f", but for what is held: {', '.join(str(value) for value in memory.held)}" if memory.held else ""
        text = f"every stage has passed its last gate{but}"
        until = memory.watched_until or now + rules.watch_seconds
        if until > now:
            return Found(Event.WATCH_BEGUN, "Watched", f"{text}: watched for {format_duration(round(until - now))}")
        return Found(Event.LAST_GATE_PASSED, SUCCEEDED, text)
    return Found(Event.GATE_PASSED, "GatePassed", f"{place} has passed its gate", place=following)

"""The one function that decides at every level.

A turn has two halves. First the state machine moves as far as what is observed allows: ``events.next_event`` finds
the next event, ``phases.step`` says where it leads. Then the phase it rests in says what each unit should be told
now (``directions.py``). Nothing is remembered but ``Memory``; asking twice gives the same answer, so a crash
between a decision and its effect changes no outcome.
"""

from __future__ import annotations

from dataclasses import replace

from myriarch.api.release import Phase
from myriarch.base.errors import ProgrammerError
from myriarch.engine.acquittal import ACQUITTED
from myriarch.engine.decision import Decision, Transition
from myriarch.engine.directions import direct
from myriarch.engine.events import PAUSES_FOR_A_PERSON, WEIGHING, Found, next_event
from myriarch.engine.evidence import forgotten, weighed
from myriarch.engine.held_units import being_taken_back, tell_held
from myriarch.engine.memory import Memory
from myriarch.engine.metric_standing import rest, with_looks
from myriarch.engine.observed import Observed
from myriarch.engine.phases import Event, step
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.rules import Rules
from myriarch.engine.tries import begun_anew
from myriarch.engine.watching import watch_clusters, watch_fleet

MAX_TRANSITIONS = 8
"""A turn moves the state machine at most this often; what is left over waits for the next turn."""


def decide(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Decision:
    """Decide where the release stands and what each unit should be told. ``now`` is in Unix seconds."""
    transitions: list[Transition] = []
    if observed.compared is not None:
        known = weighed(memory.evidence, observed.compared, plan.population.values)
        memory = replace(memory, evidence=known)
    memory = watch_clusters(plan, rules, observed, memory, now)
    memory = watch_fleet(plan, rules, observed, memory, now)
    if rules.metrics:
        memory = rest(plan, rules, observed, with_looks(rules, observed, memory))
    if memory.held and being_taken_back(plan, observed, memory):
        memory = replace(memory, evidence=forgotten(memory.evidence))
    found = next_event(plan, rules, observed, memory, now)
    while found is not None and len(transitions) < MAX_TRANSITIONS:
        moved = _move(rules, memory, found, now)
        transitions.append(
            Transition(found.event, memory.phase, moved.phase, moved.stage, moved.wave, found.reason, found.message)
        )
        memory = moved
        found = next_event(plan, rules, observed, memory, now)
    way, ceiling = direct(plan, rules, observed, memory, now)
    holding = tell_held(plan, rules, observed, memory, now, way)
    return Decision(way, ceiling, memory, tuple(transitions), plan, rules, observed, now, holding)


def _move(rules: Rules, memory: Memory, found: Found, now: float) -> Memory:
    target = step(memory.phase, found.event)
    if target is None:
        raise ProgrammerError(f"{found.event} means nothing in {memory.phase}")
    moved = replace(memory, phase=target, since=now, reason=found.reason, message=found.message)
    if found.harm is not None:
        moved = replace(moved, blame=found.harm.blame, wave_only=found.wave_only)
    if found.cause is not None:
        moved = replace(moved, cause=found.cause)
    if found.event is Event.RESUME and memory.reason in PAUSES_FOR_A_PERSON | ACQUITTED:
        moved = replace(moved, evidence=forgotten(memory.evidence))
    if found.event is Event.TRY_AGAIN:
        moved = begun_anew(moved)
    if found.held:
        moved = replace(moved, held=found.held, held_since=now, evidence=forgotten(memory.evidence))
        if memory.phase is Phase.PAUSED and memory.reason != WEIGHING:  # it stays so, for what it was paused for
            moved = replace(moved, since=memory.since, reason=memory.reason, message=memory.message)
    if found.event is Event.ROLL_BACK:
        moved = replace(moved, wave_only=False)
    if found.event is Event.WATCH_BEGUN and not memory.watched_until:
        moved = replace(moved, watched_until=now + rules.watch_seconds)
    if found.place is not None:
        moved = replace(moved, stage=found.place[0], wave=found.place[1])
    return moved

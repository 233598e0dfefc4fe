"""The state machine of a release, as a table.

Theory. A release is *forward* (Pending, Advancing, Soaking, Gated, Watching), at rest by order (Paused), going *back*
(RollingBack, RollbackHeld) or *ended* (Succeeded, RolledBack, Aborted, Superseded). Four laws shape the table:

1. Forward phases follow one another only through a gate: no event leads from Advancing past Soaking and Gated.
   What is harmed may be held instead of taking all back: its wave then advances, soaks and is judged anew.
2. Going back is one way: no event leads from RollingBack to a forward phase that has something out. Only the revert
   of a single wave ends in Paused, where a person decides; and a release whose rehearsal is tried again begins anew in
   Pending, with all of it back (``tries.py``).
3. An ended release stays ended, but for one case: an aborted release has left its units where they were, so
   a person may still order them back.
4. A release that is watched is everywhere: nobody waits for it, and a newer one ends it as succeeded.

The same table serves clusters in a fleet and nodes in a cluster. The diagram in ``docs/engine.md`` is
generated from it (``diagram``), and every pair of phase and event is tested.
"""

from __future__ import annotations

from enum import StrEnum

from myriarch.api.release import Phase


class Event(StrEnum):
    """What can happen to a release."""

    START = "Start"
    WAVE_SETTLED = "WaveSettled"
    WAVE_UNSETTLED = "WaveUnsettled"
    SOAK_PASSED = "SoakPassed"
    GATE_PASSED = "GatePassed"
    LAST_GATE_PASSED = "LastGatePassed"
    WATCH_BEGUN = "WatchBegun"
    WATCH_PASSED = "WatchPassed"
    HARM = "Harm"
    HARM_HELD = "HarmHeld"
    HARM_PAUSES = "HarmPauses"
    HARM_ABORTS = "HarmAborts"
    HARM_HOLDS = "HarmHolds"
    PAUSE = "Pause"
    RESUME = "Resume"
    ABORT = "Abort"
    ROLL_BACK = "RollBack"
    ROLLBACK_APPROVED = "RollbackApproved"
    ALL_BACK = "AllBack"
    WAVE_BACK = "WaveBack"
    TRY_AGAIN = "TryAgain"
    SUPERSEDE = "Supersede"


FORWARD = frozenset({Phase.PENDING, Phase.ADVANCING, Phase.SOAKING, Phase.GATED, Phase.WATCHING})
UNDERWAY = frozenset({Phase.ADVANCING, Phase.SOAKING, Phase.GATED, Phase.WATCHING, Phase.PAUSED})
BACKWARD = frozenset({Phase.ROLLING_BACK, Phase.ROLLBACK_HELD})
ENDED = frozenset({Phase.SUCCEEDED, Phase.ROLLED_BACK, Phase.ABORTED, Phase.SUPERSEDED})
EVERYWHERE = frozenset({Phase.WATCHING, Phase.SUCCEEDED})
"""Phases in which the last gate has passed: who waits for the release goes on."""


def _table() -> dict[tuple[Phase, Event], Phase]:
    table = {
        (Phase.PENDING, Event.START): Phase.ADVANCING,
        (Phase.ADVANCING, Event.WAVE_SETTLED): Phase.SOAKING,
        (Phase.SOAKING, Event.WAVE_UNSETTLED): Phase.ADVANCING,
        (Phase.SOAKING, Event.SOAK_PASSED): Phase.GATED,
        (Phase.GATED, Event.WAVE_UNSETTLED): Phase.ADVANCING,
        (Phase.GATED, Event.GATE_PASSED): Phase.ADVANCING,
        (Phase.GATED, Event.LAST_GATE_PASSED): Phase.SUCCEEDED,
        (Phase.GATED, Event.WATCH_BEGUN): Phase.WATCHING,
        (Phase.WATCHING, Event.WATCH_PASSED): Phase.SUCCEEDED,
        (Phase.PAUSED, Event.RESUME): Phase.ADVANCING,
        (Phase.ROLLBACK_HELD, Event.ROLLBACK_APPROVED): Phase.ROLLING_BACK,
        (Phase.ROLLING_BACK, Event.ALL_BACK): Phase.ROLLED_BACK,
        (Phase.ROLLING_BACK, Event.WAVE_BACK): Phase.PAUSED,
        (Phase.ABORTED, Event.ROLL_BACK): Phase.ROLLING_BACK,
        (Phase.PENDING, Event.ROLL_BACK): Phase.ROLLED_BACK,
        (Phase.PENDING, Event.ABORT): Phase.ABORTED,
        (Phase.PENDING, Event.SUPERSEDE): Phase.SUPERSEDED,
        (Phase.ROLLING_BACK, Event.ABORT): Phase.ABORTED,
        (Phase.ROLLBACK_HELD, Event.ABORT): Phase.ABORTED,
        (Phase.ROLLING_BACK, Event.SUPERSEDE): Phase.SUPERSEDED,
        (Phase.ROLLBACK_HELD, Event.SUPERSEDE): Phase.SUPERSEDED,
    }
    for phase in (Phase.ADVANCING, Phase.SOAKING, Phase.GATED, Phase.WATCHING):
        table[phase, Event.PAUSE] = Phase.PAUSED
        table[phase, Event.HARM_PAUSES] = Phase.PAUSED
        table[phase, Event.HARM_HOLDS] = Phase.ADVANCING
    for event in (Event.HARM_HOLDS, Event.HARM_PAUSES):  # while it is weighed what is to be held
        table[Phase.PAUSED, event] = Phase.PAUSED
    for phase in sorted(UNDERWAY):
        table[phase, Event.HARM] = Phase.ROLLING_BACK
        table[phase, Event.HARM_HELD] = Phase.ROLLBACK_HELD
        table[phase, Event.HARM_ABORTS] = Phase.ABORTED
        table[phase, Event.ABORT] = Phase.ABORTED
        table[phase, Event.ROLL_BACK] = Phase.ROLLING_BACK
        table[phase, Event.SUPERSEDE] = Phase.SUPERSEDED
    table[Phase.WATCHING, Event.SUPERSEDE] = Phase.SUCCEEDED
    table[Phase.ROLLING_BACK, Event.TRY_AGAIN] = Phase.PENDING
    return table


TRANSITIONS: dict[tuple[Phase, Event], Phase] = _table()


def step(phase: Phase, event: Event) -> Phase | None:
    """The phase that follows, or None where ``event`` means nothing in ``phase``."""
    return TRANSITIONS.get((phase, event))


def diagram() -> str:
    """The table as a Mermaid state diagram, a line a transition."""
    lines = ["stateDiagram-v2", "    [*] --> Pending"]
    lines += [f"    {source} --> {target}: {event}" for (source, event), target in TRANSITIONS.items()]
    lines += [f"    {phase} --> [*]" for phase in sorted(ENDED)]
    return "\n".join(lines) + "\n"

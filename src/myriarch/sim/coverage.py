"""How often each transition of the engine met each fault class.

A transition meets a fault class when the class was active at some time since the release's transition before
it: then the fault may have changed what the release knew when it moved. Transitions of one turn of the engine
share their time, and so what they met.
"""

from __future__ import annotations

from collections import Counter

from myriarch.api.release import Phase
from myriarch.engine.events import HARM
from myriarch.engine.phases import TRANSITIONS, Event
from myriarch.sim.troubles import Troubles
from myriarch.sim.witness import Moved

Cell = tuple[Phase, Event, str]

_BY_HARM = frozenset({Event.HARM, Event.HARM_HELD, Event.HARM_PAUSES, Event.HARM_ABORTS})


class Coverage:
    """``cells`` counts (phase, event, fault class); ``transitions`` counts (phase, event)."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self._moved_at: dict[str, tuple[float, float]] = {}
        self.cells: Counter[Cell] = Counter()
        self.transitions: Counter[tuple[Phase, Event]] = Counter()

    def note(self, moved: Moved, since: float) -> None:
        """Count one transition of a release that was created at ``since``."""
        event = event_of(moved)
        if event is None:
            return
        before, last = self._moved_at.get(moved.release, (since, since))
        if moved.at > last:
            before, last = last, moved.at
        self._moved_at[moved.release] = (before, last)
        self.transitions[moved.source, event] += 1
        for fault in self._troubles.classes_between(before, moved.at):
            self.cells[moved.source, event, fault] += 1


def event_of(moved: Moved) -> Event | None:
    """The event behind an entry of a timeline, which tells the phases and the reason; None where none fits."""
    fitting = [
        event
        for (source, event), target in TRANSITIONS.items()
        if source is moved.source and target is moved.entry.phase
    ]
    if len(fitting) <= 1:
        return fitting[0] if fitting else None
    reason = moved.entry.reason
    if reason == HARM:
        return next((event for event in fitting if event in _BY_HARM), None)
    named = [event for event in fitting if event.value in reason or reason in event.value]
    others = [event for event in fitting if event not in _BY_HARM]
    return (named or others)[0]

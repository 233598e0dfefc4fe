"""The table of transitions and fault classes that a campaign prints, and which of its cells must not be empty."""

from __future__ import annotations

from collections.abc import Mapping

from myriarch.api.release import Phase
from myriarch.engine.phases import TRANSITIONS, Event
from myriarch.sim.faults import FAULT_CLASSES

UNDRAWN: dict[Event, str] = {
    Event.HARM_HOLDS: "random scenarios draw no hold of strata: stories and hub tests play it",
}
"""Transitions that no random scenario makes, each with the reason."""

UNREACHABLE: dict[tuple[Phase, Event], str] = {
    (Phase.PAUSED, Event.HARM_PAUSES): "only a release that weighs what to hold pauses for a person while it is paused",
}
"""Transitions that no scenario drawn can make, each with the reason."""

SELDOM: dict[str, str] = {
    "hubLost": "while the hub is lost nothing moves: only what it finds on its return meets this class",
    "oldAgents": "agents are old for the first hour, before a release is watched",
    "otherRelease": "most orders of people come while the other release is not there yet, or has ended",
}
"""Fault classes that may leave cells of rare transitions empty, as long as other classes meet the transition."""

SELDOM_TRANSITIONS: dict[tuple[Phase, Event], str] = {
    (Phase.GATED, Event.WAVE_UNSETTLED): "a gate passes at once, unless it waits while a node falls back",
}
"""Transitions so rare that not every fault class meets them, as long as any does."""

_COLUMN = 8


def cell_name(phase: Phase, event: Event, fault: str) -> str:
    return f"{phase} {event} {fault}"


def empty_cells(cells: Mapping[str, int]) -> list[str]:
    """Reachable cells that were not met; of what is seldom met, only where nothing met the transition at all."""
    missed = []
    for phase, event in TRANSITIONS:
        if _left_out(phase, event):
            continue
        met = {fault for fault in FAULT_CLASSES if cells.get(cell_name(phase, event, fault))}
        seldom = set(FAULT_CLASSES) if (phase, event) in SELDOM_TRANSITIONS else set(SELDOM)
        missed += [
            cell_name(phase, event, fault)
            for fault in FAULT_CLASSES
            if fault not in met and not (met and fault in seldom)
        ]
    return missed


def unmet_transitions(cells: Mapping[str, int]) -> list[str]:
    """Transitions that can be drawn, and that were met under no fault class at all."""
    return [
        f"{phase} {event}"
        for phase, event in TRANSITIONS
        if not _left_out(phase, event) and not any(cells.get(cell_name(phase, event, each)) for each in FAULT_CLASSES)
    ]


def _left_out(phase: Phase, event: Event) -> bool:
    return event in UNDRAWN or (phase, event) in UNREACHABLE


def render_table(cells: Mapping[str, int]) -> str:
    """A row a transition, a column a fault class; ``-`` where the cell can't be reached."""
    width = max(len(f"{phase} {event}") for phase, event in TRANSITIONS) + 1
    heads = [_short(fault) for fault in FAULT_CLASSES]
    lines = ["How often each transition met each fault class", " " * width + "".join(f"{h:>{_COLUMN}}" for h in heads)]
    for phase, event in TRANSITIONS:
        row = f"{f'{phase} {event}':<{width}}"
        for fault in FAULT_CLASSES:
            count = cells.get(cell_name(phase, event, fault), 0)
            shown = "-" if _left_out(phase, event) else str(count)
            row += f"{shown:>{_COLUMN}}"
        lines.append(row)
    return "\n".join(lines)


def _short(fault: str) -> str:
    """``controllerCrash`` -> ``ctrlCra``: the first letters of each word."""
    words: list[str] = []
    for letter in fault:
        if letter.isupper() or not words:
            words.append(letter)
        else:
            words[-1] += letter
    return "".join(word[:4] for word in words)[: _COLUMN - 1]

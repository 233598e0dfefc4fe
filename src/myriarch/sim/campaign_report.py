"""The table of transitions and fault classes that a campaign prints, and which of its cells must not be empty."""

from __future__ import annotations

from collections.abc import Mapping

from myriarch.api.release import Phase
from myriarch.engine.phases import TRANSITIONS, Event
from myriarch.sim.faults import FAULT_CLASSES

UNREACHABLE: dict[tuple[Phase, Event, str], str] = {}
"""Cells that can't be met, each with its reason."""

_COLUMN = 8


def cell_name(phase: Phase, event: Event, fault: str) -> str:
    return f"{phase} {event} {fault}"


def empty_cells(cells: Mapping[str, int]) -> list[str]:
    """Reachable cells that were not met."""
    return [
        cell_name(phase, event, fault)
        for phase, event in TRANSITIONS
        for fault in FAULT_CLASSES
        if (phase, event, fault) not in UNREACHABLE and not cells.get(cell_name(phase, event, fault))
    ]


def render_table(cells: Mapping[str, int]) -> str:
    """A row a transition, a column a fault class; ``-`` where the cell can't be reached."""
    width = max(len(f"{phase} {event}") for phase, event in TRANSITIONS) + 1
    heads = [_short(fault) for fault in FAULT_CLASSES]
    lines = ["How often each transition met each fault class", " " * width + "".join(f"{h:>{_COLUMN}}" for h in heads)]
    for phase, event in TRANSITIONS:
        row = f"{f'{phase} {event}':<{width}}"
        for fault in FAULT_CLASSES:
            count = cells.get(cell_name(phase, event, fault), 0)
            shown = "-" if (phase, event, fault) in UNREACHABLE else str(count)
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

"""When work that rests during freezes will be done: freeze windows as a calendar to plan by.

``windows.py`` says how a window stands at one moment; here time is walked from change to change. Only forward steps
rest, a soak goes on, so a wave's way forward is walked and its soak is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from myriarch.api.freezewindow import FreezeWindowSpec
from myriarch.engine.windows import INFINITE, freeze_at

HORIZON_SECONDS: Final = 366 * 86400.0
"""What is not done a year from now never is, as far as a plan is concerned."""

STEPS_MAX: Final = 4096
"""Changes of windows that are walked: a year of hourly ones is not."""


@dataclass(frozen=True, slots=True)
class Span:
    """A freeze from ``begin`` to ``end`` (Unix seconds, ``end`` infinite where it never ends)."""

    window: str
    begin: float
    end: float


def done_at(windows: Sequence[FreezeWindowSpec], begin: float, work_seconds: float) -> float:
    """When ``work_seconds`` of forward steps that begin at ``begin`` are done; infinite where not within the horizon.

    Raises UserFault for an unknown time zone, ValueError for dates that are none.
    """
    at, left = begin, work_seconds
    for _ in range(STEPS_MAX):
        states = [freeze_at(window, at) for window in windows]
        changes_at = min((state.changes_at for state in states), default=INFINITE)
        if not any(state.active for state in states):
            if changes_at - at >= left:
                return at + left
            left -= changes_at - at
        if left <= 0:
            return at
        if changes_at > begin + HORIZON_SECONDS:
            break
        at = changes_at
    return INFINITE


def spans_within(name: str, window: FreezeWindowSpec, begin: float, end: float) -> Iterator[Span]:
    """The freezes of one window that fall between two moments, in order."""
    at = begin
    for _ in range(STEPS_MAX):
        state = freeze_at(window, at)
        if state.active:
            yield Span(name, at, state.changes_at)
        at = state.changes_at
        if at >= end or at > begin + HORIZON_SECONDS:
            return

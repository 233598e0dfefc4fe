"""One hold: something that a release waits for. And one wake-up: when time alone may change that.

A hold is a sentence for people, with what can be told of it besides. Parts of the engine that know no more than the
sentence give the sentence (``hold_of``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from myriarch.api.holds import HoldKind

NEVER: Final = float("inf")

_WAITS: Final = re.compile(r"waits for approval '([^']+)'")


@dataclass(frozen=True, slots=True)
class Hold:
    """``since`` (0: not known) and ``until`` (infinite: time alone doesn't end it) in Unix seconds; ``units`` that it
    concerns (0: not told). ``blocks``: false for what is only told, because nothing waits for it."""

    kind: HoldKind
    message: str
    since: float = 0.0
    until: float = NEVER
    units: int = 0
    blocks: bool = True

    @property
    def approval(self) -> str:
        """The approval that lifts it; '' where none does."""
        found = _WAITS.search(self.message)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Wake:
    """The next moment at which time alone may change the decision (Unix seconds; infinite where none), and why."""

    at: float
    why: str


def hold_of(told: Hold | str, kind: HoldKind = HoldKind.OTHER) -> Hold:
    """``told`` as a hold; a bare sentence that waits for an approval is of that kind, else of ``kind``."""
    if isinstance(told, Hold):
        return told
    found = Hold(kind, told)
    return Hold(HoldKind.APPROVAL, told) if kind is HoldKind.OTHER and found.approval else found


def soonest(wakes: Iterable[Wake]) -> Wake:
    """The first of them; one that never comes where there are none."""
    return min(wakes, key=lambda wake: wake.at, default=Wake(NEVER, ""))

"""What harm is tolerated, and which question a test asks about it.

The tolerated region is a half-plane: with q1 the mean of the updated and q0 that of their concurrent controls,

    no harm:   q1 <= ratio * q0 + difference.

``Question.HARM`` bets against "no harm": wealth over 1/alpha says harm. ``Question.SAFE`` bets against the reverse,
``q1 >= ratio * q0 + difference``: wealth over 1/alpha says that harm above the tolerated effect is excluded, and a
soak may end. A half-plane is convex, which is all that the proofs in ``bets`` need; ratio 1 and difference 0 would
make SAFE unanswerable where there truly is no effect, so a soak by evidence wants a tolerance above that.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from myriarch.base.errors import ProgrammerError
from myriarch.engine.population import Floats


class Question(StrEnum):
    HARM = "harm"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """``ratio`` >= 0 without unit; ``difference`` >= 0 in the metric's own unit (share, events per unit and second).

    Ratio 0 compares with the fixed limit ``difference`` and needs no controls (``history``).
    Raises ProgrammerError where either is negative; what users write is checked before it comes here.
    """

    ratio: float = 1.0
    difference: float = 0.0

    def __post_init__(self) -> None:
        if self.ratio < 0 or self.difference < 0:
            raise ProgrammerError(f"a tolerance of {self.ratio} times plus {self.difference} is below zero")

    def excess(self, treated: tuple[Floats, Floats], control: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
        """Bounds of ``q1 - ratio q0 - difference`` from bounds (lower, upper) of q1 and of q0.

        Where each pair is a confidence sequence at alpha / 2, this one is at alpha (union bound). An upper bound below
        0 excludes harm above the tolerated effect, a lower bound above 0 shows it.
        """
        low = treated[0] - self.ratio * control[1] - self.difference
        high = treated[1] - self.ratio * control[0] - self.difference
        return low, high

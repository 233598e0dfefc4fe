"""Failures that stand close together in time: the stretch that stands out most from the background.

An outage strikes at a moment of the clock, in one domain; a bad release some time after it comes, wherever that is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from myriarch.engine.blame.signals import HOUR, Case, decay
from myriarch.engine.blame.votes import LEAST_HOURS, likelihood_gain
from myriarch.engine.population import Bools, Floats

BURST_HOURS: Final = (LEAST_HOURS, 0.25, 1.0, 6.0, 24.0)
"""How long failures of one domain may take and still be one outage."""


@dataclass(frozen=True, slots=True)
class Burst:
    """From ``start`` (Unix seconds) for some hours: votes, and those expected of the background."""

    start: float
    hours: float
    votes: float
    expected: float

    def holds(self, at: Floats) -> Bools:
        """Which of the times are within."""
        return (at >= self.start) & (at <= self.start + self.hours * HOUR)


def densest(case: Case, inside: Bools, nodes: Floats | float) -> Burst:
    """The stretch that begins with one of the incidents bool[i] and stands out most; ``nodes`` at risk at each."""
    at = case.incidents.at[inside]
    votes = np.concatenate([[0.0], np.cumsum(case.incidents.votes[inside])])
    weight, most = decay(at, case.now), -1.0
    best = Burst(case.now, LEAST_HOURS, 0.0, 0.0)
    for hours in BURST_HOURS:
        within = votes[np.searchsorted(at, at + hours * HOUR, side="right")] - votes[:-1]
        lasted = np.clip((case.now - at) / HOUR, LEAST_HOURS, hours)
        expected = case.rate * nodes * lasted * weight
        gain = likelihood_gain(within, expected)
        top = int(np.argmax(gain))
        if gain[top] > most:
            most = float(gain[top])
            best = Burst(float(at[top]), hours, float(within[top]), float(expected[top]))
    return best

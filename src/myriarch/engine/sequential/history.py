"""Matched history: what stands in for controls in a last wave that leaves none.

When everything is updated, nobody is left to compare with. What the same strata showed before the release can be a
limit instead, but it is weaker: the day may have changed, not the release. So (1) the recorded rate counts with its
uncertainty: its upper bound at level ``history_alpha``, which is taken from the release's alpha (union bound: the false
alarm chance is at most history_alpha plus the tests' own); (2) a ``drift`` factor widens it; (3) whoever reports the
verdict says that it rests on history: ``Matched.CONCURRENT`` or ``Matched.HISTORY``.

The tests are the same ones with ``Tolerance(0, limit)``: ratio 0 needs no controls (``tolerance``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from myriarch.engine.sequential.arrays import as_floats
from myriarch.engine.sequential.counts import rate_bounds
from myriarch.engine.sequential.proportions import share_bounds
from myriarch.engine.sequential.tolerance import Tolerance

UNREACHED = 1e9
"""Events per unit and second that nothing shows: the limit without a record."""


class Matched(StrEnum):
    CONCURRENT = "concurrent controls"
    HISTORY = "matched history"


@dataclass(frozen=True, slots=True)
class Record:
    """What a stratum showed before: ``events`` over ``exposure`` (unit-seconds), or hits over trials.

    ``drift`` >= 1: how much the recorded level may have moved meanwhile without the release's doing.
    """

    events: float
    exposure: float
    drift: float = 1.0

    def rate_limit(self, tolerance: Tolerance, history_alpha: float) -> Tolerance:
        """For ``counts``: the fixed limit that the recorded rate gives."""
        _, upper = rate_bounds(as_floats([self.events]), as_floats([self.exposure]), 2 * history_alpha)
        return self._limit(tolerance, float(upper[0]))

    def share_limit(self, tolerance: Tolerance, history_alpha: float) -> Tolerance:
        """For ``proportions``: the fixed limit that the recorded share gives; 1 without a record."""
        _, upper = share_bounds(as_floats([self.events]), as_floats([self.exposure]), 2 * history_alpha)
        return self._limit(tolerance, min(float(upper[0]), 1.0))

    def _limit(self, tolerance: Tolerance, upper: float) -> Tolerance:
        limit = tolerance.ratio * upper * max(self.drift, 1.0) + tolerance.difference
        return Tolerance(0.0, min(limit, UNREACHED))

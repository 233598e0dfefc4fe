"""The hazard ratio of updated to controls with bounds that hold at every look: what ``release explain`` prints.

For each ratio of a fixed grid two sums are kept: ln of what was at risk before each failure, for the two extreme orders
of the failures of a look (``hazard``). From them the likelihood ratio of any two ratios of the grid follows, never
above that of the true order. A ratio is excluded when the mean of the likelihood ratios of all others to it reaches
1/alpha: a mixture martingale for each point (Robbins 1970; ter Schure et al. 2020, anytime-valid intervals for the
logrank test), so all that is true is kept at all times together with chance 1 - alpha. The bounds are outer neighbours
on the grid; the whole range where too little is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.engine.population import Floats
from myriarch.engine.sequential.arrays import log_sum
from myriarch.engine.sequential.hazard import HazardLook, log_risk

GRID = np.geomspace(1e-3, 1e4, 57)
"""Eight points a decade. Outside is nothing a release could show."""


@dataclass(frozen=True, slots=True, eq=False)
class HazardRatio:
    """Over all strata since the start: failures of updated units, and [grid] the two sums."""

    treated_events: float
    controls_first: Floats
    treated_first: Floats

    def updated(self, look: HazardLook) -> HazardRatio:
        """After one more look, [strata]."""
        events = float(look.treated_events.sum())
        if events == 0 and not look.control_events.any():
            return self
        first = log_risk(look, GRID[:, None], True).sum(axis=-1)
        last = log_risk(look, GRID[:, None], False).sum(axis=-1)
        return HazardRatio(self.treated_events + events, self.controls_first + first, self.treated_first + last)

    def bounds(self, alpha: float) -> tuple[float, float]:
        """Lower and upper bound of the ratio at level ``alpha``; 0 and infinity where that side is open."""
        logs = np.log(GRID)
        higher = logs[None, :] > logs[:, None]  # [null, alternative]
        sums = np.where(higher, self._gaps(self.controls_first), self._gaps(self.treated_first))
        evidence = log_sum(self.treated_events * (logs[None, :] - logs[:, None]) + sums) - np.log(len(GRID))
        kept = np.flatnonzero(evidence < -np.log(alpha))
        lower = GRID[kept[0] - 1] if len(kept) and kept[0] > 0 else 0.0
        upper = GRID[kept[-1] + 1] if len(kept) and kept[-1] < len(GRID) - 1 else np.inf
        return float(lower), float(upper)

    @staticmethod
    def _gaps(sums: Floats) -> Floats:
        gaps: Floats = sums[:, None] - sums[None, :]
        return gaps


def hazard_ratio() -> HazardRatio:
    """Before the first look."""
    return HazardRatio(0.0, np.zeros(len(GRID)), np.zeros(len(GRID)))

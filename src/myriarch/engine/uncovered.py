"""Strata that no canary meets: reported, never passed over in silence.

Before a release moves, a value is without a canary where no healthy unit shows it. Once the covering wave has settled,
it is without one where every unit that owed it can't be heard, took the release back, or has no healthy node with it
(which only the unit itself can say). The release goes on; what its first wave could not show, people can read.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from myriarch.engine.plan import StagePlan, WavePlan
from myriarch.engine.population import Bools, Population, Value


def without_healthy_unit(stage: StagePlan, population: Population, healthy: Bools) -> Bools:
    """bool[v]: wanted values that units of the stage show, but none of the ``healthy`` (bool[n]) ones."""
    here = population.strata[stage.members]
    lost: Bools = here.any(axis=0) & ~here[healthy[stage.members]].any(axis=0) & (stage.wanted > 0)
    return lost


def unmet_values(wave: WavePlan, population: Population, met: Bools, lacking: Mapping[int, frozenset[Value]]) -> Bools:
    """bool[v]: values that the covering wave owes, and that no unit has met.

    ``met`` bool[n]: units that did what the wave asked. ``lacking``: by unit, values for which it had no healthy node.
    """
    shown = np.zeros(len(population.values), np.bool_)
    column = {value: index for index, value in enumerate(population.values)}
    for row, unit in enumerate(map(int, wave.covering)):
        if not met[unit]:
            continue
        here = wave.owed[row] > 0
        for value in lacking.get(unit, ()):
            if value in column:
                here[column[value]] = False
        shown |= here
    unmet: Bools = (wave.owed > 0).any(axis=0) & ~shown
    return unmet

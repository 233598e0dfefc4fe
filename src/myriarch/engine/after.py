"""Where the release of an earlier component has not settled yet: there the components after it wait.

A unit has settled when a wave that contains all that the plan ever moves in it has soaked, and the unit itself has
done what it was told; or when it was taken back, wholly. So a canary cluster of which a later wave moves more nodes has
not settled. A unit that took the release back by itself has settled too: nobody tells it to go forward again, and to
wait for it would be to wait for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.api.release import Phase
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_NOTHING, TOLD_REVERT, Codes
from myriarch.engine.phases import BACKWARD
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """What the units of a release show, of n: as in ``Observed``."""

    asserted: Codes
    granted: Ints
    settled: Bools
    taken_back: Bools


def final_ceilings(plan: ReleasePlan) -> Ints:
    """int64[n]: nodes of each unit that the plan moves in the end."""
    ceilings: Ints = np.max(np.stack([stage.waves[-1].ceiling for stage in plan.stages]), axis=0)
    return ceilings


def soaked_ceilings(plan: ReleasePlan, memory: Memory) -> Ints:
    """int64[n]: nodes of each unit in waves that have soaked. The current one has where it waits for its gate."""
    soaked = np.zeros(plan.population.size, np.int64)
    for index, stage in enumerate(plan.stages[: memory.stage + 1]):
        waves = (
            memory.wave + (memory.phase in (Phase.GATED, Phase.WATCHING)) if index == memory.stage else len(stage.waves)
        )
        if waves:
            soaked = np.maximum(soaked, stage.waves[waves - 1].ceiling)
    return soaked


def unsettled(plan: ReleasePlan, memory: Memory, progress: Progress) -> Bools:
    """bool[n]: units that the release concerns, and where it is neither done nor taken back."""
    final = final_ceilings(plan)
    done = (soaked_ceilings(plan, memory) >= final) & (progress.granted >= final) & progress.settled
    back = ((progress.asserted == TOLD_REVERT) | progress.taken_back) & progress.settled
    if memory.phase in BACKWARD:
        done = progress.asserted == TOLD_NOTHING
    waits: Bools = (final > 0) & ~done & ~back
    return waits

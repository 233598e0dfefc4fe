"""Stages and waves that say nothing: nothing is left for them to move, or nothing that they move could be judged.

Sizes are cumulative within a stage, and a cluster that several stages choose belongs to the first. So a wave after one
that has everything, and a stage after one that chose all it could choose, move nothing. Which sizes go backwards is
``policy_check.py``'s to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from myriarch.api.policy import ReleasePolicySpec, Stage, Wave
from myriarch.base.errors import UserFault
from myriarch.engine.amounts import parse_amount
from myriarch.engine.selector_check import selector_faults

ALL = "100%"


def stage_faults(spec: ReleasePolicySpec, root: str) -> Iterator[UserFault]:
    """Every fault, in the order of the stages."""
    for index, stage in enumerate(spec.stages):
        field = f"{root}.stages[{index}]"
        yield from _left_over(spec.stages[:index], stage, field)
        yield from selector_faults(stage.selector, f"{field}.selector")
        yield from _wave_faults(stage, field)
        yield from _attempts_faults(spec, index, f"{field}.attempts")
    yield from _minimum_faults(spec, root)


def _left_over(before: Sequence[Stage], stage: Stage, field: str) -> Iterator[UserFault]:
    for earlier in before:
        takes_all = earlier.selector is None or earlier.selector == stage.selector
        if takes_all and earlier.environment in (None, stage.environment):
            cure = "Leave the stage out, or give the earlier one a selector or another environment."
            problem = f"chooses only clusters that stage {earlier.name} has already"
            yield UserFault(field, stage.name, problem, cure)
            return


def _attempts_faults(spec: ReleasePolicySpec, index: int, field: str) -> Iterator[UserFault]:
    """What is tried again must cost nothing but time: a rehearsal, in an environment that no later stage moves."""
    stage = spec.stages[index]
    if stage.attempts == 1:
        return
    later = [other.environment for other in spec.stages[index + 1 :]]
    if index > 0:
        cure = "Leave it out: only the first stage is tried again. Nobody learns anew what production has shown."
        yield UserFault(field, stage.attempts, f"stands in stage {stage.name}, which is not the first", cure)
    elif not later:
        yield UserFault(field, stage.attempts, "stands in the only stage", "Add a stage before it that rehearses.")
    elif stage.environment is None or stage.environment in later or None in later:
        cure = "Leave it out, or give the first stage an environment that no other stage has."
        yield UserFault(field, stage.attempts, "would try again in the environment of a later stage", cure)


def _wave_faults(stage: Stage, field: str) -> Iterator[UserFault]:
    whole = next((index for index, wave in enumerate(stage.waves) if _is_whole(wave)), len(stage.waves))
    for index, wave in enumerate(stage.waves):
        here = f"{field}.waves[{index}]"
        yield from selector_faults(wave.group, f"{here}.group")
        if wave.group is not None and wave.clusters != ALL:
            cure = "Keep either clusters or group: a group's clusters all join."
            yield UserFault(f"{here}.clusters", wave.clusters, "stands beside group", cure)
        if index > whole:
            cure = "Leave the wave out, or make the earlier one smaller."
            yield UserFault(here, wave.name or index + 1, f"comes after waves[{whole}], which has every node", cure)


def _is_whole(wave: Wave) -> bool:
    sizes = (wave.clusters, wave.nodes, ALL if wave.exposure is None else wave.exposure)
    return wave.group is None and all(_share(size) == 1.0 for size in sizes)


def _share(size: int | str) -> float | None:
    """None where the size is no percentage."""
    try:
        return parse_amount(size, "").share
    except UserFault:
        return None


def _minimum_faults(spec: ReleasePolicySpec, root: str) -> Iterator[UserFault]:
    """Without an analysis, fewer failures than the minimum are no harm: some stage must be able to have so many."""
    most = max((_most_nodes(stage) for stage in spec.stages), default=math.inf)
    if spec.analysis is None and spec.failure.minimum > most:
        cure = f"Give at most {most:.0f}, or let waves be larger: so few failures are never harm."
        problem = f"is more than the {most:.0f} nodes that a stage may move"
        yield UserFault(f"{root}.failure.minimum", spec.failure.minimum, problem, cure)


def _most_nodes(stage: Stage) -> float:
    """Nodes that the stage can move at most, as far as the policy alone tells; infinite where it depends on the
    fleet."""
    if stage.exponential is not None or not stage.waves:
        return math.inf
    return max(min(_product(wave), _count(wave.exposure)) for wave in stage.waves)


def _product(wave: Wave) -> float:
    return math.inf if wave.group is not None else _count(wave.clusters) * _count(wave.nodes)


def _count(size: int | str | None) -> float:
    return float(size) if isinstance(size, int) and size > 0 else math.inf

"""Rules of a policy that this fleet makes pointless: gangs of nodes that canaries never meet, harm that can't be
reached. The policy alone does not show it, so nobody refuses it; a plan warns.

Gangs of clusters that no wave has room for are conflicts (``engine/conflicts.py``).
"""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.budgets import Budgets, Gang, GangKind
from myriarch.api.policy import ReleasePolicySpec
from myriarch.engine.plan import ReleasePlan, StagePlan
from myriarch.engine.population import Population


def unfit_warnings(plan: ReleasePlan, policy: ReleasePolicySpec) -> list[str]:
    """A sentence each."""
    found: list[str] = []
    for stage in plan.stages:
        found += _small_ceilings(stage, plan.population, _same_wave(policy.budgets.nodes))
        if policy.analysis is None and stage.weight < policy.failure.minimum:
            found.append(
                f"stage {stage.name} has {stage.weight} nodes, and failure.minimum is {policy.failure.minimum}: "
                "nothing there is ever harm. Lower it, or add an analysis"
            )
    return found


def _same_wave(budgets: Budgets | None) -> list[Gang]:
    return [] if budgets is None else [gang for gang in budgets.gangs if gang.kind is GangKind.SAME_WAVE]


def _small_ceilings(stage: StagePlan, population: Population, gangs: list[Gang]) -> Iterator[str]:
    """Waves that let only some nodes of a cluster begin: a larger gang of nodes waits there for a later wave."""
    here = stage.members & (population.weight > 0)
    for number, wave in enumerate(stage.waves, 1):
        part = here & (wave.ceiling > 0) & (wave.ceiling < population.weight)
        if gangs and part.any():
            least = int(wave.ceiling[part].min())
            labels = ", ".join(gang.label for gang in gangs)
            yield (
                f"wave {wave.name or number} of stage {stage.name} lets as few as {least} nodes of a cluster begin: "
                f"gangs of more ({labels}) wait there for a later wave, and no canary meets them"
            )
            return

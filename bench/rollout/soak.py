"""The minimum soak that every policy under test gets where its tool has such a setting: that of Myriarch's policy."""

from __future__ import annotations

from myriarch.base.durations import parse_duration
from rollout.policies.myriarch_policies import shipped
from rollout.world import World


def soaks(world: World) -> tuple[float, float]:
    """Seconds in the simulated environment and in production: the minimum soak of the policy's stages."""
    stages = shipped(world.whole).spec.stages
    return parse_duration(stages[0].soak), parse_duration(stages[-1].soak)

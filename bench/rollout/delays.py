"""How long a scenario's harm takes to show after the update, nominally: what a soak has to be compared with."""

from __future__ import annotations

from rollout.chance import DAY, RESTART_MEAN_SECONDS
from rollout.scenario import Effect, Scenario, Trigger


def symptom_seconds(scenario: Scenario) -> float:
    """The median of the fastest effect, with what it waits for; 0 where there is none."""
    return min((_nominal(effect) for effect in scenario.effects), default=0.0)


def _nominal(effect: Effect) -> float:
    waits = {Trigger.RESTART: RESTART_MEAN_SECONDS, Trigger.DAILY_PEAK: DAY}
    return waits.get(effect.trigger, 0.0) + effect.delay.seconds

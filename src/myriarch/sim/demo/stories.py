"""The three stories: which revision each releases, what that revision does, and how it should end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from myriarch.api.release import Phase
from myriarch.fleet.behaviour import Behaviour, Effect
from myriarch.fleet.fleet import Fleet
from myriarch.sim.demo.draw import PRODUCTION, Drawn, draw_everywhere, draw_in_production, gpu_models

COMPONENT: Final = "node-agent"
NAMESPACE: Final = "default"
FIRST_REVISION: Final = "v1.0"
DELAY_SPREAD: Final = 0.15
"""Nodes show their harm about the drawn delay after the update, not all at one moment."""

CANARIES_MOST_EXPOSURE: Final = 0.02
"""More of production than this is never exposed to harm that the canaries can find."""


@dataclass(frozen=True, slots=True)
class Story:
    """One release.

    ``name`` is also the release's. ``drawn`` is what the revision does, None where nothing. ``phase`` is how it should
    end, with at most ``exposure`` (0 to 1) of production.
    """

    name: str
    title: str
    revision: str
    drawn: Drawn | None
    production_only: bool
    phase: Phase
    exposure: float

    @property
    def behaviour(self) -> Behaviour:
        """What the revision does to nodes, as the fleet is told."""
        if self.drawn is None:
            return Behaviour()
        where: dict[str, tuple[str, ...]] = {}
        if self.production_only:
            where["environment"] = (PRODUCTION,)
        if self.drawn.gpu_model:
            where["gpuModel"] = (self.drawn.gpu_model,)
        effect = Effect(
            symptom=self.drawn.symptom,
            where=where,
            probability=self.drawn.share,
            delay_seconds=self.drawn.delay_seconds,
            delay_spread=DELAY_SPREAD,
        )
        return Behaviour(effects=(effect,))


def stories_for(fleet: Fleet, seed: int) -> tuple[Story, ...]:
    """The stories in the order told. Raises UserFault where the fleet is too small for the last."""
    unlucky = draw_in_production(seed, gpu_models(fleet, PRODUCTION))
    return (
        Story("good", "a good release", "v1.1", None, False, Phase.SUCCEEDED, 1.0),
        Story(
            "caught-in-simulation",
            "a harmful release, caught in simulation",
            "v1.2",
            draw_everywhere(seed),
            False,
            Phase.ROLLED_BACK,
            0.0,
        ),
        Story(
            "caught-in-production",
            "harm that only production shows, caught at the canaries",
            "v1.3",
            unlucky,
            True,
            Phase.ROLLED_BACK,
            CANARIES_MOST_EXPOSURE,
        ),
    )

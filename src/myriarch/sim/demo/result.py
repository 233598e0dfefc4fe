"""What the demo tells in the end, as JSON-ready values."""

from __future__ import annotations

from msgspec import Struct


class FleetSize(Struct, frozen=True, kw_only=True, rename="camel"):
    """How large the fleet is."""

    clusters: int
    nodes: int


class DrawnHarm(Struct, frozen=True, kw_only=True, rename="camel"):
    """What the seed drew for a revision. ``share`` of the nodes (0 to 1); ``gpu_model`` '' where any may be harmed."""

    environment: str
    gpu_model: str
    symptom: str
    share: float
    delay_seconds: float


class StoryResult(Struct, frozen=True, kw_only=True, rename="camel"):
    """How one story ended.

    ``production_exposure`` is a share from 0 to 1; ``nodes_astray`` counts reachable nodes that don't stand where
    the story should have left them. ``stage`` and ``wave`` are where the release was when it ended or turned back.
    """

    name: str
    release: str
    revision: str
    phase: str
    as_told: bool
    production_exposure: float
    virtual_seconds: float
    wall_seconds: float
    nodes_begun: int
    nodes_reverted: int
    nodes_stuck: int
    nodes_unreachable: int
    nodes_astray: int
    stage: str
    wave: str
    reason: str
    blame: dict[str, str]
    drawn: DrawnHarm | None


class DemoResult(Struct, frozen=True, kw_only=True, rename="camel"):
    """The whole demo."""

    seed: int
    policy: str
    fleet: FleetSize
    stories: list[StoryResult]
    wall_seconds: float

    @property
    def as_told(self) -> bool:
        """Whether every story ended as it should."""
        return all(story.as_told for story in self.stories)

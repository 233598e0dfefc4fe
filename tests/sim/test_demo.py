"""The demo's three stories end as told, whatever the seed."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from myriarch.api.release import Phase, Release
from myriarch.base.errors import UserFault
from myriarch.engine.policy_check import policy_faults
from myriarch.fleet.behaviour import Symptom
from myriarch.sim.demo.draw import DELAY_SECONDS, PRODUCTION_SYMPTOMS, SHARE, draw_in_production
from myriarch.sim.demo.policy import demo_policy, wave_name
from myriarch.sim.demo.result import DemoResult, FleetSize, StoryResult
from myriarch.sim.demo.stories import Story
from myriarch.sim.demo.teller import EPOCH, open_demo
from myriarch.sim.run import run_virtual

SEEDS = range(50)
CLUSTERS = 100
MODELS = {"": 500, "G2": 3000, "T4": 2000, "A10": 3}
SHOWN_AS = {Symptom.CRASH_AT_RESTART: "crashed"}
"""Symptoms that a cluster's API shows under another name than the cause has."""


class Notes:
    """An audience that remembers what it was told."""

    def __init__(self) -> None:
        self.size: FleetSize | None = None
        self.told: list[str] = []
        self.phases: dict[str, list[Phase]] = {}

    def opening(self, fleet: FleetSize, policy: str) -> None:
        self.size = fleet

    def story(self, story: Story) -> None:
        self.told.append(story.name)

    def state(self, story: Story, release: Release) -> None:
        assert release.name == story.name
        self.phases.setdefault(story.name, []).append(release.status.phase)

    def ended(self, story: Story, result: StoryResult) -> None:
        assert self.told[-1] == result.name


def tell(seed: int, clusters: int = CLUSTERS) -> tuple[DemoResult, Notes]:
    notes = Notes()

    async def told() -> DemoResult:
        async with open_demo(clusters, seed, notes) as demo:
            return await demo.tell()

    return run_virtual(told(), EPOCH), notes


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_story_ends_as_told(seed: int) -> None:
    result, notes = tell(seed)
    good, simulated, production = result.stories
    assert notes.told == ["good", "caught-in-simulation", "caught-in-production"] == [s.name for s in result.stories]
    assert result.as_told, result

    assert good.phase == "Succeeded"
    assert good.production_exposure > 0.99  # the others can't be reached
    assert (simulated.phase, simulated.production_exposure) == ("RolledBack", 0.0)
    assert production.phase == "RolledBack"
    assert 0.0 < production.production_exposure <= 0.02
    for story in result.stories:
        assert (story.nodes_stuck, story.nodes_astray) == (0, 0)
        assert story.virtual_seconds > 0
    assert_reason_names_the_harm(production)


def assert_reason_names_the_harm(story: StoryResult) -> None:
    assert story.drawn is not None
    symptom = SHOWN_AS.get(Symptom(story.drawn.symptom), story.drawn.symptom)
    assert re.search(rf"\d+ {symptom}\b", story.reason), story.reason
    assert f"GPU model {story.drawn.gpu_model} (" in story.reason
    assert re.search(r"nodes prod-\w+-\d+-n\d+", story.reason)


def test_the_same_seed_tells_the_same() -> None:
    once, again = (without_wall_time(tell(11, clusters=10)[0]) for _ in range(2))
    assert once == again
    assert once["stories"] != without_wall_time(tell(12, clusters=10)[0])["stories"]


def without_wall_time(result: DemoResult) -> Any:
    told = msgspec.to_builtins(result)
    for part in (told, *told["stories"]):
        assert part.pop("wallSeconds") > 0
    return told


def test_the_audience_hears_of_every_phase() -> None:
    result, notes = tell(3, clusters=10)
    assert notes.size == result.fleet
    assert notes.phases["good"][-1] is Phase.SUCCEEDED
    assert Phase.ROLLING_BACK in notes.phases["caught-in-simulation"]


def test_draws_stay_within_what_canaries_can_find() -> None:
    drawn = [draw_in_production(seed, MODELS) for seed in range(200)]
    assert {each.gpu_model for each in drawn} == {"G2", "T4"}
    assert {each.symptom for each in drawn} == set(PRODUCTION_SYMPTOMS)
    assert all(SHARE[0] <= each.share <= SHARE[1] for each in drawn)
    assert all(DELAY_SECONDS[0] <= each.delay_seconds <= DELAY_SECONDS[1] for each in drawn)


def test_a_fleet_without_gpus_is_refused() -> None:
    with pytest.raises(UserFault, match="--clusters"):
        draw_in_production(1, {"": 500})


def test_the_policy_is_sound_and_its_waves_are_named() -> None:
    spec = demo_policy().spec
    assert policy_faults(spec) == []
    assert wave_name(spec, "production", 0) == "canaries"
    assert wave_name(spec, "production", 99) == "100"

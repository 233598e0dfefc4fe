"""A component that is deleted under its release: the release says so, and goes on once it is there again."""

from __future__ import annotations

from tests.hub.house import COMPONENT, House, play

from myriarch.api.component import Component, ComponentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.api.release import Phase
from myriarch.client import refs


def test_the_release_tells_what_it_misses_and_goes_on() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        begun = await house.phase("r", Phase.ADVANCING)
        assert begun.status.place == "prod/1"
        await house.client.delete(refs.COMPONENTS, COMPONENT)
        await house.wait(60)
        told = (await house.get("r")).status
        assert told.holds == [f"component {COMPONENT} was deleted: create it again, and the release goes on"]
        again = Component(metadata=ObjectMeta(name=COMPONENT), spec=ComponentSpec(initial_revision="v1"))
        await house.client.create(refs.COMPONENTS, again)
        release = await house.ended("r")
        assert release.status.phase is Phase.SUCCEEDED

    play(story)


def test_a_release_that_can_not_start_shows_its_phase() -> None:
    """kubectl's column is read from the object as it is written."""

    async def story(house: House) -> None:
        await house.release("r", "v9")
        await house.wait(60)
        document = await house.client.get(refs.RELEASES, dict, "r", "default")
        assert document["status"]["phase"] == "Pending"

    play(story)

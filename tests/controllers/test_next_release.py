"""A release that begins the moment another has succeeded goes back to what that one proved."""

from __future__ import annotations

from contextlib import aclosing

from tests.hub.house import House, play

from myriarch.api.release import Phase, Release
from myriarch.client import refs
from myriarch.client.objects import Bookmark, Deleted


async def _succeeded(house: House, name: str) -> None:
    """Return at the very moment."""
    async with aclosing(house.client.watch(refs.RELEASES, Release, "default", resource_version="0")) as events:
        async for event in events:
            assert not isinstance(event, Deleted)
            if isinstance(event, Bookmark) or event.object.name != name:
                continue
            if event.object.status.phase is Phase.SUCCEEDED:
                return


def test_it_goes_back_to_what_the_release_before_it_proved() -> None:
    async def story(house: House) -> None:
        house.harm("v3")
        await house.release("good", "v2")
        await _succeeded(house, "good")
        await house.release("harmful", "v3")
        release = await house.ended("harmful")
        assert release.status.phase is Phase.ROLLED_BACK
        await house.wait(3600)
        assert {name: house.at(name) for name in house.names()} == {name: {"v2": 8} for name in house.names()}

    play(story)

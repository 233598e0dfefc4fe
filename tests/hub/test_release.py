"""Releases from start to end."""

from __future__ import annotations

from tests.hub.house import House, play

from myriarch.api.release import Phase


def test_a_good_release_reaches_every_node_of_its_stages() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        release = await house.ended("r")
        assert release.status.phase is Phase.SUCCEEDED
        assert [house.at(name) for name in house.names()] == [{"v2": 8}] * 4
        assert set(house.at(house.names("sim")[0])) == {"v1"}
        component = await house.component()
        assert component.status.active_release == ""
        assert component.proven_in("prod") == "v2"

    play(story)


def test_a_harmful_release_goes_back_everywhere() -> None:
    async def story(house: House) -> None:
        house.harm("v2", delay_seconds=300.0)
        await house.release("r", "v2")
        release = await house.ended("r")
        assert release.status.phase is Phase.ROLLED_BACK
        assert set(house.at()) == {"v1"}
        assert 0 < house.begun(1) <= 2

    play(story)

"""Two releases on one component: the newest wins, and nothing of the older one goes on."""

from __future__ import annotations

from tests.hub.house import House, play

from myriarch.api.cluster import Direction
from myriarch.api.release import Order, Phase


async def _half_done(house: House, name: str = "b") -> bool:
    release = await house.get(name)
    return release.status.wave == 1 and house.begun(release.status.attempt) > 6


def test_the_newer_release_takes_the_place_of_a_half_done_one() -> None:
    async def story(house: House) -> None:
        await house.release("b", "v2")
        await house.until(lambda: _half_done(house), step=1.0)
        await house.release("c", "v3")
        await house.wait(5)
        assert (await house.get("b")).status.phase is Phase.SUPERSEDED
        assert Direction.FORWARD not in {grant.direction for grant in (await house.granted("b")).values()}
        begun = house.begun(1)
        await house.wait(60)
        assert house.begun(1) <= begun
        assert (await house.ended("c")).status.phase is Phase.SUCCEEDED
        assert {key for name in house.names() for key in house.at(name)} == {"v3"}

    play(story)


def test_rolling_back_what_superseded_a_half_done_release_goes_back_to_the_proven_revision() -> None:
    async def story(house: House) -> None:
        await house.release("b", "v2")
        await house.until(lambda: _half_done(house), step=1.0)
        await house.release("c", "v3")
        await house.until(lambda: _half_done(house, "c"), step=1.0)
        await house.order("c", order=Order.ROLL_BACK)
        await house.ended("c")
        reached = set(await house.granted("c"))
        assert {key for name in reached for key in house.at(name)} == {"v1"}

    play(story)


def test_the_rollback_after_a_success_goes_back_to_what_succeeded() -> None:
    async def story(house: House) -> None:
        await house.release("b", "v2")
        await house.phase("b", Phase.SUCCEEDED, step=1.0)
        await house.release("c", "v3")
        await house.until(lambda: _half_done(house, "c"), step=1.0)
        await house.order("c", order=Order.ROLL_BACK)
        await house.ended("c")
        assert {key for name in house.names() for key in house.at(name)} == {"v2"}

    play(story)


def test_a_release_that_cannot_start_takes_nobodys_place() -> None:
    async def story(house: House) -> None:
        await house.release("b", "v2")
        await house.phase("b", Phase.SOAKING)
        await house.release("c", "v9")
        await house.wait(120)
        invalid = await house.get("c")
        assert (invalid.status.phase, invalid.status.reason) == (Phase.PENDING, "InvalidRevision")
        assert "v9" in invalid.status.message
        assert (await house.ended("b")).status.phase is Phase.SUCCEEDED

    play(story)


def test_an_invalid_release_begins_when_it_is_mended() -> None:
    async def story(house: House) -> None:
        await house.release("c", "v9")
        await house.wait(60)
        assert (await house.get("c")).status.reason == "InvalidRevision"
        await house.revision("v9")
        release = await house.ended("c")
        assert release.status.phase is Phase.SUCCEEDED
        assert {key for name in house.names() for key in house.at(name)} == {"v9"}

    play(story)


def test_of_two_releases_of_one_second_the_later_begun_wins() -> None:
    async def story(house: House) -> None:
        await house.release("z", "v2")
        await house.phase("z", Phase.SOAKING, Phase.ADVANCING, step=0.1)
        await house.release("a", "v3")
        assert (await house.ended("a")).status.phase is Phase.SUCCEEDED
        assert (await house.get("z")).status.phase is Phase.SUPERSEDED

    play(story)


def test_a_third_release_supersedes_the_second_before_it_began() -> None:
    async def story(house: House) -> None:
        await house.release("b", "v2")
        await house.until(lambda: _half_done(house), step=1.0)
        await house.release("c", "v3")
        await house.wait(2)
        await house.release("d", "v2")
        assert (await house.ended("d")).status.phase is Phase.SUCCEEDED
        assert (await house.get("c")).status.phase is Phase.SUPERSEDED
        assert {key for name in house.names() for key in house.at(name)} == {"v2"}

    play(story)

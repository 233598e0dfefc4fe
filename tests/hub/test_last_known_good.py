"""Only the end of a release proves a revision: what merely ran, or soaked half-way, is nothing to go back to."""

from __future__ import annotations

import pytest
from tests.hub.house import HOUR, House, play

from myriarch.api.release import Order, Phase


@pytest.mark.parametrize("phase", ["Advancing", "Soaking"])
@pytest.mark.parametrize("aborted", [True, False])
def test_a_release_that_never_ended_well_leaves_nothing_to_go_back_to(phase: str, aborted: bool) -> None:
    async def story(house: House) -> None:
        await house.release("half", "v2")
        await house.phase("half", phase, step=1.0)
        await house.wait(5)
        if aborted:
            await house.order("half", order=Order.ABORT)
            await house.ended("half")
        house.harm("v3", delay_seconds=300.0)
        await house.release("bad", "v3")
        assert (await house.ended("bad")).status.phase is Phase.ROLLED_BACK
        await house.wait(HOUR)
        assert set(house.at()) == {"v1"}
        told = [cluster.component("os") for cluster in await house.clusters()]
        assert {status.last_known_good for status in told if status is not None} == {"v1"}

    play(story)


def test_a_release_that_ended_well_is_what_the_next_one_goes_back_to() -> None:
    async def story(house: House) -> None:
        await house.release("good", "v2")
        await house.ended("good")
        house.harm("v3", delay_seconds=300.0)
        await house.release("bad", "v3")
        assert (await house.ended("bad")).status.phase is Phase.ROLLED_BACK
        assert [house.at(name) for name in house.names()] == [{"v2": 8}] * 4

    play(story)

"""What an embedded hub refuses at the door and a real API server admits: it is told, and nothing moves by it."""

from __future__ import annotations

import msgspec
import pytest
from tests.hub.house import GROUND, TWO_WAVES, House, Story, play
from tests.kube.hub.blocking import BlockingServer

from myriarch.api.freezewindow import Once
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import Concurrency, ReleasePolicy
from myriarch.api.release import Phase
from myriarch.client import refs
from myriarch.client.objects import Raw

UNSOUND = msgspec.structs.replace(TWO_WAVES, concurrency=Concurrency(clusters="0%"))
FAR = Once(from_="2040-01-01T00:00", until="2040-01-02T00:00")


def played(story: Story, ground: BlockingServer) -> None:
    token = GROUND.set(ground)
    try:
        play(story)
    finally:
        GROUND.reset(token)


@pytest.mark.kube
def test_an_unsound_policy_moves_nothing_and_is_told(ground: BlockingServer) -> None:
    async def story(house: House) -> None:
        await house.client.create(refs.POLICIES, ReleasePolicy(metadata=ObjectMeta(name="unsound"), spec=UNSOUND))
        await house.release("r", "v2", policy="unsound")
        await house.wait(600)
        told = (await house.get("r")).status
        assert told.reason == "InvalidPolicy"
        assert "spec.concurrency.clusters: '0%': is zero" in told.message
        assert set(house.at()) == {"v1"}

    played(story, ground)


@pytest.mark.kube
def test_a_window_that_cannot_be_read_holds_forward_steps_until_it_is_mended(ground: BlockingServer) -> None:
    async def story(house: House) -> None:
        await house.freeze("odd", time_zone="Nowhere/Land", once=[FAR])
        await house.wait(5)
        await house.release("r", "v2")
        await house.wait(3600)
        assert set(house.at()) == {"v1"}
        holds = (await house.get("r")).status.holds
        assert any("odd: spec.timeZone: 'Nowhere/Land': is no time zone" in hold for hold in holds)
        await house.client.patch(refs.FREEZE_WINDOWS, Raw, "odd", {"spec": {"timeZone": "UTC"}})
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    played(story, ground)

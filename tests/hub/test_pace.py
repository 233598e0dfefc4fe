"""Urgent releases, and releases that fix an earlier one, over a hub."""

from __future__ import annotations

import msgspec
import pytest
from tests.hub.house import HOUR, NODES, House, play

from myriarch.api.pace import ProvenWaves, RereleaseRule, Urgent, UrgentRule
from myriarch.api.policy import Concurrency, FailureRule, ReleasePolicy, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Order, Phase
from myriarch.client import refs
from myriarch.client.errors import Invalid
from myriarch.client.objects import Raw

WAVES = [Wave(clusters=1, nodes=1), Wave(clusters=1), Wave(clusters="50%"), Wave(clusters="75%"), Wave()]
PLAIN = ReleasePolicySpec(
    stages=[Stage(name="prod", environment="prod", soak="30m", waves=WAVES)],
    nodes=NODES,
    failure=FailureRule(tolerance="10%"),
    concurrency=Concurrency(rollback="100%"),
)
QUICK = msgspec.structs.replace(
    PLAIN,
    urgent=UrgentRule(soak_factor=0.1, minimum_soak="3m", waves_together=4),
    rerelease=RereleaseRule(within="1d"),
)
CVE = Urgent(reason="CVE-2026-1 is used against us")


async def events(house: House) -> set[str]:
    found = await house.client.read("/api/v1/namespaces/default/events", Raw)
    return {event["reason"] for event in found["items"]}


def test_an_urgent_release_takes_fewer_and_shorter_waves_and_says_why() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2", urgent=CVE)
        release = await house.ended("r", within=2 * HOUR)
        assert release.status.phase is Phase.SUCCEEDED
        assert release.status.urgent == CVE.reason
        assert [entry.reason for entry in release.status.timeline].count("GatePassed") == 1
        policy = release.status.policy
        assert policy is not None
        assert [wave.clusters for wave in policy.stages[0].waves] == [1, "100%"]
        assert policy.stages[0].soak == "3m"
        assert "Urgent" in await events(house)

    play(story, policy=QUICK)


def test_an_urgent_release_that_harms_goes_back_from_its_first_wave() -> None:
    async def story(house: House) -> None:
        house.harm("v2")
        await house.release("r", "v2", urgent=CVE)
        release = await house.ended("r")
        assert release.status.phase is Phase.ROLLED_BACK
        assert set(house.at()) == {"v1"}
        assert house.begun(1) <= 2

    play(story, policy=msgspec.structs.replace(QUICK, failure=FailureRule(minimum=1)))


@pytest.mark.parametrize("hurry", [{"urgent": CVE}, {"fixes": "first"}])
def test_a_policy_that_says_nothing_of_it_lets_nobody_be_quicker(hurry: dict[str, object]) -> None:
    async def story(house: House) -> None:
        await house.release("first", "v3")
        await house.order("first", order=Order.ABORT)
        await house.ended("first")
        await house.release("r", "v2", **hurry)
        await house.wait(120)
        release = await house.get("r")
        assert release.status.attempt == 0
        assert release.status.reason == "InvalidPace"
        assert f"spec.{next(iter(hurry))}" in release.status.message
        assert "policy std allows" in release.status.message
        allowed = {"urgent": {"wavesTogether": 2}, "rerelease": {"within": "7d"}}
        await house.client.patch(refs.POLICIES, ReleasePolicy, "std", {"spec": allowed})
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    play(story, policy=PLAIN)


def test_the_fix_of_a_release_goes_straight_to_what_that_one_had_passed() -> None:
    async def story(house: House) -> None:
        await house.release("first", "v2")

        async def in_fourth_wave() -> bool:
            return (await house.get("first")).status.wave == 3

        await house.until(in_fourth_wave)
        await house.order("first", order=Order.ROLL_BACK)
        await house.ended("first")
        await house.release("second", "v3", fixes="first")
        release = await house.ended("second")
        assert release.status.phase is Phase.SUCCEEDED
        assert release.status.proven == [ProvenWaves(stage="prod", waves=3)]
        assert release.status.policy is not None
        assert [wave.clusters for wave in release.status.policy.stages[0].waves] == [1, "50%", "75%", "100%"]
        assert "Rerelease" in await events(house)

    play(story, policy=QUICK)


def test_the_fix_takes_the_place_of_a_release_under_way() -> None:
    async def story(house: House) -> None:
        await house.release("first", "v2")

        async def in_third_wave() -> bool:
            return (await house.get("first")).status.wave == 2

        await house.until(in_third_wave)
        await house.release("second", "v3", fixes="first")
        release = await house.ended("second")
        assert (await house.get("first")).status.phase is Phase.SUPERSEDED
        assert release.status.phase is Phase.SUCCEEDED
        assert release.status.proven == [ProvenWaves(stage="prod", waves=2)]

    play(story, policy=QUICK)


def test_what_can_not_be_fixed_is_said_with_a_cure() -> None:
    async def story(house: House) -> None:
        await house.release("good", "v2")
        await house.ended("good")
        await house.release("bad", "v3")
        await house.order("bad", order=Order.ROLL_BACK)
        await house.ended("bad")

        async def refused(name: str, revision: str, fixes: str) -> str:
            await house.release(name, revision, fixes=fixes)
            await house.wait(60)
            status = (await house.get(name)).status
            assert status.reason == "InvalidPace"
            return status.message

        assert "doesn't exist" in await refused("a", "v3", "nobody")
        assert "has succeeded" in await refused("b", "v3", "good")
        assert "very same revision" in await refused("c", "v3", "bad")
        await house.wait(25 * HOUR)
        assert "more than 1d" in await refused("d", "v2", "bad")

    play(story, policy=QUICK)


def test_the_reason_is_asked_for_and_neither_wish_can_be_changed_later() -> None:
    async def story(house: House) -> None:
        for reason in ("", "  "):
            with pytest.raises(Invalid, match=r"spec.urgent.reason"):
                await house.release("r", "v2", urgent=Urgent(reason=reason))
        await house.release("r", "v2", urgent=CVE)
        for change in ({"urgent": None}, {"urgent": {"reason": "other"}}, {"fixes": "first"}):
            with pytest.raises(Invalid, match=r"urgent and fixes can't change"):
                await house.client.patch(refs.RELEASES, Raw, "r", {"spec": change}, namespace="default")
        await house.order("r", paused=True)

    play(story, policy=QUICK)

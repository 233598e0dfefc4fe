"""What objects tell people: events, proof, who uses a policy; and that a status stays small."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.hub.house import House, play

from myriarch.api.policy import ReleasePolicy
from myriarch.api.release import Phase
from myriarch.api.revision import Revision
from myriarch.client import refs
from myriarch.client.objects import Raw
from myriarch.client.resource import EVENTS


async def _events(house: House, name: str) -> list[dict[str, Any]]:
    found = (await house.client.list(EVENTS, Raw, "default")).items
    return [event for event in found if event["involvedObject"]["name"] == name]


def test_every_transition_is_an_event_and_harm_is_a_warning() -> None:
    async def story(house: House) -> None:
        house.harm("v2", delay_seconds=300.0)
        release = await house.release("r", "v2")
        ended = await house.ended("r")
        events = await _events(house, "r")
        assert {event["involvedObject"]["uid"] for event in events} == {release.metadata.uid}
        assert {event["reason"] for event in events} >= {entry.reason for entry in ended.status.timeline}
        warnings = [event["message"] for event in events if event["type"] == "Warning"]
        assert len(warnings) == 1
        assert "notReady" in warnings[0]

    play(story)


def test_a_revision_tells_where_it_was_released_and_how_that_ended() -> None:
    async def story(house: House) -> None:
        house.harm("v3", delay_seconds=300.0)
        await house.release("good", "v2")
        good = await house.ended("good")
        await house.release("bad", "v3")
        await house.ended("bad")
        passed = (await house.client.get(refs.REVISIONS, Revision, "v2")).status.proof
        failed = (await house.client.get(refs.REVISIONS, Revision, "v3")).status.proof
        assert [(each.release, each.environment, each.verdict) for each in passed] == [("default/good", "prod", "Pass")]
        assert passed[0].at == good.status.ended_at
        assert [(each.release, each.environment, each.verdict) for each in failed] == [("default/bad", "prod", "Fail")]

    play(story)


def test_a_component_tells_which_release_holds_it() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        held = (await house.component()).status.conditions
        assert [(each.type, each.status) for each in held] == [("Releasing", "True")]
        assert "default/r" in held[0].message
        await house.ended("r")
        rest = (await house.component()).status.conditions
        assert [(each.type, each.status) for each in rest] == [("Releasing", "False")]
        assert (rest[0].last_transition_time or "") > (held[0].last_transition_time or "")

    play(story)


def test_a_policy_tells_which_releases_use_it() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        await house.wait(30)
        assert (await house.client.get(refs.POLICIES, ReleasePolicy, "std")).status.used_by == ["default/r"]
        await house.ended("r")
        await house.wait(30)
        assert (await house.client.get(refs.POLICIES, ReleasePolicy, "std")).status.used_by == []

    play(story)


def test_a_status_stays_small_however_long_the_story() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        for _ in range(40):
            await house.order("r", paused=True)
            await house.phase("r", Phase.PAUSED, step=1.0)
            await house.order("r", paused=False)
            await house.phase("r", Phase.ADVANCING, Phase.SOAKING, step=1.0)
        status = (await house.get("r")).status
        assert len(status.timeline) == 64
        assert len(msgspec.json.encode(status)) < 65536

    play(story)


def test_counts_are_told_though_nothing_else_happens() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.phase("r", Phase.SOAKING)
        await house.order("r", paused=True)
        await house.wait(60)
        cluster = next(iter(await house.granted("r")))
        began = int(house.fleet.cluster(cluster).observe("os").started.argmax())
        house.fleet.kill_nodes(cluster, [began], house.clock.now())
        await house.wait(600)
        tallies = {tally.environment: tally for tally in (await house.get("r")).status.environments}
        assert tallies["prod"].unreachable == 1

    play(story)

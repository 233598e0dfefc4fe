"""Freezes and stops in the middle of a wave: no node begins after them; rollbacks go on."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.hub.house import House, play

from myriarch.api.cluster import Direction
from myriarch.api.freezewindow import Once
from myriarch.api.meta import ObjectMeta
from myriarch.api.override import Bypass, Override, OverrideSpec
from myriarch.api.release import Order, Phase
from myriarch.base.clock import parse_rfc3339, rfc3339
from myriarch.client import refs


async def _under_way(house: House) -> bool:
    release = await house.get("r")
    return release.status.wave == 1 and 4 < house.begun(1) < 30


def _local(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def test_a_stop_holds_every_grant_at_once_and_its_end_lets_them_go_on() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _under_way(house), step=1.0)
        await house.freeze("stop", stop=True)
        await house.wait(2)
        grants = (await house.granted("r")).values()
        assert {grant.direction for grant in grants} == {Direction.HOLD}
        assert all(parse_rfc3339(grant.forward_until or "") <= house.clock.now() for grant in grants)
        assert "frozen: stop: test" in (await house.get("r")).status.holds
        begun = house.begun(1)
        await house.wait(7200)
        assert house.begun(1) == begun
        await house.lift("stop")
        await house.wait(2)
        assert "frozen: stop: test" not in (await house.get("r")).status.holds
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED
        assert {key for name in house.names() for key in house.at(name)} == {"v2"}

    play(story)


def test_no_node_begins_after_a_window_that_was_known_even_without_the_hub() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _under_way(house), step=1.0)
        opens = float(int(house.clock.now())) + 62.0
        await house.freeze("night", once=[Once(from_=_local(opens), until=_local(opens + 7200))])
        await house.wait(5)
        assert all(
            parse_rfc3339(grant.forward_until or "") <= opens
            for grant in (await house.granted("r")).values()
            if grant.direction is Direction.FORWARD
        )
        await house.hub.crash("controllers")
        await house.wait(opens - house.clock.now())
        begun = house.begun(1)
        assert begun < 32
        await house.wait(3600)
        assert house.begun(1) == begun
        await house.hub.restart("controllers")
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    play(story)


def test_without_the_hub_a_cluster_goes_on_until_its_grant_expires_and_then_holds() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _under_way(house), step=1.0)
        cluster = next(iter(sorted(await house.granted("r"))))
        house.fleet.set_partition(cluster, True)
        expires = parse_rfc3339((await house.grant(cluster)).forward_until or "")
        await house.wait(expires - house.clock.now() + 1)
        house.fleet.add_nodes(cluster, 3, house.clock.now())
        await house.wait(3600)
        assert house.at(cluster) == {"v1": 3, "v2": 8}
        house.fleet.set_partition(cluster, False)
        await house.ended("r")
        await house.wait(1200)
        assert house.at(cluster) == {"v2": 11}

    play(story)


def test_a_rollback_goes_on_through_a_stop() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.until(lambda: _under_way(house), step=1.0)
        await house.freeze("stop", stop=True)
        await house.order("r", order=Order.ROLL_BACK)
        await house.phase("r", Phase.ROLLED_BACK, within=7200)
        assert set(house.at()) == {"v1"}

    play(story)


def test_nodes_that_join_during_a_stop_wait_for_its_end() -> None:
    async def story(house: House) -> None:
        await house.release("r", "v2")
        await house.ended("r")
        await house.freeze("stop", stop=True)
        await house.wait(60)
        cluster = house.names()[0]
        house.fleet.add_nodes(cluster, 2, house.clock.now())
        await house.wait(3600)
        assert house.at(cluster) == {"v1": 2, "v2": 8}
        await house.lift("stop")
        await house.wait(1200)
        assert house.at(cluster) == {"v2": 10}

    play(story)


def test_a_freeze_of_one_environment_leaves_the_standing_grants_of_others_alone() -> None:
    async def story(house: House) -> None:
        await house.freeze("prod", stop=True, environments=["prod"])
        await house.wait(60)
        assert (await house.grant(house.names("sim")[0])).direction is Direction.FORWARD
        assert (await house.grant(house.names()[0])).direction is Direction.HOLD

    play(story)


def test_standing_grants_hold_through_a_calendar_freeze_and_go_on_after_it() -> None:
    async def story(house: House) -> None:
        now = house.clock.now()
        await house.freeze("night", once=[Once(from_=_local(now + 600), until=_local(now + 4200))])
        await house.wait(30)
        assert (await house.grant(house.names()[0])).direction is Direction.FORWARD
        await house.wait(600)
        assert (await house.grant(house.names()[0])).direction is Direction.HOLD
        await house.wait(3700)
        assert (await house.grant(house.names()[0])).direction is Direction.FORWARD

    play(story)


def test_an_override_lets_a_release_through_a_freeze_until_it_expires() -> None:
    async def story(house: House) -> None:
        now = house.clock.now()
        expires = now + 60
        await house.freeze("night", once=[Once(from_=_local(now - 600), until=_local(now + 7200))])
        spec = OverrideSpec(
            bypass=[Bypass.FREEZE], release="default/r", owner="me", reason="test", expires=rfc3339(expires)
        )
        await house.client.create(refs.OVERRIDES, Override(metadata=ObjectMeta(name="o"), spec=spec))
        await house.release("r", "v2")
        await house.wait(30)
        grants = (await house.granted("r")).values()
        assert grants
        assert all(parse_rfc3339(grant.forward_until or "") <= expires for grant in grants)
        assert (await house.client.get(refs.OVERRIDES, Override, "o")).status.in_force
        await house.wait(60)
        assert {grant.direction for grant in (await house.granted("r")).values()} == {Direction.HOLD}
        assert not (await house.client.get(refs.OVERRIDES, Override, "o")).status.in_force
        assert (await house.ended("r")).status.phase is Phase.SUCCEEDED

    play(story)

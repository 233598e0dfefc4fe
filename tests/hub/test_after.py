"""Components that come after others: what moves first in a cluster, and that nobody waits for ever."""

from __future__ import annotations

import pytest
from tests.hub.house import COMPONENT, HOUR, NODES, House, play

from myriarch.api.component import Component, ComponentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import Concurrency, FailureRule, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Order, Phase, Release, ReleaseSpec
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.client import refs
from myriarch.client.errors import ApiError
from myriarch.client.objects import Raw
from myriarch.fleet.fleet import DEFAULT_START

APP = "app"
WAVES = ReleasePolicySpec(
    stages=[Stage(name="prod", environment="prod", soak="10m", waves=[Wave(clusters=1), Wave(clusters=3), Wave()])],
    nodes=NODES,
    failure=FailureRule(tolerance="10%"),
    concurrency=Concurrency(rollback="100%"),
)


async def add_app(house: House, *after: str) -> None:
    """A second component at ``a1``, and its revision ``a2``."""
    house.fleet.set_base(APP, "a1")
    await house.client.create(
        refs.COMPONENTS,
        Component(metadata=ObjectMeta(name=APP), spec=ComponentSpec(initial_revision="a1", after=list(after))),
    )
    for name in ("a1", "a2"):
        made = Revision(metadata=ObjectMeta(name=name), spec=RevisionSpec(component=APP))
        await house.client.create(refs.REVISIONS, made)
    await house.wait(60)


async def release_app(house: House, name: str = "app", seed: int = 7) -> None:
    spec = ReleaseSpec(component=APP, revision="a2", policy="std", seed=seed)
    made = Release(metadata=ObjectMeta(name=name, namespace="default"), spec=spec)
    await house.client.create(refs.RELEASES, made)


async def stands(house: House, component: str, cluster: str, revision: str) -> int:
    names = house.fleet.revision_names(component)
    seen = house.fleet.cluster(cluster).observe(component)
    return sum(names[int(code)] == revision for code in seen.revision[seen.present])


async def _in_order(house: House) -> bool:
    """Until both have ended: no node of the app moves in a cluster that is not wholly at v2. Whether the app moved any
    while the release before it was still under way."""
    followed = False
    while True:
        releases = [await house.get("os"), await house.get("app")]
        for cluster in house.names():
            if await stands(house, APP, cluster, "a2"):
                followed |= not releases[0].status.ended_at
                assert house.at(cluster).get("v1", 0) <= 1  # the dead one
        if all(release.status.ended_at for release in releases):
            assert [release.status.phase for release in releases] == [Phase.SUCCEEDED] * 2
            return followed
        await house.wait(20)


def test_the_later_component_follows_cluster_by_cluster() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        await release_app(house)
        await house.release("os", "v2", seed=7)
        assert await _in_order(house)
        for cluster in house.names():
            assert await stands(house, APP, cluster, "a2") == 8

    play(story, policy=WAVES)


def test_a_node_that_dies_meanwhile_holds_neither() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        await house.release("os", "v2", seed=7)
        await release_app(house)
        await house.wait(150)
        moving = next(name for name in house.names() if house.at(name) != {"v1": 8})
        house.fleet.kill_nodes(moving, [5], house.clock.now())
        assert await _in_order(house)
        house.fleet.heal_nodes(moving, [5], house.clock.now())
        await house.wait(HOUR)
        assert [house.at(name) for name in house.names()] == [{"v2": 8}] * 4
        for cluster in house.names():
            assert await stands(house, APP, cluster, "a2") == 8

    play(story, policy=WAVES)


def test_what_is_waited_for_is_told_and_an_abort_lifts_it() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        await house.release("os", "v2", paused=True)
        await release_app(house)
        await house.wait(HOUR)
        held = await house.get("app")
        assert held.status.phase is Phase.ADVANCING
        assert [hold for hold in held.status.holds if "for release default/os of os to settle" in hold]
        assert not await stands(house, APP, house.names()[0], "a2")
        await house.order("os", order=Order.ABORT)
        assert (await house.ended("app")).status.phase is Phase.SUCCEEDED

    play(story, policy=WAVES)


def test_a_rollback_is_never_held() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        await release_app(house)
        await house.wait(300)
        await house.release("os", "v2", paused=True)
        await house.wait(60)
        await house.order("app", order=Order.ROLL_BACK)
        ended = await house.ended("app", within=HOUR)
        assert ended.status.phase is Phase.ROLLED_BACK
        assert not sum([await stands(house, APP, cluster, "a2") for cluster in house.names()])

    play(story, policy=WAVES)


def test_the_earlier_component_going_back_holds_the_later_one_until_it_is_back() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        house.harm("v2", delay_seconds=200.0)
        await house.release("os", "v2", seed=7)
        await release_app(house)
        assert (await house.ended("os")).status.phase is Phase.ROLLED_BACK
        assert (await house.ended("app")).status.phase is Phase.SUCCEEDED
        assert set(house.at()) == {"v1"}

    play(story, policy=WAVES)


def test_a_cluster_that_comes_late_gets_first_what_comes_first() -> None:
    async def story(house: House) -> None:
        late = house.names()[0]
        await house.client.patch(refs.CLUSTERS, Raw, late, {"spec": {"mode": "Observe"}})
        await add_app(house, COMPONENT)
        await house.release("os", "v2")
        await release_app(house)
        assert (await house.ended("app")).status.phase is Phase.SUCCEEDED
        assert (await house.component()).proven_in("prod") == "v2"
        assert house.at(late) == {"v1": 8}
        await house.client.patch(refs.CLUSTERS, Raw, late, {"spec": {"mode": "Manage"}})
        while await stands(house, APP, late, "a2") < 8:
            grant = (await house.cluster(late)).grant(APP)
            if grant is not None and grant.revision == "a2":
                assert house.at(late) == {"v2": 8}
            assert house.clock.now() < since + 6 * HOUR
            await house.wait(10)

    since = DEFAULT_START
    play(story, policy=WAVES)


async def _refused(house: House, name: str, *after: str) -> str:
    with pytest.raises(ApiError) as refusal:
        await house.client.patch(refs.COMPONENTS, Raw, name, {"spec": {"after": list(after)}})
    return str(refusal.value)


def test_circles_and_unknown_names_are_refused_with_field_value_and_cure() -> None:
    async def story(house: House) -> None:
        await add_app(house, COMPONENT)
        assert 'spec.after[0]: Invalid value: "os": is the component itself. Leave it out.' in await _refused(
            house, COMPONENT, COMPONENT
        )
        assert '"cni": doesn\'t exist. Create the component first' in await _refused(house, APP, "cni")
        assert "goes round in a circle: os after app after os" in await _refused(house, COMPONENT, APP)
        net = Component(metadata=ObjectMeta(name="net"), spec=ComponentSpec(initial_revision="n1", after=[APP]))
        await house.client.create(refs.COMPONENTS, net)
        assert "os after net after app after os" in await _refused(house, COMPONENT, "net")

    play(story)


def test_a_component_whose_forerunner_was_deleted_can_be_changed_but_not_released() -> None:
    async def story(house: House) -> None:
        await add_app(house)
        net = Component(metadata=ObjectMeta(name="net"), spec=ComponentSpec(initial_revision="n1"))
        await house.client.create(refs.COMPONENTS, net)
        await house.client.patch(refs.COMPONENTS, Raw, APP, {"spec": {"after": ["net"]}})
        await house.client.delete(refs.COMPONENTS, "net")
        await house.client.patch(refs.COMPONENTS, Raw, APP, {"metadata": {"labels": {"team": "apps"}}})
        await release_app(house)
        await house.wait(120)
        told = (await house.get("app")).status
        assert (told.attempt, told.reason) == (0, "InvalidComponent")
        assert "component app: spec.after[0]: 'net': doesn't exist" in told.message
        await house.client.patch(refs.COMPONENTS, Raw, APP, {"spec": {"after": []}})
        assert (await house.ended("app")).status.phase is Phase.SUCCEEDED

    play(story)

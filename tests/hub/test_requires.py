"""Revisions that require versions of other components, and how releases go back together."""

from __future__ import annotations

from typing import Any

import pytest
from tests.hub.house import COMPONENT, HOUR, House, play
from tests.hub.test_after import APP, WAVES, add_app, stands

from myriarch.api.component import Component
from myriarch.api.meta import ObjectMeta
from myriarch.api.release import Order, Phase, Release, ReleaseSpec
from myriarch.api.revision import Requirement, Revision, RevisionSpec
from myriarch.client import refs
from myriarch.client.errors import ApiError
from myriarch.client.objects import Raw


async def revision(house: House, name: str, component: str, version: str, **requires: str) -> None:
    asked = [Requirement(component=each, version=range_) for each, range_ in requires.items()]
    spec = RevisionSpec(component=component, version=version, requires=asked)
    await house.client.create(refs.REVISIONS, Revision(metadata=ObjectMeta(name=name), spec=spec))


async def furnish(house: House, **requires: str) -> None:
    """The app beside the os: os revisions o1 (1.0.0, where it stands) and o2 (2.0.0), the app's a3 that requires."""
    await add_app(house)
    await revision(house, "a3", APP, "3.0.0", **requires)
    for name, version in (("o1", "v1.0.0"), ("o2", "2.0.0")):
        await revision(house, name, COMPONENT, version)
    await release(house, "base", COMPONENT, "o1")
    assert (await house.ended("base")).status.phase is Phase.SUCCEEDED


async def release(house: House, name: str, component: str, to: str, **spec: Any) -> None:
    wanted = ReleaseSpec(component=component, revision=to, policy="std", seed=7, **spec)
    await house.client.create(refs.RELEASES, Release(metadata=ObjectMeta(name=name, namespace="default"), spec=wanted))


def test_clusters_are_held_until_they_have_the_version_that_is_required() -> None:
    async def story(house: House) -> None:
        await furnish(house, os=">=2, <3")
        await release(house, "os2", COMPONENT, "o2", paused=True)
        await release(house, "app", APP, "a3")
        await house.wait(HOUR)
        held = (await house.get("app")).status
        assert held.phase is Phase.ADVANCING
        assert [hold for hold in held.holds if "waits for os >=2, <3" in hold]
        await house.order("os2", paused=False)
        while not (await house.get("app")).status.ended_at:
            await house.wait(30)
            for cluster in house.names():
                if await stands(house, APP, cluster, "a3"):
                    assert house.at(cluster) == {"o2": 8}
        assert (await house.get("app")).status.phase is Phase.SUCCEEDED

    play(story, policy=WAVES)


def test_a_release_that_no_cluster_can_take_says_so_and_does_not_begin() -> None:
    async def story(house: House) -> None:
        await furnish(house, os=">=2", kubernetes=">=1.10")
        await release(house, "app", APP, "a3")
        await house.wait(300)
        told = (await house.get("app")).status
        assert (told.attempt, told.reason) == (0, "RequirementUnmet")
        assert "spec.requires[0]: 'os >=2': is met by no cluster of the release" in told.message
        await release(house, "os2", COMPONENT, "o2")
        assert (await house.ended("app")).status.phase is Phase.SUCCEEDED

    play(story, policy=WAVES)


def test_the_version_of_kubernetes_is_required_by_the_name_of_kubernetes() -> None:
    async def story(house: House) -> None:
        await furnish(house, kubernetes=">=99")
        await release(house, "app", APP, "a3")
        await house.wait(300)
        assert "Upgrade clusters first" in (await house.get("app")).status.message

    play(story, policy=WAVES)


def test_an_upgrade_past_what_others_require_is_held_and_the_way_back_never() -> None:
    async def story(house: House) -> None:
        await furnish(house, os="<2")
        await release(house, "app", APP, "a3")
        assert (await house.ended("app")).status.phase is Phase.SUCCEEDED
        await release(house, "os2", COMPONENT, "o2")
        await house.wait(HOUR)
        held = (await house.get("os2")).status
        assert [hold for hold in held.holds if "for app, whose a3 requires os <2, to move on" in hold]
        assert "o2" not in house.at()
        await release(house, "back", COMPONENT, "v1")
        assert (await house.ended("back")).status.phase is Phase.SUCCEEDED

    play(story, policy=WAVES)


def test_dependents_under_way_go_back_first_and_with_it() -> None:
    async def story(house: House) -> None:
        await furnish(house, os=">=2")
        await release(house, "os2", COMPONENT, "o2")
        await release(house, "app", APP, "a3")
        cluster = await house.until(lambda: _dependent(house), step=5.0)
        await house.order("os2", order=Order.ROLL_BACK)
        while not (await house.get("os2")).status.ended_at:
            await house.wait(5)
            if await stands(house, APP, cluster, "a3"):
                assert house.at(cluster) == {"o2": 8}
        app = await house.ended("app")
        assert (app.status.phase, app.status.reason) == (Phase.ROLLED_BACK, "DependencyRolledBack")
        assert "rolled back with release default/os2, which goes back to o1: a3 requires os >=2" in app.status.message
        assert (await house.get("os2")).status.phase is Phase.ROLLED_BACK
        assert [house.at(name) for name in house.names()] == [{"o1": 8}] * 4

    play(story, policy=WAVES)


def test_a_dependent_that_has_settled_stays_and_the_condition_names_it() -> None:
    async def story(house: House) -> None:
        await furnish(house, os=">=2")
        await release(house, "os2", COMPONENT, "o2")
        await release(house, "app", APP, "a3")
        assert (await house.ended("app")).status.phase is Phase.SUCCEEDED
        await house.wait(60)
        assert await _told(house) == ("True", "Every cluster meets what it requires.")
        await release(house, "back", COMPONENT, "o1")
        assert (await house.ended("back")).status.phase is Phase.SUCCEEDED
        status, message = await _told(house)
        assert status == "False"
        assert message.startswith("a3 requires os >=2: not so in 4 clusters (prod-")
        assert [await stands(house, APP, name, "a3") for name in house.names()] == [8] * 4

    play(story, policy=WAVES)


async def _told(house: House) -> tuple[str, str]:
    app = await house.client.get(refs.COMPONENTS, Component, APP)
    return next((each.status, each.message) for each in app.status.conditions if each.type == "RequirementsMet")


async def _dependent(house: House) -> str:
    """A cluster whose nodes the app has begun to move, while the os is still on its way elsewhere."""
    assert not (await house.get("os2")).status.ended_at
    for name in house.names():
        if await stands(house, APP, name, "a3"):
            return name
    return ""


def test_a_dependent_that_can_not_go_back_by_itself_holds_no_rollback_up() -> None:
    async def story(house: House) -> None:
        await furnish(house, os=">=2")
        await house.client.patch(refs.COMPONENTS, Raw, APP, {"spec": {"reversible": False}})
        await release(house, "os2", COMPONENT, "o2")
        await release(house, "app", APP, "a3")
        await house.until(lambda: _dependent(house), step=5.0)
        await house.order("os2", order=Order.ROLL_BACK)
        assert (await house.ended("os2", within=2 * HOUR)).status.phase is Phase.ROLLED_BACK
        assert [house.at(name) for name in house.names()] == [{"o1": 8}] * 4
        await house.wait(HOUR)
        app = await house.get("app")
        assert app.status.phase is Phase.ADVANCING
        assert [hold for hold in app.status.holds if "os >=2" in hold]

    play(story, policy=WAVES)


@pytest.mark.parametrize(
    ("requires", "told"),
    [
        ({"os": ">=2,"}, 'spec.requires[0].version: Invalid value: ">=2,": is no range of versions'),
        ({"net": ">=2"}, 'spec.requires[0].component: Invalid value: "net": doesn\'t exist. Create the component'),
        ({"app": ">=2"}, "is the revision's own component. Leave it out"),
    ],
)
def test_what_can_not_be_required_is_refused_with_field_value_and_cure(requires: dict[str, str], told: str) -> None:
    async def story(house: House) -> None:
        await add_app(house)
        with pytest.raises(ApiError) as refusal:
            await revision(house, "a4", APP, "4.0.0", **requires)
        assert told in str(refusal.value)

    play(story)

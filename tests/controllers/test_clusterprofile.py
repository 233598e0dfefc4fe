"""Clusters are published as ClusterProfiles where the kind is served; what others published is left alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.hub.house import small_spec
from tests.imports.stage import CRDS, NAMESPACES, namespace, profile, profile_definition

from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.inventory import PROFILES
from myriarch.client.objects import Raw
from myriarch.client.refs import CLUSTERS
from myriarch.controllers.clusterprofile.publishing import NAMESPACE
from myriarch.fleet.fleet import DEFAULT_START, Fleet
from myriarch.hub.hub import CONTROLLERS, Hub
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

REF = PROFILES[0]
SOON_SECONDS = 120.0
Story = Callable[[Hub, Client], Awaitable[None]]


def play(story: Story, *, publish: bool = True) -> None:
    async def main() -> None:
        clock = running_clock()
        hub = Hub(clock=clock, fleet=Fleet(small_spec(), start=clock.now()), seed=3, publish_profiles=publish)
        await hub.start()
        try:
            await story(hub, hub.client())
            hub.check()
        finally:
            await hub.stop()

    run_virtual(main(), DEFAULT_START)


async def profiles(client: Client) -> dict[str, Raw]:
    return {each["metadata"]["name"]: each for each in (await client.list(REF, Raw, NAMESPACE)).items}


async def names(client: Client) -> set[str]:
    return {each["metadata"]["name"] for each in (await client.list(CLUSTERS, Raw)).items}


def test_every_cluster_has_a_profile_once_the_kind_is_there() -> None:
    async def story(hub: Hub, client: Client) -> None:
        await hub.clock.sleep(SOON_SECONDS)
        await client.create(CRDS, profile_definition())
        await hub.clock.sleep(SOON_SECONDS)
        found = await profiles(client)
        assert set(found) == await names(client)
        name = min(found)
        label = {"metadata": {"labels": {"topology.kubernetes.io/region": "eu-1"}}}
        await client.patch(CLUSTERS, Raw, name, label)
        await hub.clock.sleep(SOON_SECONDS)
        one = (await profiles(client))[name]
        assert one["metadata"]["labels"]["x-k8s.io/cluster-manager"] == "myriarch"
        assert one["metadata"]["labels"]["topology.kubernetes.io/region"] == "eu-1"
        assert one["spec"] == {"displayName": name, "clusterManager": {"name": "myriarch"}}
        cluster = await client.get(CLUSTERS, Raw, name)
        told = {each["name"]: each["value"] for each in one["status"]["properties"]}
        assert told["myriarch.io/environment"] == cluster["spec"]["environment"]
        assert told["myriarch.io/nodes"] == str(cluster["status"]["nodes"]) != "0"
        assert told["topology.kubernetes.io/region"] == "eu-1"
        assert one["status"]["version"]["kubernetes"] == cluster["status"]["kubernetesVersion"]
        assert one["status"]["conditions"][0]["type"] == "ControlPlaneHealthy"
        assert not hub.reports

    play(story)


def test_healthy_follows_connected_and_nothing_is_written_without_a_change() -> None:
    async def story(hub: Hub, client: Client) -> None:
        await client.create(CRDS, profile_definition())
        await hub.clock.sleep(SOON_SECONDS)
        name = min(await names(client))
        before = await profiles(client)
        condition = {"type": "Connected", "status": "False", "reason": "Refused", "message": "It is broken."}
        condition["lastTransitionTime"] = "2030-01-01T00:00:00Z"
        patch = {"status": {"conditions": [condition]}}
        await client.patch(CLUSTERS, Raw, name, patch, subresource="status")
        await hub.clock.sleep(SOON_SECONDS)
        after = await profiles(client)
        assert after[name]["status"]["conditions"] == [{**condition, "type": "ControlPlaneHealthy"}]
        for other in set(after) - {name}:
            assert after[other]["metadata"]["resourceVersion"] == before[other]["metadata"]["resourceVersion"]

    play(story)


def test_a_profile_goes_with_its_cluster_and_comes_again_when_somebody_deletes_it() -> None:
    async def story(hub: Hub, client: Client) -> None:
        await client.create(CRDS, profile_definition())
        await hub.clock.sleep(SOON_SECONDS)
        first, second, third = sorted(await names(client))[:3]
        await client.delete(CLUSTERS, first)
        await client.delete(REF, second, NAMESPACE)
        edited = {"spec": {"displayName": "mine"}}
        await client.patch(REF, Raw, third, edited, namespace=NAMESPACE)
        await hub.clock.sleep(SOON_SECONDS)
        found = await profiles(client)
        assert set(found) == await names(client)
        assert first not in found
        assert found[third]["spec"]["displayName"] == third

    play(story)


def test_a_cluster_deleted_while_the_controllers_were_away_leaves_no_profile() -> None:
    async def story(hub: Hub, client: Client) -> None:
        await client.create(CRDS, profile_definition())
        await hub.clock.sleep(SOON_SECONDS)
        gone = min(await names(client))
        await hub.crash(CONTROLLERS)
        await client.delete(CLUSTERS, gone)
        await hub.restart(CONTROLLERS)
        await hub.clock.sleep(SOON_SECONDS)
        assert set(await profiles(client)) == await names(client)

    play(story)


def test_profiles_of_others_are_never_touched() -> None:
    async def story(hub: Hub, client: Client) -> None:
        await client.create(CRDS, profile_definition())
        await client.create(NAMESPACES, namespace(NAMESPACE))
        taken = min(await names(client))
        kept: dict[str, Any] = {}
        for name in (taken, "elsewhere"):
            made = profile(name, "another")
            made["metadata"]["namespace"] = NAMESPACE
            made.pop("status")
            kept[name] = await client.create(REF, made, field_manager="another-manager")
        await hub.clock.sleep(SOON_SECONDS)
        await client.delete(CLUSTERS, taken)
        await hub.clock.sleep(SOON_SECONDS)
        found = await profiles(client)
        assert {name: found[name] for name in kept} == kept
        assert any(f"{NAMESPACE}/{taken} is another's" in report for report in hub.reports)

    play(story)


def test_nothing_is_published_unless_it_is_asked_for() -> None:
    async def story(hub: Hub, client: Client) -> None:
        await client.create(CRDS, profile_definition())
        await hub.clock.sleep(SOON_SECONDS)
        try:
            assert not await profiles(client)
        except NotFound:
            return

    play(story, publish=False)

"""Clusters whose agents are elsewhere are heard by their Leases, whatever their clocks say."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from tests.hub.house import House, play

from myriarch.api.cluster import Access, Cluster, ClusterSpec
from myriarch.api.meta import ObjectMeta
from myriarch.base.clock import rfc3339_micro
from myriarch.client import refs
from myriarch.client.errors import AlreadyExists, NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.controllers.cluster.lease_heartbeats import NAMESPACE, LeaseHeartbeats
from myriarch.controllers.cluster.liveness import SILENT_SECONDS
from myriarch.controllers.controllers import Controllers
from myriarch.hub.hub import CONTROLLERS
from myriarch.runtime.lease import LEASES

NAME = "far"
BEAT_SECONDS = 60.0
NAMESPACES = ResourceRef("", "v1", "namespaces")


class Watchtower:
    """Controllers that listen to Leases, over the API of a house; one cluster that is reached by pull."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.tasks: list[asyncio.Task[Any]] = []

    async def prepare(self) -> None:
        await self.house.hub.crash(CONTROLLERS)
        client = self.house.client
        with suppress(AlreadyExists):
            body = Raw(apiVersion="v1", kind="Namespace", metadata={"name": NAMESPACE})
            await client.create(NAMESPACES, body)
        with suppress(NotFound):
            await client.delete(LEASES, NAME, NAMESPACE)
        spec = ClusterSpec(environment="prod", access=Access.PULL)
        await client.create(refs.CLUSTERS, Cluster(metadata=ObjectMeta(name=NAME), spec=spec))
        status = {"status": {"kubernetesVersion": "v1.34.0"}}
        await client.patch(refs.CLUSTERS, Raw, NAME, status, subresource="status")
        self.start()

    def start(self) -> None:
        client, clock = self.house.client, self.house.clock
        heartbeats = LeaseHeartbeats(client, clock)
        controllers = Controllers(client, clock, heartbeats, coalesce_seconds=1.0)
        heartbeats.judge(controllers.caches.clusters)
        self.tasks = [asyncio.create_task(heartbeats.informer.run()), asyncio.create_task(controllers.run())]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def beat(self, minutes: int, clock_off_by: float = 0.0) -> None:
        """Renew the cluster's Lease once a minute."""
        for _ in range(minutes):
            spec = {"holderIdentity": NAME, "renewTime": rfc3339_micro(self.house.clock.now() + clock_off_by)}
            try:
                await self.house.client.patch(LEASES, Raw, NAME, {"spec": spec}, namespace=NAMESPACE)
            except NotFound:
                lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": spec}
                await self.house.client.create(LEASES, {**lease, "metadata": {"name": NAME, "namespace": NAMESPACE}})
            await self.house.wait(BEAT_SECONDS)

    async def connected(self) -> str:
        """What the condition says; '' where there is none."""
        conditions = (await self.house.cluster(NAME)).status.conditions
        return next((each.status for each in conditions if each.type == "Connected"), "")


def watch(story: Any) -> None:
    async def with_tower(house: House) -> None:
        tower = Watchtower(house)
        await tower.prepare()
        try:
            await story(tower)
        finally:
            await tower.stop()

    play(with_tower)


def test_a_cluster_that_beats_is_heard_and_one_that_stops_is_called_silent_in_time() -> None:
    async def story(tower: Watchtower) -> None:
        await tower.beat(20)
        assert await tower.connected() in ("", "True")
        await tower.house.wait(SILENT_SECONDS - 2 * BEAT_SECONDS)
        assert await tower.connected() in ("", "True")
        await tower.house.wait(3 * BEAT_SECONDS)
        assert await tower.connected() == "Unknown"
        await tower.beat(3)
        assert await tower.connected() == "True"

    watch(story)


def test_a_clock_that_is_hours_off_changes_nothing() -> None:
    async def story(tower: Watchtower) -> None:
        await tower.beat(10, clock_off_by=-6 * 3600.0)
        assert await tower.connected() in ("", "True")
        await tower.house.wait(SILENT_SECONDS + BEAT_SECONDS)
        assert await tower.connected() == "Unknown"
        await tower.beat(10, clock_off_by=6 * 3600.0)
        assert await tower.connected() == "True"

    watch(story)


def test_a_cluster_that_never_spoke_is_called_silent() -> None:
    async def story(tower: Watchtower) -> None:
        await tower.house.wait(SILENT_SECONDS + 2 * BEAT_SECONDS)
        assert await tower.connected() == "Unknown"

    watch(story)


def test_a_restart_neither_forgets_who_is_silent_nor_takes_an_old_lease_for_a_sign_of_life() -> None:
    async def story(tower: Watchtower) -> None:
        await tower.beat(5)
        await tower.house.wait(SILENT_SECONDS + 2 * BEAT_SECONDS)
        assert await tower.connected() == "Unknown"
        await tower.stop()
        tower.start()
        for _ in range(8):
            await tower.house.wait(BEAT_SECONDS)
            assert await tower.connected() == "Unknown"
        await tower.beat(2)
        assert await tower.connected() == "True"

    watch(story)


def test_clusters_in_the_hub_s_own_process_are_not_judged_by_leases() -> None:
    async def story(tower: Watchtower) -> None:
        await tower.house.wait(SILENT_SECONDS + 3 * BEAT_SECONDS)
        others = [cluster for cluster in await tower.house.clusters() if cluster.name != NAME]
        silent = [
            c.name for c in others if any(x.type == "Connected" and x.status != "True" for x in c.status.conditions)
        ]
        assert not silent

    watch(story)

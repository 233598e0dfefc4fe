"""The driver of real clusters: what it writes down, what survives a crash, and what it shows."""

from __future__ import annotations

import asyncio
import json

import numpy as np
from tests.drivers.cluster import NODES, START, WAIT, HandMover, RealCluster, node, some, until
from tests.drivers.little_api import failure

from myriarch.api.component import Component, ComponentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.client.client import Client
from myriarch.client.http import Request, Response
from myriarch.drivers.driver import NO_VALUE, Symptom
from myriarch.drivers.mover import THE_CLUSTER, Stuck
from myriarch.drivers.real import RealDriver


def _order(cluster: RealCluster, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(cluster.written(name))
    return found


def test_an_order_is_written_before_its_move_begins_and_outlives_the_driver() -> None:
    async def play() -> None:
        cluster = RealCluster()
        cluster.mover.hold = WAIT
        async with cluster.driver() as driver:
            driver.advance("os", some(0, 1), "v2", 7, START)
            await until(lambda: len(cluster.mover.brought) >= 2)
            assert _order(cluster, "n0") == _order(cluster, "n1")
            assert _order(cluster, "n0")["previous"] == "v1"
            assert not cluster.written("n2")
        cluster.mover.hold = None
        async with cluster.driver() as driver:  # nobody tells it anything
            await until(lambda: not cluster.states(driver).moving.any())
            states = cluster.states(driver)
            assert states.attempt[:3].tolist() == [7, 7, 0]
            assert cluster.mover.stands == {"n0": "v2", "n1": "v2"}
            driver.revert("os", some(0), START)
            await until(lambda: cluster.mover.stands["n0"] == "v1")
        assert ("n0", "v1", True) in cluster.mover.brought

    asyncio.run(play())


def test_nothing_is_written_while_the_cluster_is_only_observed() -> None:
    async def play() -> None:
        cluster = RealCluster()
        async with cluster.driver(writable=False) as driver:
            driver.advance("os", some(0), "v2", 1, START)
            await asyncio.sleep(0.05)
            assert (cluster.api.requests, cluster.mover.brought) == ([], [])
            assert cluster.states(driver).moving[0]
            driver.writable = True
            await until(lambda: cluster.mover.stands.get("n0") == "v2")

    asyncio.run(play())


def test_a_silent_node_begins_when_it_is_heard() -> None:
    async def play() -> None:
        cluster = RealCluster()
        cluster.api.put(f"{NODES}/n0", node("n0", ready="Unknown"))
        async with cluster.driver() as driver:
            driver.advance("os", some(0), "v2", 1, START)
            await until(lambda: bool(cluster.written("n0")))
            states = cluster.states(driver)
            assert states.moving[0]
            assert np.isinf(states.moving_since[0])
            assert (states.ready[0], states.symptom[0]) == (-1, Symptom.SILENT)
            assert not cluster.mover.brought
            cluster.api.merge(f"{NODES}/n0", {"status": node("n0")["status"]})
            await until(lambda: cluster.mover.stands.get("n0") == "v2")

    asyncio.run(play())


def test_who_is_stuck_says_why_at_once_and_goes_on_when_told_otherwise() -> None:
    async def play() -> None:
        cluster = RealCluster()
        cluster.mover.hold = Stuck("the disk is full")
        async with cluster.driver() as driver:
            driver.advance("os", some(0), "v2", 1, START)
            await until(lambda: driver.waits("os") == {"n0": "the disk is full"})
            assert cluster.states(driver).symptom[0] == Symptom.UPDATE_TIMEOUT
            cluster.mover.hold = None
            driver.revert("os", some(0), START)
            assert cluster.states(driver).symptom[0] == Symptom.HEALTHY
            await until(lambda: not cluster.states(driver).moving[0])
            assert driver.waits("os") == {}

    asyncio.run(play())


def test_an_api_that_fails_is_asked_again_and_the_order_kept() -> None:
    async def play() -> None:
        cluster = RealCluster()
        failures = [failure(500, "InternalError"), failure(503, "ServiceUnavailable")]

        def refuse(request: Request) -> Response | None:
            return failures.pop() if request.method == "PATCH" and failures else None

        cluster.api.refuse = refuse
        async with cluster.driver() as driver:
            driver.advance("os", some(0), "v2", 1, START)
            await until(lambda: not cluster.states(driver).moving[0])
        assert not failures
        assert _order(cluster, "n0")["target"] == "v2"

    asyncio.run(play())


def test_nodes_come_and_go_and_keep_their_rows() -> None:
    async def play() -> None:
        cluster = RealCluster(nodes=3)
        heard: list[str] = []
        async with cluster.driver() as driver:
            driver.subscribe(lambda _, nodes: heard.extend(nodes))
            cluster.api.remove(f"{NODES}/n1")
            cluster.api.put(f"{NODES}/n9", node("n9", **{"node.kubernetes.io/instance-type": "big"}))
            await until(lambda: "n9" in heard)
            assert list(driver.names) == ["n0", "n1", "n2", "n9"]
            states = cluster.states(driver)
            assert states.present.tolist() == [True, False, True, True]
            assert states.at[3] == states.at[0]  # nobody ever moved either
            shapes = driver.attributes()["shape"]
            assert [shapes.values[code] for code in shapes.codes] == [NO_VALUE, NO_VALUE, NO_VALUE, "big"]
            assert driver.attributes()["kubernetesMinor"].values[0] == "1.34"

    asyncio.run(play())


def test_a_unit_that_fails_or_flaps_is_unavailable() -> None:
    async def play() -> None:
        cluster = RealCluster()
        cluster.mover.symptoms["n0"] = (Symptom.CRASHED, START - 5)
        async with cluster.driver() as driver:
            states = cluster.states(driver)
            assert (states.ready[0], states.symptom[0], states.since[0]) == (0, Symptom.CRASHED, START - 5)
            heard: list[str] = []
            driver.subscribe(lambda _, nodes: heard.extend(nodes))
            for count in range(1, 5):
                ready = "False" if count % 2 else "True"
                status = node("n1", ready=ready, since=START + count)["status"]
                cluster.api.merge(f"{NODES}/n1", {"status": status})
                await until(lambda count=count: heard.count("n1") == count)  # type: ignore[misc]
            assert cluster.states(driver).symptom[1] == Symptom.FLAPPING

    asyncio.run(play())


def test_a_cluster_that_moves_as_one_has_one_order_on_a_config_map() -> None:
    async def play() -> None:
        cluster = RealCluster(HandMover(whole=True), nodes=3)
        cluster.mover.hold = WAIT
        async with cluster.driver() as driver:
            assert driver.whole("os")
            driver.advance("os", some(0, 1, 2), "v2", 3, START)
            await until(lambda: bool(cluster.mover.brought))
            assert cluster.states(driver).moving.all()
        cluster.mover.hold = None
        kept = cluster.api.objects["/api/v1/namespaces/myriarch-system/configmaps/order-os"]["data"]["order"]
        assert json.loads(kept)["target"] == "v2"
        async with cluster.driver() as driver:
            await until(lambda: cluster.mover.stands == {THE_CLUSTER: "v2"})
            await until(lambda: not cluster.states(driver).moving.any())
            assert cluster.states(driver).attempt.tolist() == [3, 3, 3]
        assert not any(cluster.written(f"n{number}") for number in range(3))

    asyncio.run(play())


def test_an_undefined_component_and_an_unusable_driver_are_trouble() -> None:
    async def play() -> None:
        cluster = RealCluster()
        async with cluster.driver() as driver:
            undefined = driver.trouble("other")
            assert undefined is not None
            assert undefined.blocks
            assert not driver.observe("other", START).present.any()

    asyncio.run(play())


class Blind(HandMover):
    """One whose cluster never shows it anything."""

    async def wait_synced(self) -> None:
        await asyncio.Event().wait()


def test_a_component_that_can_not_be_read_holds_no_other() -> None:
    async def play() -> None:
        cluster, blind = RealCluster(), Blind()
        makers = {"os": cluster.mover.on, "blind": blind.on}
        client = Client(cluster.api)
        driver = RealDriver(client, cluster.clock, "a", movers=lambda ground: makers[ground.component.name](ground))
        other = Component(metadata=ObjectMeta(name="blind"), spec=ComponentSpec(initial_revision="v1"))
        for component in (other, cluster.component):
            driver.define(component, cluster.revisions, {})
        task = asyncio.create_task(driver.run())
        async with asyncio.timeout(10):
            await driver.wait_synced()
        unread = driver.unread("blind")
        assert unread is not None
        assert unread.reason == "NotSynced"
        assert driver.unread("os") is None
        assert cluster.states(driver).present.all()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(play())

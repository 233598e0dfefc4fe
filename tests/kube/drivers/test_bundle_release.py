"""A bundle under grants: the cluster moves as one, goes on after a crash, and takes back what harms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tests.kube.control_plane import ControlPlane
from tests.kube.drivers.bundles import CONFIG_MAPS, DEPLOYMENTS, config_map, namespace
from tests.kube.drivers.member import Member, backward, forget, forward, member, revision_of
from tests.kube.drivers.test_bundle import deployment

from myriarch.api.component import Component, ComponentSpec, DriverName
from myriarch.api.meta import ObjectMeta
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.drivers.bundle.inventory import load_inventory

NAME = "bundle-release"
SPEC = ComponentSpec(driver=DriverName.BUNDLE, initial_revision="v1")
COMPONENT = Component(metadata=ObjectMeta(name=NAME), spec=SPEC)


def objects(version: str, story: str = "") -> dict[str, Any]:
    marks = config_map(f"only-{version}", NAME)
    return {
        "manifests": [namespace(NAME), deployment("d", NAME, f"example.org/d:{version}", story), marks],
        "timeout": "60s",
    }


REVISIONS = [
    revision_of(COMPONENT, "v1", **objects("1")),
    revision_of(COMPONENT, "v2", **objects("2")),
    revision_of(COMPONENT, "v3", **objects("3", "never-ready") | {"timeout": "2s"}),
    revision_of(COMPONENT, "v4", **objects("4", "never-ready")),
]


@pytest.fixture(autouse=True)
def clean(full_control_plane: ControlPlane) -> Iterator[None]:
    yield
    forget(full_control_plane, NAME)
    folder = "/api/v1/namespaces/myriarch-system/configmaps"
    for path in (f"{folder}/bundle-{NAME}", f"{folder}/order-{NAME}", f"/api/v1/namespaces/{NAME}"):
        full_control_plane.admin.delete(path)


async def image(found: Member) -> str:
    live = await found.client.get(DEPLOYMENTS, Raw, "d", NAME)
    return str(live["spec"]["template"]["spec"]["containers"][0]["image"][-1])


def test_the_cluster_moves_as_one_and_goes_back_from_harm(full_control_plane: ControlPlane) -> None:
    async def scenario() -> None:
        async with member(full_control_plane, COMPONENT, REVISIONS) as found:
            nodes = len(found.driver.names)
            assert found.driver.whole(NAME)

            # Nothing is there yet: the cluster first comes to the proven revision, and no further.
            await found.work(forward(COMPONENT, "v2", nodes - 1), lambda _: set(found.standing().values()) == {"v1"})
            assert await image(found) == "1"

            begun = await found.work(forward(COMPONENT, "v2", nodes), lambda status: status.begun > 0)
            assert begun.begun == nodes

        async with member(full_control_plane, COMPONENT, REVISIONS) as found:
            await found.work(forward(COMPONENT, "v2", nodes), lambda status: status.updated == nodes)
            assert await image(found) == "2"
            assert set(found.standing().values()) == {"v2"}

            harmful = forward(COMPONENT, "v3", nodes, attempt=2, rollback_to="v2")
            await found.work(harmful, lambda status: status.reverted_attempt == 2)
            await found.work(harmful, lambda status: status.reverted == nodes)
            assert set(found.standing().values()) == {"v2"}
            assert await image(found) == "2"
            inventory = await load_inventory(found.client, NAME)
            assert inventory is not None
            assert (inventory.revision, inventory.applying) == ("v2", "")
            with pytest.raises(NotFound):
                await found.client.get(CONFIG_MAPS, Raw, "only-3", NAME)

    asyncio.run(scenario())


def test_it_goes_back_from_half_way_after_a_crash(full_control_plane: ControlPlane) -> None:
    async def scenario() -> None:
        async with member(full_control_plane, COMPONENT, REVISIONS) as found:
            nodes = len(found.driver.names)
            await found.work(forward(COMPONENT, "v4", 0), lambda _: set(found.standing().values()) == {"v1"})
            await found.work(forward(COMPONENT, "v4", nodes), lambda _: "Deployment.apps" in str(found.waits()))
            assert await image(found) == "4"
        async with member(full_control_plane, COMPONENT, REVISIONS) as found:
            await found.work(backward(COMPONENT, "v4"), lambda status: status.reverted == nodes)
            assert await image(found) == "1"
            assert set(found.standing().values()) == {"v1"}

    asyncio.run(scenario())

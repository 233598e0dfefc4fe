"""A bundle on the embedded server: the same steps as on a real one, for the kinds that it serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from tests.apiserver.embedded import WIDGET_CRD, Api
from tests.kube.drivers.bundles import CONFIG_MAPS, Bundle, config_map, namespace

from myriarch.api.component import Component, ComponentSpec, DriverName
from myriarch.api.meta import ObjectMeta
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.drivers.driver import Symptom
from myriarch.drivers.mover import THE_CLUSTER, Done

GEARS = ResourceRef("bundle.example.com", "v1", "gears", namespaced=True)
COMPONENT = Component(metadata=ObjectMeta(name="mesh"), spec=ComponentSpec(driver=DriverName.BUNDLE))


@asynccontextmanager
async def embedded() -> AsyncGenerator[Bundle, None]:
    made = Bundle(Client(InProcessTransport(Api().server)), COMPONENT, {})
    running = asyncio.create_task(made.mover.run())
    await made.mover.wait_synced()
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def gear_kind() -> dict[str, Any]:
    names = {"kind": "Gear", "plural": "gears", "singular": "gear"}
    spec = WIDGET_CRD["spec"] | {"group": "bundle.example.com", "names": names}
    return WIDGET_CRD | {"metadata": {"name": "gears.bundle.example.com"}, "spec": spec}


def gear(size: int) -> dict[str, Any]:
    metadata = {"name": "g", "namespace": "space"}
    return {"apiVersion": "bundle.example.com/v1", "kind": "Gear", "metadata": metadata, "spec": {"size": size}}


def test_a_bundle_comes_up_changes_and_goes_back() -> None:
    async def scenario() -> None:
        async with embedded() as made:
            assert made.mover.at(THE_CLUSTER) == ""
            await made.bring("v1", {"manifests": [gear(1), config_map("c", "space"), gear_kind(), namespace("space")]})
            await made.bring("v2", {"manifests": [gear(2), gear_kind(), namespace("space")]})
            assert (await made.get(GEARS, "g", "space"))["spec"]["size"] == 2
            found = await made.client.list(CONFIG_MAPS, Raw, "space")
            assert "c" not in [each["metadata"]["name"] for each in found.items]
            await made.bring("v1", backward=True)
            assert (await made.get(GEARS, "g", "space"))["spec"]["size"] == 1
            assert isinstance(await made.step("v1"), Done)
            assert made.mover.symptom(THE_CLUSTER, 0.0)[0] == Symptom.HEALTHY

    asyncio.run(scenario())


def test_an_object_of_nobody_s_kind_is_refused_before_anything_is_applied() -> None:
    async def scenario() -> None:
        async with embedded() as made:
            said = await made.stuck("v1", {"manifests": [config_map("c", "default"), gear(1)]})
            assert said.startswith("KindUnknown: Gear.bundle.example.com space/g: the cluster serves no")
            said = await made.stuck("v2", {"manifests": [config_map("c", "elsewhere")]})
            assert said.startswith("NamespaceMissing: ConfigMap elsewhere/c")
            try:
                await made.get(CONFIG_MAPS, "c", "default")
            except NotFound:
                return
            raise AssertionError("something was applied")

    asyncio.run(scenario())

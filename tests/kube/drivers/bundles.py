"""A bundle's mover on a real cluster, moved to its end by the test.

Tests share one control plane, so each names its own namespaces and kinds, and takes the bundle away when it ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.kube.control_plane import ControlPlane

from myriarch.api.component import Component, ComponentSpec, DriverName, Parameter, Target
from myriarch.api.meta import ObjectMeta
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.base.clock import RealClock
from myriarch.client.client import Client
from myriarch.client.kubeconfig import load_kubeconfig
from myriarch.client.objects import Raw
from myriarch.client.remote import RemoteTransport
from myriarch.client.resource import ResourceRef
from myriarch.drivers.bundle.mover import BundleMover
from myriarch.drivers.mover import THE_CLUSTER, Done, Ground, Progress, Stuck, Waiting
from myriarch.drivers.orders import Orders

LOOKS = 300
LOOK_SECONDS = 0.1
CONFIG_MAPS = ResourceRef("", "v1", "configmaps", namespaced=True)
DEPLOYMENTS = ResourceRef("apps", "v1", "deployments", namespaced=True)
NOTHING: dict[str, Any] = {"manifests": [], "pruneDangerous": True}


class QuickClock(RealClock):
    """Real time, in which waits of minutes pass in a second: nobody but drift checks waits so long."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.5))


class Bundle:
    """One component's bundle in one cluster."""

    def __init__(self, client: Client, component: Component, labels: dict[str, str]) -> None:
        self.client = client
        self.revisions: dict[str, Revision] = {}
        self.labels = labels
        self.changes = 0
        self._ground = Ground(
            client=client,
            clock=QuickClock(),
            cluster="here",
            component=component,
            revisions=self.revisions,
            labels=labels,
            nodes={},
            ledger=Orders(lambda _: None),
            changed=self._note,
            writable=lambda: True,
        )
        self.mover = BundleMover(self._ground)

    def _note(self, _nodes: object) -> None:
        self.changes += 1

    def revision(self, name: str, payload: dict[str, Any]) -> Revision:
        spec = RevisionSpec(component=self._ground.component.metadata.name, payload=payload)
        made = self.revisions[name] = Revision(metadata=ObjectMeta(name=name), spec=spec)
        return made

    async def step(self, name: str, *, backward: bool = False) -> Progress:
        return await self.mover.bring(THE_CLUSTER, self.revisions[name], backward=backward)

    async def bring(self, name: str, payload: dict[str, Any] | None = None, *, backward: bool = False) -> None:
        """To the end; a bundle that gets stuck fails the test."""
        progress = await self.until_settled(name, payload, backward=backward)
        assert isinstance(progress, Done), progress
        assert self.mover.at(THE_CLUSTER) == name

    async def stuck(self, name: str, payload: dict[str, Any] | None = None) -> str:
        """To where it gets stuck: the trouble's reason and message."""
        progress = await self.until_settled(name, payload)
        trouble = self.mover.trouble()
        assert isinstance(progress, Stuck), progress
        assert trouble is not None
        assert trouble.message == progress.reason
        return f"{trouble.reason}: {trouble.message}"

    async def until_settled(
        self, name: str, payload: dict[str, Any] | None = None, *, backward: bool = False
    ) -> Progress:
        if payload is not None:
            self.revision(name, payload)
        for _ in range(LOOKS):
            progress = await self.step(name, backward=backward)
            if not isinstance(progress, Waiting):
                return progress
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"{name}: not settled: {progress}")

    async def get(self, ref: ResourceRef, name: str, namespace: str = "") -> Raw:
        return await self.client.get(ref, Raw, name, namespace)


@asynccontextmanager
async def client_of(kubeconfig: Path) -> AsyncGenerator[Client, None]:
    async with RemoteTransport(load_kubeconfig(kubeconfig)) as transport:
        yield Client(transport)


@asynccontextmanager
async def bundle(
    plane: ControlPlane,
    name: str,
    *,
    labels: dict[str, str] | None = None,
    parameters: list[Parameter] | None = None,
    keep: bool = False,
    whole: bool = False,
    kubeconfig: Path | None = None,
    component: Component | None = None,
) -> AsyncGenerator[Bundle, None]:
    """A bundle whose mover runs; afterwards it is taken away, unless ``keep``; its namespaces
    and kinds too where it is told ``whole``: that takes seconds. With a ``kubeconfig`` of its own it
    may not be able to see anything."""
    spec = ComponentSpec(driver=DriverName.BUNDLE, target=Target(namespace=name), parameters=parameters or [])
    component = component or Component(metadata=ObjectMeta(name=name), spec=spec)
    async with client_of(kubeconfig or plane.admin_kubeconfig) as client:
        made = Bundle(client, component, labels or {})
        running = asyncio.create_task(made.mover.run())
        try:
            if kubeconfig is None:
                await made.mover.wait_synced()
            yield made
            if not keep:
                await made.bring("nothing", NOTHING if whole else {"manifests": []})
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def eventually(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    for _ in range(LOOKS):
        if await holds():
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError(what)


def config_map(name: str, namespace: str, **data: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": namespace},
        "data": data,
    }


def namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}

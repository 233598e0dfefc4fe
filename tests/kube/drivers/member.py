"""A real cluster with a real driver, moved by the node level under grants that the test writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.kube.control_plane import ControlPlane

from myriarch.agent.limits import limits_of
from myriarch.agent.node_level import NodeLevel, Turn
from myriarch.agent.report import report
from myriarch.api.cluster import ComponentStatus, Direction, Grant
from myriarch.api.component import Component
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import NodeRules
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.base.clock import RealClock
from myriarch.client.client import Client
from myriarch.client.kubeconfig import load_kubeconfig
from myriarch.client.remote import RemoteTransport
from myriarch.drivers.real import RealDriver

QUICK = NodeRules(max_unavailable="50%", soak="1s", failure_grace="2s", update_timeout="60s")
TURN_SECONDS = 0.2
PATIENCE_SECONDS = 60.0


def revision_of(component: Component, name: str, **payload: Any) -> Revision:
    return Revision(metadata=ObjectMeta(name=name), spec=RevisionSpec(component=component.name, payload=payload))


def forward(component: Component, revision: str, ceiling: int, **fields: Any) -> Grant:
    """Attempt 1 to ``revision``, back to v1."""
    given: dict[str, Any] = {"attempt": 1, "rollback_to": "v1", "rules": QUICK} | fields
    return Grant(component=component.name, revision=revision, ceiling=ceiling, **given)


def backward(component: Component, revision: str, **fields: Any) -> Grant:
    return forward(component, revision, 0, direction=Direction.REVERT, **fields)


class Member:
    """One driver at work in one cluster, for one component."""

    def __init__(self, driver: RealDriver, client: Client, component: Component) -> None:
        self.driver = driver
        self.client = client
        self.component = component
        self.clock = RealClock()
        self.status: ComponentStatus | None = None
        self.told: set[str] = set()

    def turn(self, grant: Grant) -> Turn:
        """One look and what follows from it."""
        found = NodeLevel(self.driver).turn(grant, limits_of(grant), self.status, self.clock.now())
        self.status = report(grant, found, self.status, self.driver)
        self.told.update(f"{node}: {why}" for node, why in self.waits().items())
        return found

    async def work(self, grant: Grant, until: Callable[[ComponentStatus], bool]) -> ComponentStatus:
        """Turns under ``grant`` until its report is as wanted."""
        for _ in range(round(PATIENCE_SECONDS / TURN_SECONDS)):
            self.turn(grant)
            assert self.status is not None
            if until(self.status):
                return self.status
            await asyncio.sleep(TURN_SECONDS)
        raise AssertionError(f"{self.status}\n{self.driver.trouble(grant.component)}\n{sorted(self.told)}")

    def waits(self) -> Mapping[str, str]:
        return self.driver.waits(self.component.name)

    def standing(self) -> dict[str, str]:
        """Revision of each node that is one of the component's."""
        states = self.driver.observe(self.component.name, self.clock.now())
        self.driver.assume(self.component.name, "v1")
        numbers = {self.driver.number_of(self.component.name, name): name for name in ("v1", "v2", "v3")}
        names = self.driver.names
        return {names[i]: numbers.get(int(states.at[i]), "?") for i in range(len(names)) if states.present[i]}


@asynccontextmanager
async def member(
    plane: ControlPlane,
    component: Component,
    revisions: Sequence[Revision],
    labels: Mapping[str, str] | None = None,
    kubeconfig: Path | None = None,
) -> AsyncGenerator[Member, None]:
    """A driver at work, as the administrator unless there is another ``kubeconfig``; leaving the block kills it, as a
    crash would."""
    async with RemoteTransport(load_kubeconfig(kubeconfig or plane.admin_kubeconfig)) as transport:
        client = Client(transport)
        driver = RealDriver(client, RealClock(), "member")
        driver.define(component, {each.name: each for each in revisions}, labels or {})
        driver.writable = True
        task = asyncio.create_task(driver.run())
        try:
            await asyncio.wait_for(driver.wait_synced(), 30)
            await settled(lambda: (driver.trouble(component.name) or None) is None or _is_real(driver, component))
            yield Member(driver, client, component)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def _is_real(driver: RealDriver, component: Component) -> bool:
    trouble = driver.trouble(component.name)
    return trouble is not None and trouble.reason != "NotSynced"


async def settled(ready: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Return once ``ready()``; fail when it takes long."""
    async with asyncio.timeout(seconds):
        while not ready():  # noqa: ASYNC110 - what is waited for happens in a cluster
            await asyncio.sleep(0.05)


def forget(plane: ControlPlane, component: str) -> None:
    """Take what a test wrote off the shared nodes."""
    for node in plane.admin.get("/api/v1/nodes")["items"]:
        meta = node["metadata"]
        annotations = {k: None for k in meta.get("annotations", {}) if k.endswith(f"myriarch.io/{component}")}
        labels = {k: None for k in meta.get("labels", {}) if k.endswith(f"myriarch.io/{component}")}
        patch = {"metadata": {"annotations": annotations, "labels": labels}, "spec": {"unschedulable": None}}
        plane.admin.merge(f"/api/v1/nodes/{meta['name']}", patch)

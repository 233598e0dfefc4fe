"""A real driver over a little API: nodes, and a mover that moves at the test's word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from tests.drivers.little_api import LittleApi

from myriarch.api.component import Component, ComponentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.base.clock import rfc3339
from myriarch.client.client import Client
from myriarch.drivers.driver import NodeStates, Symptom, Trouble
from myriarch.drivers.mover import Done, Ground, Progress, Waiting
from myriarch.drivers.real import RealDriver

START = 1_767_571_200.0
NODES = "/api/v1/nodes"


class TestClock:
    """Goes on at the test's word; who sleeps on it sleeps shortly."""

    __test__ = False

    def __init__(self) -> None:
        self.seconds = START

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))


def node(name: str, ready: str = "True", since: float = START - 3600, **labels: str) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "labels": {key.replace("__", "/"): value for key, value in labels.items()}},
        "spec": {},
        "status": {
            "conditions": [{"type": "Ready", "status": ready, "lastTransitionTime": rfc3339(since)}],
            "nodeInfo": {"osImage": "Debian 12", "kernelVersion": "6.1", "kubeletVersion": "v1.34.2"},
        },
    }


def revision(name: str, component: str = "os", **payload: Any) -> Revision:
    return Revision(metadata=ObjectMeta(name=name), spec=RevisionSpec(component=component, payload=payload))


class HandMover:
    """Nodes stand where the test puts them; ``hold`` keeps moves from ending. Its memory outlives the driver's."""

    def __init__(self, whole: bool = False) -> None:
        self.whole = whole
        self.stands: dict[str, str] = {}
        self.hold: Progress | None = None
        self.brought: list[tuple[str, str, bool]] = []
        self.symptoms: dict[str, tuple[int, float]] = {}
        self.ground: Ground | None = None

    def on(self, ground: Ground) -> HandMover:
        self.ground = ground
        return self

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def wait_synced(self) -> None:
        return

    def holds(self, node: str) -> bool:
        assert self.ground is not None
        return node in self.ground.nodes

    def at(self, node: str) -> str | None:
        return self.stands.get(node)

    def symptom(self, node: str, now: float) -> tuple[int, float]:
        return self.symptoms.get(node, (Symptom.HEALTHY, 0.0))

    async def bring(self, node: str, revision: Revision, *, backward: bool) -> Progress:
        self.brought.append((node, revision.name, backward))
        if self.hold is not None:
            return self.hold
        self.stands[node] = revision.name
        return Done()

    def trouble(self) -> Trouble | None:
        return None


WAIT = Waiting("the test holds it", 0.02)


class RealCluster:
    """Six nodes, one component ``os`` that begins at v1."""

    def __init__(self, mover: HandMover | None = None, nodes: int = 6) -> None:
        self.api = LittleApi()
        self.clock = TestClock()
        self.mover = mover or HandMover()
        for number in range(nodes):
            self.api.put(f"{NODES}/n{number}", node(f"n{number}"))
        self.component = Component(metadata=ObjectMeta(name="os"), spec=ComponentSpec(initial_revision="v1"))
        self.revisions = {name: revision(name) for name in ("v1", "v2", "v3")}

    @asynccontextmanager
    async def driver(self, *, writable: bool = True) -> AsyncGenerator[RealDriver, None]:
        """A driver at work; leaving the block kills it."""
        driver = RealDriver(Client(self.api), self.clock, "a", movers=self.mover.on)
        driver.define(self.component, self.revisions, {})
        driver.writable = writable
        task = asyncio.create_task(driver.run())
        try:
            await driver.wait_synced()
            await until(lambda: driver.trouble("os") is None)
            yield driver
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def states(self, driver: RealDriver) -> NodeStates:
        return driver.observe("os", self.clock.now())

    def written(self, name: str) -> str:
        found: str = (
            self.api.objects[f"{NODES}/{name}"]["metadata"].get("annotations", {}).get("state.myriarch.io/os", "")
        )
        return found


async def until(ready: Callable[[], bool]) -> None:
    """Return once ``ready()``; fail when it takes long."""
    async with asyncio.timeout(10):
        while not ready():  # noqa: ASYNC110 - nothing to wait on but the outcome
            await asyncio.sleep(0.002)


def some(*positions: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(positions, np.int64)

"""The demo's three stories over real and simulated clusters at once: the decisions are those of the embedded hub.

The hub is etcd and kube-apiserver; its controllers and the agents of three real clusters of fifty KWOK nodes are
processes; two hundred simulated clusters are members in the test's own, which tells them what each revision does. One
component goes to all of them in one release. Time is real here and virtual in the embedded hub, so times are left out
of what is compared, and with them who was told to wait (Hold) while a rollback went on elsewhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.kube.control_plane import ControlPlane
from tests.kube.demo.fleet import REAL, REAL_NODES, SEED, plans_of_real, simulated_fleet, told_besides, whole_fleet
from tests.kube.demo.log import Decided, Log
from tests.kube.demo.member import Agent, deploy, start_cluster
from tests.kube.demo.script import LOOK_SECONDS, NAME, STORIES, cancelled, prepare, tell, template
from tests.kube.hub.conftest import install
from tests.kube.hub.stage import controllers

from myriarch.api.release import Release
from myriarch.base.clock import RealClock
from myriarch.client.client import Client
from myriarch.client.kubeconfig import load_kubeconfig
from myriarch.client.objects import Raw
from myriarch.client.refs import CLUSTERS, ENVIRONMENTS
from myriarch.client.remote import RemoteTransport
from myriarch.fleet.fleet import DEFAULT_START, Fleet
from myriarch.hub.hub import Hub
from myriarch.hub.members import Members
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

pytestmark = pytest.mark.kube
HOUR = 3600.0
ENVIRONMENTS_EXPECTED = 2
PATIENCE_SECONDS = 240.0


@dataclass(frozen=True, slots=True)
class Told:
    """How the stories ended, and what was decided on the way."""

    releases: list[Release]
    decided: dict[str, Decided]


async def tell_embedded() -> Told:
    clock = running_clock()
    fleet = Fleet(whole_fleet(), start=clock.now())
    fleet.set_base(NAME, "v1")
    hub = Hub(clock=clock, fleet=fleet, seed=SEED)
    await hub.start()
    client = hub.client()
    try:
        await clock.sleep(60)
        for name in REAL:
            strata = {"status": {"strata": told_besides()}}
            await client.patch(CLUSTERS, Raw, name, strata, subresource="status")
        log = Log()
        watching = asyncio.create_task(log.watch(client))
        await prepare(client)
        releases = await tell(client, clock, fleet, SEED, HOUR)
        hub.check()
        await cancelled(watching)
        return Told(releases, log.decided())
    finally:
        await hub.stop()


class RealHub:
    """etcd, kube-apiserver, controllers, and real clusters with an agent each."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.plane = stack.enter_context(ControlPlane.start(folder / "hub"))
        install(self.plane.admin_kubeconfig)
        with ThreadPoolExecutor() as pool:
            started = pool.map(lambda name: stack.enter_context(start_cluster(folder / name, REAL_NODES)), REAL)
        self.planes = dict(zip(REAL, started, strict=True))
        for plane in self.planes.values():
            deploy(plane, NAME, template("1"))
        self.controllers = stack.enter_context(controllers(self.plane, folder, "one"))
        self._folder = folder
        self._stack = stack

    def join_real(self) -> None:
        """Once the environments are there."""
        for plan in plans_of_real():
            folder = self._folder / f"agent-{plan.name}"
            agent = Agent(self.plane.admin_kubeconfig, self.planes[plan.name], plan.name, folder, plan.labels)
            self._stack.callback(agent.stop)

    def versions(self) -> set[str]:
        """Of the pods in the real clusters."""
        lists = [plane.admin.get(f"/api/v1/namespaces/{NAME}/pods")["items"] for plane in self.planes.values()]
        return {pod["spec"]["containers"][0]["image"][-1] for pods in lists for pod in pods}

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        async with RemoteTransport(load_kubeconfig(self.plane.admin_kubeconfig)) as transport:
            yield Client(transport)


async def tell_real(hub: RealHub) -> Told:
    clock = RealClock()
    fleet = Fleet(simulated_fleet(), start=clock.now())
    async with hub.client() as client, hub.client() as members_client:
        said: list[str] = []
        members = asyncio.create_task(Members(members_client, fleet, clock, seed=SEED, say=said.append).run())
        await _wait_for_environments(client, clock)
        await asyncio.to_thread(hub.join_real)
        log = Log()
        watching = asyncio.create_task(log.watch(client))
        await prepare(client)
        telling = asyncio.create_task(tell(client, clock, fleet, SEED, PATIENCE_SECONDS))
        while not telling.done():
            assert hub.controllers.code is None, hub.controllers.said
            await asyncio.wait((telling, members, watching), timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            assert not members.done(), said
            assert not watching.done()
        releases = await telling
        await cancelled(watching)
        await cancelled(members)
        return Told(releases, log.decided())


async def _wait_for_environments(client: Client, clock: RealClock) -> None:
    """The members make them."""
    deadline = clock.now() + PATIENCE_SECONDS
    while len((await client.list(ENVIRONMENTS, Raw)).items) < ENVIRONMENTS_EXPECTED:
        assert clock.now() < deadline, "the members make their environments"
        await clock.sleep(0.2)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealHub]:
    with ExitStack() as stack:
        yield RealHub(tmp_path_factory.mktemp("demo"), stack)


def test_the_three_stories_are_decided_as_on_the_embedded_hub(hub: RealHub) -> None:
    expected = run_virtual(tell_embedded(), DEFAULT_START)
    found = asyncio.run(tell_real(hub))
    for story, real, modelled in zip(STORIES, found.releases, expected.releases, strict=True):
        assert real.status.phase is modelled.status.phase is story.phase, real.status
    assert hub.versions() == {STORIES[0].version}
    canaries = {unit[0] for unit in found.decided[STORIES[-1].name].units["production", 0, "Revert"]}
    assert canaries & set(REAL)
    assert list(found.decided) == list(expected.decided)
    for name, decided in expected.decided.items():
        assert found.decided[name].steps == decided.steps, name
        assert found.decided[name].units == decided.units, name

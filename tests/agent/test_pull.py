"""The agent of one cluster, before an embedded hub and a cluster that is played: what it does and what it tells."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from tests.agent.scripted import Scripted

from myriarch.agent.memory import MEMORY
from myriarch.agent.pull import PullAgent, PullSetup
from myriarch.agent.state import FolderState
from myriarch.api.cluster import Access, Cluster, ClusterSpec, Grant, Mode
from myriarch.api.component import Component, ComponentSpec, DriverName
from myriarch.api.crd import all_crds
from myriarch.api.meta import Condition, ObjectMeta
from myriarch.api.policy import NodeRules
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.base.clock import Clock
from myriarch.client import refs
from myriarch.client.client import Client
from myriarch.client.errors import Unreachable
from myriarch.client.http import Request, Response
from myriarch.drivers.driver import Bools, Trouble
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.fleet.defaults import uniform_spec
from myriarch.fleet.fleet import DEFAULT_START, Fleet
from myriarch.fleet.spec import Failures
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

NAME = "c1"
NODES = 10
NEVER_SECONDS = 10**9


class PlayedDriver(SimulatedDriver):
    """A simulated cluster that behaves as a real one's driver does."""

    writable = False
    crashes = 0

    def __init__(self, fleet: Fleet, clock: Clock) -> None:
        self.fleet = fleet
        self.clock = clock
        self.seen = asyncio.Event()
        self.seen.set()
        self.defined: set[str] = set()
        super().__init__(fleet, fleet.cluster_names()[0])

    async def run(self) -> None:
        if PlayedDriver.crashes:
            PlayedDriver.crashes -= 1
            raise ValueError("a mistake of ours")
        await self.clock.sleep(NEVER_SECONDS)

    async def wait_synced(self) -> None:
        await self.seen.wait()

    def unread(self, component: str) -> Trouble | None:
        return Trouble("NotSynced", "It is being read.") if component == "unread" else None

    def define(self, component: Component, _revisions: Mapping[str, Revision], _labels: Mapping[str, str]) -> None:
        self.defined.add(component.name)

    def membership(self) -> tuple[Bools, Bools]:
        states = self.observe("", self.clock.now())
        return states.present, states.ready == 1

    def trouble(self, component: str) -> Trouble | None:
        return Trouble("Odd", f"{component} is odd.") if component == "odd" else None

    def subscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None:
        self.fleet.subscribe(lambda _cluster, nodes: listener(NAME, nodes))

    def unsubscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None:
        """It goes with the fleet."""


class Gate:
    """The way to the hub; shut, nobody answers."""

    def __init__(self, server: ApiServer) -> None:
        self.inner = InProcessTransport(server)
        self.open = True

    async def send(self, request: Request) -> Response:
        if not self.open:
            raise Unreachable("hub: nobody is there")
        return await self.inner.send(request)


class House:
    """An embedded hub with one pull cluster, and the parts of its agent."""

    def __init__(self, clock: Clock, folder: Path) -> None:
        self.clock = clock
        self.folder = folder
        self.server = ApiServer(clock=clock, crds=all_crds(), store=Store())
        self.hub = Client(InProcessTransport(self.server))
        self.gate = Gate(self.server)
        self.version = "v1.34.4"
        spec = msgspec.structs.replace(uniform_spec(2, NODES, 1), failures=Failures(mean_days_between=0))
        self.fleet = Fleet(spec, start=clock.now())
        self.fleet.set_base("os", "v1")
        self.drivers: list[PlayedDriver] = []
        self.said: list[str] = []
        self.denied: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    async def furnish(self, mode: Mode = Mode.MANAGE) -> None:
        spec = ClusterSpec(environment="prod", access=Access.PULL, mode=mode)
        await self.hub.create(refs.CLUSTERS, Cluster(metadata=ObjectMeta(name=NAME), spec=spec))
        await self.hub.create(refs.COMPONENTS, Component(metadata=ObjectMeta(name="os"), spec=ComponentSpec()))
        for name in ("v1", "v2"):
            revision = Revision(metadata=ObjectMeta(name=name), spec=RevisionSpec(component="os"))
            await self.hub.create(refs.REVISIONS, revision)

    def start(self) -> None:
        setup = PullSetup(NAME, self.gate, Scripted(self._member), FolderState(self.folder), None, "me", self._driver)
        self._task = asyncio.create_task(PullAgent(setup, self.clock, self.said.append).run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _driver(self, _client: Client, clock: Clock, _cluster: str) -> PlayedDriver:
        self.drivers.append(PlayedDriver(self.fleet, clock))
        return self.drivers[-1]

    def _member(self, request: Request) -> Any:
        if request.path == "/version":
            return {"gitVersion": self.version}
        asked = json.loads(request.body).get("spec", {}).get("resourceAttributes", {}) if request.body else {}
        return {"status": {"allowed": asked.get("resource") not in self.denied}}

    async def wait(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        while self.clock.now() < until:
            self.fleet.advance_to(self.clock.now())
            await self.clock.sleep(1.0)

    async def grant(self, *components: str, ceiling: int = 3, at_once: str = "100%") -> None:
        rules = NodeRules(max_unavailable=at_once, soak="10s", failure_grace="1m")
        grants = [
            Grant(component=c, revision="v2", rollback_to="v1", attempt=1, ceiling=ceiling, rules=rules)
            for c in components
        ]
        patch = {"spec": {"components": msgspec.to_builtins(grants)}}
        await self.hub.patch(refs.CLUSTERS, dict, NAME, patch)

    async def cluster(self) -> Cluster:
        return await self.hub.get(refs.CLUSTERS, Cluster, NAME)

    async def conditions(self) -> dict[str, Condition]:
        return {each.type: each for each in (await self.cluster()).status.conditions}

    def begun(self) -> int:
        return int(self.fleet.cluster(self.fleet.cluster_names()[0]).observe("os").started.sum())


def play(folder: Path, story: Callable[[House], Awaitable[None]], mode: Mode = Mode.MANAGE) -> None:
    async def main() -> None:
        house = House(running_clock(), folder)
        await house.furnish(mode)
        house.start()
        try:
            await house.wait(5)
            await story(house)
        finally:
            await house.stop()
            await house.server.close()

    run_virtual(main(), DEFAULT_START)


def test_observed_it_is_counted_and_not_written_to(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.grant("os")
        await house.wait(60)
        cluster = await house.cluster()
        assert (cluster.status.nodes, cluster.status.kubernetes_version) == (NODES, "v1.34.4")
        assert {each.status for each in (await house.conditions()).values()} == {"True"}
        assert not house.drivers[0].writable
        assert house.begun() == 0

    play(tmp_path, story, Mode.OBSERVE)


def test_an_api_server_too_old_is_left_alone(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.version = "v1.27.3"
        await house.wait(60)  # it was another version at first: a downgrade is seen too
        await house.grant("os")
        await house.wait(60)
        found = await house.conditions()
        assert (found["Compatible"].status, found["Compatible"].reason) == ("False", "ApiServerTooOld")
        assert house.begun() == 0

    play(tmp_path, story)


def test_what_a_grant_names_and_the_hub_has_not_holds_that_component_alone(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.grant("os", "missing")
        await house.wait(400)
        told = {each.component: each for each in (await house.cluster()).status.components}
        assert (told["missing"].attempt, told["missing"].reason) == (0, "ObjectMissing")
        assert "'missing'" in told["missing"].message
        assert told["os"].begun == 3
        ready = (await house.conditions())["DriversReady"]
        assert (ready.status, ready.reason) == ("False", "ObjectMissing")
        component = Component(metadata=ObjectMeta(name="missing"), spec=ComponentSpec())
        await house.hub.create(refs.COMPONENTS, component)
        await house.wait(65)  # nobody tells the agent of it
        assert "missing" in house.drivers[0].defined
        assert (await house.conditions())["DriversReady"].status == "True"

    play(tmp_path, story)


def test_what_troubles_a_driver_is_told(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.hub.create(refs.COMPONENTS, Component(metadata=ObjectMeta(name="odd"), spec=ComponentSpec()))
        await house.grant("odd")
        await house.wait(60)
        ready = (await house.conditions())["DriversReady"]
        assert (ready.status, ready.reason, ready.message) == ("False", "Odd", "odd: odd is odd.")

    play(tmp_path, story)


def test_what_can_not_be_read_or_may_not_be_moved_holds_that_component_alone(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        house.denied = {"machinedeployments"}
        for name, driver in (("unread", DriverName.SIMULATED), ("forbidden", DriverName.MACHINE)):
            component = Component(metadata=ObjectMeta(name=name), spec=ComponentSpec(driver=driver))
            await house.hub.create(refs.COMPONENTS, component)
        await house.grant("os", "unread", "forbidden")
        await house.wait(400)
        told = {each.component: each for each in (await house.cluster()).status.components}
        assert {name: each.reason for name, each in told.items() if each.reason} == {
            "unread": "NotSynced",
            "forbidden": "MissingRights",
        }
        assert (told["unread"].attempt, told["forbidden"].attempt) == (0, 0)
        assert told["os"].begun == 3

    play(tmp_path, story)


def test_nothing_is_judged_before_the_driver_has_seen_all(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.stop()
        house.start()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        house.drivers[-1].seen.clear()
        await house.grant("os")
        await house.wait(60)
        assert house.begun() == 0
        assert (await house.conditions())["DriversReady"].reason == "Starting"
        house.drivers[-1].seen.set()
        await house.wait(60)
        assert house.begun() == 3

    play(tmp_path, story)


def test_a_driver_that_fails_is_told_and_started_again(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        PlayedDriver.crashes = 1
        await house.stop()
        house.start()
        await house.wait(20)
        ready = (await house.conditions())["DriversReady"]
        assert (ready.status, ready.reason) == ("False", "DriverFailed")
        await house.grant("os")
        await house.wait(120)
        assert (await house.conditions())["DriversReady"].status == "True"
        assert house.begun() == 3

    play(tmp_path, story)


def test_a_restart_without_the_hub_goes_on_inside_the_grant(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.grant("os", ceiling=6, at_once="20%")
        await house.wait(5)
        house.gate.open = False
        await house.stop()
        assert 0 < house.begun() < 6
        house.start()
        await house.wait(1800)
        assert house.begun() == 6
        before = (await house.cluster()).status.components
        house.gate.open = True
        await house.wait(120)
        after = (await house.cluster()).status.components
        assert (before, after[0].begun) != (after, 0)
        assert any("working on without it" in line for line in house.said)

    play(tmp_path, story)


def test_a_cluster_that_the_hub_has_no_more_is_let_go(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.grant("os", ceiling=2)
        await house.wait(30)
        assert json.dumps(house.said)
        assert (house.folder / MEMORY).stat().st_size > 0
        await house.hub.delete(refs.CLUSTERS, NAME)
        await house.wait(10)
        assert (house.folder / MEMORY).stat().st_size == 0
        assert not house.drivers[-1].writable
        assert any("any more" in line for line in house.said)

    play(tmp_path, story)

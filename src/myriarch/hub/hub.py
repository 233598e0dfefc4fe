"""The hub in one process: embedded API server, controllers, agents, and the simulated fleet.

Each participant speaks to the server through a transport of its own, so that the simulator can put faults
between them (``wrap``), and can crash and restart them: what they know, they learn from the API.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from myriarch.agent.host import REPORT_SECONDS, AgentHost
from myriarch.api.crd import all_crds
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.base.clock import Clock
from myriarch.base.errors import MyriarchError, ProgrammerError
from myriarch.client.client import Client
from myriarch.client.http import Transport
from myriarch.client.resource import HUB
from myriarch.controllers.controllers import Controllers
from myriarch.fleet.fleet import Fleet
from myriarch.gates.fetch import Fetch, nobody
from myriarch.hub.admission import admission
from myriarch.hub.garbage import look_seldom
from myriarch.hub.link import SimulatedLink
from myriarch.hub.outside import Outside
from myriarch.hub.pump import Pump
from myriarch.hub.seeding import seed_objects
from myriarch.lightcontrollers.controllers import LightControllers

CONTROLLERS: Final = "controllers"
AGENTS: Final = "agents"
PARTICIPANTS: Final = (CONTROLLERS, AGENTS)

SHORTEST_COALESCE_SECONDS = 0.5
LONGEST_COALESCE_SECONDS = 15.0
CLUSTERS_PER_COALESCED_SECOND = 650

PROMPT_SECONDS = 0.1
CLUSTERS_PER_PROMPT_SECOND = 5000
LONGEST_LOOK_SECONDS = 240.0
CLUSTERS_PER_LOOK_SECOND = 20
LOOKS_PER_REPORT = 5

Wrap = Callable[[str, Transport], Transport]
Elsewhere = Callable[[str], Transport]
"""A transport for a user."""

ClockOf = Callable[[str], Clock]
"""The clock of a participant, which may be off."""


def coalesce_seconds(clusters: int) -> float:
    """How long changes are gathered before they are acted on: longer in a larger fleet, where it costs nothing."""
    return min(SHORTEST_COALESCE_SECONDS + clusters / CLUSTERS_PER_COALESCED_SECOND, LONGEST_COALESCE_SECONDS)


def prompt_seconds(clusters: int) -> float:
    """The same where time is real: a look costs far less than it waits, and what is decided late is late for all."""
    return PROMPT_SECONDS + clusters / CLUSTERS_PER_PROMPT_SECOND


def look_seconds(clusters: int) -> float:
    """The same for agents, of which each looks at its own nodes: their turns are most of the work of a large fleet."""
    return min(SHORTEST_COALESCE_SECONDS + clusters / CLUSTERS_PER_LOOK_SECOND, LONGEST_LOOK_SECONDS)


class Hub:
    """``store`` is in memory where none is given; ``report_seconds`` is how old the progress of a cluster may be that
    decides nothing. ``elsewhere`` gives transports to another API server, which then holds the hub's objects in
    place of the embedded one; ``publish_profiles`` is the controllers'; with
    ``real_clusters`` there may be others than the simulated ones; ``ca_pem`` is the authority that vouches for the
    server; ``fetch`` is how gates ask strangers, nobody where none is given; ``clock_of`` gives participants clocks of
    their own. Use ``start`` once, ``stop`` once."""

    def __init__(
        self,
        *,
        clock: Clock,
        fleet: Fleet,
        store: Store | None = None,
        seed: int = 0,
        wrap: Wrap | None = None,
        report_seconds: float = REPORT_SECONDS,
        elsewhere: Elsewhere | None = None,
        publish_profiles: bool = False,
        real_clusters: bool = False,
        ca_pem: str = "",
        fetch: Fetch = nobody,
        clock_of: ClockOf | None = None,
    ) -> None:
        self.clock = clock
        self.fleet = fleet
        self.seed = seed
        self._report_seconds = report_seconds
        self._publish_profiles = publish_profiles
        self._real_clusters = real_clusters
        self._ca_pem = ca_pem
        self._fetch = fetch
        self._clock_of = clock_of or (lambda _participant: clock)
        store = store or Store()
        self.server = ApiServer(
            clock=clock,
            crds=all_crds(),
            store=store,
            nodes=fleet,
            seed=seed,
            bookmark_seconds=None,
            admission=admission(store),
        )
        self.reports: list[str] = []
        self._wrap = wrap or _unwrapped
        self._elsewhere = elsewhere
        self._link = SimulatedLink(fleet, clock)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failed: asyncio.Future[None] | None = None

    def client(self, user: str = "admin", cluster: str = HUB) -> Client:
        """A client of the hub's API server, without faults in between."""
        return Client(self._transport(user, cluster))

    def _transport(self, user: str, cluster: str = HUB) -> Transport:
        if self._elsewhere is not None and cluster == HUB:
            return self._elsewhere(user)
        return InProcessTransport(self.server, user=user, cluster=cluster)

    async def start(self) -> None:
        """Make the fleet's objects, start every participant and return when they have heard of everything."""
        look_seldom()
        self._failed = asyncio.get_running_loop().create_future()
        await seed_objects(self.client("system:fleet"), self.fleet)
        self._spawn("pump", Pump(self.fleet, self.clock).run())
        light = LightControllers(self.server, self.clock, self.fleet, seed=self.seed, ca_pem=self._ca_pem)
        self._spawn("lightcontrollers", light.run())
        for participant in PARTICIPANTS:
            await self.restart(participant)

    async def stop(self) -> None:
        """Stop everything, the server last."""
        for name in list(self._tasks):
            await self._cancel(name)
        await self.server.close()

    async def crash(self, participant: str) -> None:
        """End ``participant`` at once; all that it held in memory is lost."""
        await self._cancel(participant)
        if participant == CONTROLLERS:
            await self._cancel("outside")
        if participant == AGENTS:
            self._link.agents_running(False)

    async def restart(self, participant: str) -> None:
        """A new instance of ``participant``, which learns everything from the API."""
        if participant in self._tasks:
            raise ProgrammerError(f"{participant} runs already")
        client = Client(self._wrap(participant, self._transport(f"system:myriarch-{participant}")))
        clusters, clock = len(self.fleet.cluster_names()), self._clock_of(participant)
        if participant == CONTROLLERS:
            wait = coalesce_seconds(clusters)
            outside = Outside(client, clock, self._link, seed=self.seed) if self._real_clusters else None
            controllers = Controllers(
                client,
                clock,
                outside or self._link,
                coalesce_seconds=wait,
                seed=self.seed,
                publish_profiles=self._publish_profiles,
                fetch=self._fetch,
            )
            controllers.on_report = self._reported
            self._spawn(participant, controllers.run())
            if outside is not None:
                self._spawn("outside", outside.run(controllers.caches.clusters, self._reported))
            await self._synced(controllers.caches.wait_synced())
            return
        look = look_seconds(clusters)
        report = max(self._report_seconds, LOOKS_PER_REPORT * look)
        host = AgentHost(client, self._link, clock, coalesce_seconds=look, report_seconds=report, seed=self.seed)
        host.on_report = self._reported
        self._link.agents_running(True)
        self._spawn(participant, host.run())
        await self._synced(host.wait_synced())

    async def failed(self) -> None:
        """Wait until a participant dies of a mistake of ours, and raise it."""
        assert self._failed is not None
        await asyncio.shield(self._failed)

    def check(self) -> None:
        """Raise what a participant died of, if one did."""
        if self._failed is not None and self._failed.done():
            self._failed.result()

    async def _synced(self, synced: Coroutine[Any, Any, None]) -> None:
        waiting = asyncio.ensure_future(synced)
        assert self._failed is not None
        try:
            await asyncio.wait((waiting, self._failed), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        self.check()

    def _spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks[name] = task

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and self._failed is not None and not self._failed.done():
            self._failed.set_exception(error)

    async def _cancel(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _reported(self, key: str, error: MyriarchError) -> None:
        self.reports.append(f"{key}: {error}")


def _unwrapped(_participant: str, transport: Transport) -> Transport:
    return transport

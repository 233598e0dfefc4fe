"""One real cluster: its driver, how its API server answers, and what is found of it.

A member is asked two things. May its nodes be acted on now (``prepare``)? Only where its API server answers, is of a
version that we know, and its driver has seen all nodes: what was seen before it fell silent is no evidence. And what
is to be told of it (``findings``): its conditions, each with what is wrong and how to mend it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from myriarch.agent.catalog import Catalog, Entry
from myriarch.agent.examine import Examined, examine, judge_reach, server_version
from myriarch.agent.finding import Finding, Reason, unknown
from myriarch.agent.reach import Reach, ReachTransport
from myriarch.agent.rights import Right, concerned, rights_of
from myriarch.api.cluster import Cluster, Mode
from myriarch.api.component import Component, DriverName
from myriarch.api.revision import Revision
from myriarch.base.clock import Clock
from myriarch.base.conditions import COMPATIBLE, CONNECTED, DRIVERS_READY, PERMITTED
from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, Unreachable
from myriarch.client.http import Transport
from myriarch.drivers.driver import Driver, Trouble

PROBE_SECONDS: Final = 30.0
"""A server that is silent is noticed in this time, also where nothing else is asked of it."""

PROBE_TIMEOUT_SECONDS: Final = 15.0

REVIEW_SECONDS: Final = 300.0
"""Rights are asked for anew so often, or at every probe where some are missing."""

AGAIN_SECONDS: Final = 30.0
"""A driver that failed by a mistake of ours is started again after so long."""


class MemberDriver(Driver, Protocol):
    """A driver that is run: it watches the cluster and works off what it is ordered."""

    writable: bool

    async def run(self) -> None: ...
    async def wait_synced(self) -> None: ...
    def unread(self, component: str) -> Trouble | None: ...
    def define(self, component: Component, revisions: Mapping[str, Revision], labels: Mapping[str, str]) -> None: ...
    def subscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None: ...
    def unsubscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None: ...


MakeDriver = Callable[[Client, Clock, str], MemberDriver]


class Member:
    """``on_change`` is called where it may be readier, or less ready, than before; ``on_nodes`` hears of nodes as
    ``Link.subscribe`` says. ``cure`` is the sentence that says how to give it another credential."""

    def __init__(
        self,
        name: str,
        transport: Transport,
        clock: Clock,
        make_driver: MakeDriver,
        *,
        on_change: Callable[[str], None],
        on_nodes: Callable[[str, Sequence[str]], None],
        cure: str = "",
    ) -> None:
        self.name = name
        self.reach = Reach(self._changed)
        self.client = Client(ReachTransport(transport, self.reach))
        self._clock = clock
        self._make_driver = make_driver
        self._on_change = on_change
        self._on_nodes = on_nodes
        self._cure = cure
        self._examined: Examined | None = None
        self._rights: list[Right] = rights_of((), manage=False)
        self._review = asyncio.Event()
        self._crash: Trouble | None = None
        self._blocked: dict[str, Trouble] = {}
        self._moved_by: dict[str, DriverName] = {}
        self._start_driver()

    def _start_driver(self) -> None:
        self.driver = self._make_driver(self.client, self._clock, self.name)
        self.driver.subscribe(self._on_nodes)
        self._defined: dict[str, tuple[Any, ...]] = {}
        self._syncing: asyncio.Task[None] | None = None
        self._seen_all = False

    async def run(self) -> None:
        """Watch the cluster and look at its API server, until cancelled."""
        tasks = [asyncio.create_task(self._drive()), asyncio.create_task(self._probe())]
        try:
            await asyncio.gather(*tasks)
        finally:
            tasks += [self._syncing] if self._syncing is not None else []
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def version(self) -> str:
        """Of its API server; '' where that isn't known yet."""
        return self._examined.version if self._examined else ""

    async def prepare(self, cluster: Cluster, catalog: Catalog) -> Mapping[str, Trouble] | None:
        """As ``host.Readiness``. Raises what the hub raises where the catalog can't be completed."""
        manage = cluster.spec.mode is Mode.MANAGE
        self.driver.writable = manage
        blocked = await self._define_all(cluster, catalog) if manage else {}
        if not self._whole() or not self._synced():
            return None
        for grant in cluster.spec.components if manage else ():
            trouble = self._forbidden(grant.component) or self.driver.unread(grant.component)
            if trouble is not None:
                blocked.setdefault(grant.component, trouble)
        if blocked != self._blocked:
            self._blocked = blocked
            self._changed()
        return blocked

    def findings(self, cluster: Cluster) -> list[Finding]:
        """What there is to tell."""
        reach = judge_reach(self.reach.fault, self._cure)
        if not self.reach.asked:
            reach = Finding(CONNECTED, None, Reason.STARTING, "The agent has just been started.")
        if not reach.ok:
            others = (COMPATIBLE, PERMITTED, DRIVERS_READY)
            return [reach, *(unknown(about, "The cluster is not connected.") for about in others)]
        found = self._examined
        if found is None:
            reach = Finding(CONNECTED, None, Reason.STARTING, "The agent has not looked at the cluster yet.")
            return [reach, *(unknown(about, reach.message) for about in (COMPATIBLE, PERMITTED, DRIVERS_READY))]
        ready = self._drivers_ready(cluster)
        return [self._seen(found), found.compatible, found.permitted, ready]

    # What it stands on

    def _whole(self) -> bool:
        """Whether the API server answers, and is one that we work with."""
        return self.reach.ok and self._examined is not None and self._examined.compatible.ok is not False

    def _synced(self) -> bool:
        """Whether the driver has seen all. What was just defined must be seen first."""
        if self._syncing is None:
            self._syncing = asyncio.create_task(self.driver.wait_synced())
            self._syncing.add_done_callback(lambda _: self._changed())
        synced = self._syncing.done()
        self._seen_all |= synced
        return synced

    async def _define_all(self, cluster: Cluster, catalog: Catalog) -> dict[str, Trouble]:
        blocked = {}
        names: set[DriverName] = set()
        for grant in cluster.spec.components:
            found = await catalog.look_up(grant)
            if isinstance(found, Trouble):
                blocked[grant.component] = found
                continue
            names.add(found.component.spec.driver)
            self._moved_by[grant.component] = found.component.spec.driver
            self._define(found, cluster.metadata.labels)
        self._need(rights_of(names, manage=True))
        return blocked

    def _forbidden(self, component: str) -> Trouble | None:
        """Where a right is missing that this component needs; the others go on."""
        found, driver = self._examined, self._moved_by.get(component)
        if found is None or driver is None or not concerned(rights_of([driver], manage=True), found.lacking):
            return None
        return Trouble(found.permitted.reason, found.permitted.message)

    def _define(self, entry: Entry, labels: Mapping[str, str]) -> None:
        wanted = (entry.component.spec, sorted(entry.revisions), dict(labels))
        if self._defined.get(entry.component.name) != wanted:
            self.driver.define(entry.component, entry.revisions, labels)
            self._defined[entry.component.name] = wanted
            if self._syncing is not None:
                self._syncing.cancel()
                self._syncing = None

    def _need(self, rights: list[Right]) -> None:
        if rights != self._rights:
            self._rights = rights
            self._review.set()

    # What is told

    def _seen(self, found: Examined) -> Finding:
        """Heard is who can be looked at: an agent that sees nothing has nothing to report."""
        for fault in (found.compatible, found.permitted):
            if fault.ok is False and not self._seen_all:
                return Finding(CONNECTED, False, fault.reason, fault.message)
        return judge_reach(None, "")

    def _drivers_ready(self, cluster: Cluster) -> Finding:
        if self._crash is not None:
            return Finding(DRIVERS_READY, False, self._crash.reason, self._crash.message)
        if not self._seen_all:
            return Finding(DRIVERS_READY, None, Reason.STARTING, "The drivers have not seen all nodes yet.")
        troubles = list(self._troubles(cluster))
        if troubles:
            message = " ".join(f"{name}: {trouble.message}" for name, trouble in troubles)
            return Finding(DRIVERS_READY, False, troubles[0][1].reason, message)
        if cluster.spec.mode is not Mode.MANAGE:
            message = "Observed only: nothing is written to the cluster. To let releases reach it: "
            return Finding(
                DRIVERS_READY, True, Reason.DRIVERS_READY, f"{message}'myriarch clusters manage {self.name}'."
            )
        return Finding(DRIVERS_READY, True, Reason.DRIVERS_READY, "Every driver can act.")

    def _troubles(self, cluster: Cluster) -> Iterator[tuple[str, Trouble]]:
        for grant in cluster.spec.components:
            defined = grant.component in self._defined
            trouble = self._blocked.get(grant.component) or (self.driver.trouble(grant.component) if defined else None)
            if trouble is not None:
                yield grant.component, trouble

    # What it does all the time

    def _changed(self) -> None:
        self._on_change(self.name)

    async def _drive(self) -> None:
        while True:
            try:
                await self.driver.run()
            except Exception as error:  # one cluster's mishap is not the others'
                self._crash = Trouble(Reason.DRIVER_FAILED, f"The driver failed, and is started again: {error!r}")
            self._changed()
            await self._clock.sleep(AGAIN_SECONDS)
            self.driver.unsubscribe(self._on_nodes)
            self._crash = None
            self._start_driver()
            self._changed()

    async def _probe(self) -> None:
        reviewed_at = float("-inf")
        while True:
            now = self._clock.now()
            wanted = self._review.is_set() or now - reviewed_at >= REVIEW_SECONDS
            found = self._examined
            try:
                if found is None or wanted or not found.permitted.ok:
                    self._review.clear()
                    self._examined = await examine(self.client, self._rights)
                    reviewed_at = now
                elif await self._version_now() != found.version:  # upgraded: look at all of it
                    self._review.set()
                    continue
            except (ApiError, UserFault):  # ``reach`` has heard of it
                reviewed_at = float("-inf")
            if self._examined != found:
                self._changed()
            await self._rest()

    async def _version_now(self) -> str:
        """A server that takes a request and never answers is away too."""
        try:
            return await asyncio.wait_for(server_version(self.client), PROBE_TIMEOUT_SECONDS)
        except TimeoutError:
            silent = Unreachable(f"no answer within {PROBE_TIMEOUT_SECONDS:.0f} s")
            self.reach.failed(silent)
            raise silent from None

    async def _rest(self) -> None:
        """Until the next probe, or until other rights are needed."""
        sleep = asyncio.ensure_future(self._clock.sleep(PROBE_SECONDS))
        sooner = asyncio.ensure_future(self._review.wait())
        try:
            await asyncio.wait((sleep, sooner), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            sooner.cancel()

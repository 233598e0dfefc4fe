"""The agent of one cluster, as a process of its own near that cluster: it calls the hub, the hub never calls it.

It holds one watch at the hub, on its own Cluster object. Where the hub is away it works on with what it remembers
(``memory.py``): it finishes or takes back the step that its grants allow, and holds when they expire.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from myriarch.agent.catalog import Catalog
from myriarch.agent.credential import AgentCredentials, join_cure
from myriarch.agent.heartbeat import Heartbeat
from myriarch.agent.host import AgentHost
from myriarch.agent.member import MakeDriver, Member
from myriarch.agent.members import MemberLink
from myriarch.agent.memory import Memory
from myriarch.agent.reach import Reach, ReachTransport
from myriarch.agent.state import State
from myriarch.agent.telling import Teller
from myriarch.api.cluster import Cluster
from myriarch.base.clock import Clock, real_now
from myriarch.base.errors import MyriarchError, UserFault
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, Forbidden
from myriarch.client.http import Transport
from myriarch.client.informer import Informer
from myriarch.client.refs import CLUSTERS
from myriarch.drivers.real import RealDriver

COALESCE_SECONDS: Final = 0.5
RENEW_AGAIN_SECONDS: Final = 60.0
MEMBER_CURE: Final = "The agent was started with that kubeconfig: mend it, and start the agent again."


@dataclass(frozen=True, slots=True)
class PullSetup:
    """What an agent is started with. ``hub`` shows the agent's own credential; ``holder`` names the agent in its Lease:
    the same after a restart, and another for every other agent."""

    cluster: str
    hub: Transport
    member: Transport
    state: State
    credentials: AgentCredentials | None
    holder: str
    make_driver: MakeDriver = RealDriver


class PullAgent:
    """``say`` gets a line where something happens that a person should see in the log."""

    def __init__(self, setup: PullSetup, clock: Clock, say: Callable[[str], None]) -> None:
        name = setup.cluster
        self._setup = setup
        self._clock = clock
        self._say = say
        self._reach = Reach(self._hub_changed)
        self._client = Client(ReachTransport(setup.hub, self._reach))
        self._informer: Informer[Cluster] = Informer(
            self._client, CLUSTERS, Cluster, clock, field_selector=f"metadata.name={name}", on_error=self._unheard
        )
        self._heartbeat = Heartbeat(self._client, clock, name, setup.holder, say)
        catalog = Catalog(self._client, clock)
        self._memory = Memory(setup.state, catalog)
        self._teller = Teller(self._client, clock, self._informer.get, self._findings, self._reported)
        self._link = MemberLink(
            catalog, hub_answers=lambda: self._reach.ok, on_findings=self._teller.wake, memory=self._memory
        )
        self._host = AgentHost(
            self._client, self._link, clock, coalesce_seconds=COALESCE_SECONDS, informer=self._informer,
            readiness=self._link,
        )  # fmt: skip
        self._host.on_report = self._reported
        self._informer.on_change(lambda _old, _new: self._teller.wake(name))
        self._informer.add_handlers(on_delete=self._deleted)
        self._deleting: asyncio.Task[None] | None = None
        self._was_ok = False
        self._unheard_said = ""

    async def run(self) -> None:
        """Work until cancelled, or until another agent of the cluster has taken over: then another ``PullAgent`` of the
        same setup waits for its turn."""
        renewing = asyncio.create_task(self._renew())
        try:
            await self._heartbeat.wait_for_turn(remembers=await self._recall() is not None)
            self._say(f"agent of {self._setup.cluster}: working")
            await self._work()
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)
            await self._heartbeat.release()

    async def _work(self) -> None:
        remembered = await self._recall()
        if remembered is not None:
            self._host.remember(remembered)
        name = self._setup.cluster
        member = Member(
            name, self._setup.member, self._clock, self._setup.make_driver,
            on_change=self._link.changed, on_nodes=self._link.nodes_changed, cure=MEMBER_CURE,
        )  # fmt: skip
        parts = (self._host.run(), self._teller.run(), self._informer.run(), self._look_once())
        working = asyncio.gather(*parts)
        keeping = asyncio.create_task(self._heartbeat.keep())
        try:
            self._link.start(member)
            await asyncio.wait((working, keeping), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                await self._displaced()
        finally:
            await self._link.stop(name)
            working.cancel()
            keeping.cancel()
            [ended, _] = await asyncio.gather(working, keeping, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended

    async def _displaced(self) -> None:
        """What another agent goes on with is no longer ours, not after a restart either."""
        self._say("another agent has taken over: nothing more is done here")
        self._link.let_go(self._setup.cluster)
        if self._setup.state.private:
            await self._forget()

    async def _recall(self) -> Cluster | None:
        """Raises UserFault for a state folder that can't be read; a cluster that doesn't answer is waited for later."""
        try:
            remembered = await self._memory.recall()
        except ApiError as error:
            self._say(f"what was remembered can't be read: {error}")
            return None
        return remembered if remembered is not None and remembered.name == self._setup.cluster else None

    async def _look_once(self) -> None:
        """Whether the cluster was deleted at the hub while this agent did not run."""
        await self._informer.wait_synced()
        if self._informer.get(self._setup.cluster) is None:
            self._deleted(None, None)

    def _deleted(self, _old: Cluster | None, _new: Cluster | None) -> None:
        """The hub does not manage it any more: nothing is done from now on, nor after a restart."""
        self._say(f"the hub has no cluster {self._setup.cluster} any more: nothing is done in it")
        self._host.forget(self._setup.cluster)
        self._link.let_go(self._setup.cluster)
        self._deleting = asyncio.create_task(self._forget())

    async def _forget(self) -> None:
        try:
            await self._memory.forget()
        except (ApiError, UserFault) as error:
            self._say(f"what was remembered can't be deleted: {error}")

    async def _renew(self) -> None:
        credentials = self._setup.credentials
        if credentials is None:
            return
        while True:
            wait = credentials.renew_at - real_now()
            if wait > 0:
                await asyncio.sleep(min(wait, RENEW_AGAIN_SECONDS))
                continue
            try:
                await credentials.renew(self._client)
                self._say("the credential for the hub has been renewed")
            except (ApiError, UserFault) as error:
                self._say(f"the credential for the hub can't be renewed: {error}")
                await asyncio.sleep(RENEW_AGAIN_SECONDS)

    def _findings(self, cluster: Cluster) -> Any:
        return self._link.findings(cluster)

    def _unheard(self, error: ApiError) -> None:
        """The hub answers and doesn't let us look; of silence ``_hub_changed`` hears."""
        if isinstance(error, Forbidden) and str(error) != self._unheard_said:
            self._unheard_said = str(error)
            self._say(f"the hub: {error} {join_cure(self._setup.cluster)}")

    def _hub_changed(self) -> None:
        if self._reach.ok != self._was_ok or not self._reach.ok:
            self._say("the hub answers" if self._reach.ok else f"the hub: {self._reach.fault}; working on without it")
        self._was_ok = self._reach.ok
        self._link.hub_changed()

    def _reported(self, cluster: str, error: MyriarchError) -> None:
        self._say(f"{cluster}: {error}")

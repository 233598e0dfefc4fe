"""The real clusters of one host: how ``host.py`` meets them, and what is told of each.

A cluster reached by pull is the only one of its host; those reached by push share one. A push cluster that can't
even be tried (no Secret, a useless kubeconfig) is here by its fault alone, so that its conditions are told too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from myriarch.agent.catalog import Catalog
from myriarch.agent.finding import Finding, unknown
from myriarch.agent.member import Member
from myriarch.agent.memory import Memory
from myriarch.api.cluster import Cluster, ComponentStatus
from myriarch.base.conditions import COMPATIBLE, DRIVERS_READY, PERMITTED
from myriarch.drivers.driver import Driver, Trouble

Listener = Callable[[str, Sequence[str]], None]


class MemberLink:
    """Implements ``host.Link`` and ``host.Readiness``. ``hub_answers``: whether the hub is in reach;
    ``on_findings``: called with a cluster of which something else may have to be told."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        hub_answers: Callable[[], bool],
        on_findings: Callable[[str], None],
        memory: Memory | None = None,
    ) -> None:
        self._catalog = catalog
        self._hub_answers = hub_answers
        self._on_findings = on_findings
        self._memory = memory
        self._listeners: list[Listener] = []
        self._members: dict[str, tuple[Member, asyncio.Task[None]]] = {}
        self._faults: dict[str, Finding] = {}

    # Who is there

    def start(self, member: Member) -> None:
        """Run ``member``; there must be none of its name."""
        self._faults.pop(member.name, None)
        self._members[member.name] = (member, asyncio.create_task(member.run(), name=f"member {member.name}"))
        self.changed(member.name)

    async def stop(self, name: str) -> None:
        """End the member of that name, and forget its fault."""
        self._faults.pop(name, None)
        found = self._members.pop(name, None)
        if found is not None:
            found[1].cancel()
            await asyncio.gather(found[1], return_exceptions=True)

    def fault(self, name: str, fault: Finding) -> None:
        """The cluster can't be tried, because of ``fault``."""
        if self._faults.get(name) != fault:
            self._faults[name] = fault
            self._on_findings(name)

    def let_go(self, name: str) -> None:
        """Write nothing more to the cluster, until it is prepared for anew."""
        member = self._member(name)
        if member is not None:
            member.driver.writable = False

    def names(self) -> list[str]:
        """Clusters that are here, those with nothing but a fault too."""
        return sorted(self._members.keys() | self._faults.keys())

    def changed(self, name: str) -> None:
        """Look at the cluster anew: its nodes may be acted on, or there is something to tell."""
        self.nodes_changed(name, ())
        self._on_findings(name)

    def hub_changed(self) -> None:
        """The hub is in reach again, or no more."""
        for name in self.names():
            self.changed(name)

    def nodes_changed(self, cluster: str, nodes: Sequence[str]) -> None:
        """Nodes of ``cluster`` changed."""
        for listener in list(self._listeners):
            listener(cluster, nodes)

    def findings(self, cluster: Cluster) -> list[Finding] | None:
        """What is to be told of ``cluster``; None where it is not here."""
        fault = self._faults.get(cluster.name)
        if fault is not None:
            others = (COMPATIBLE, PERMITTED, DRIVERS_READY)
            return [fault, *(unknown(about, "The cluster is not connected.") for about in others)]
        member = self._member(cluster.name)
        return None if member is None else member.findings(cluster)

    # host.Link

    def driver(self, cluster: str) -> Driver | None:
        member = self._member(cluster)
        return None if member is None else member.driver

    def connected(self, cluster: str) -> bool:
        return self._hub_answers()

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def unsubscribe(self, listener: Listener) -> None:
        self._listeners.remove(listener)

    # host.Readiness

    async def prepare(self, cluster: Cluster, reported: Mapping[str, ComponentStatus]) -> Mapping[str, Trouble] | None:
        member = self._member(cluster.name)
        blocked = None if member is None else await member.prepare(cluster, self._catalog)
        if blocked is not None and self._memory is not None:
            await self._memory.keep(cluster, reported)
        self._on_findings(cluster.name)
        return blocked

    def version(self, cluster: str) -> str:
        member = self._member(cluster)
        return "" if member is None else member.version

    def _member(self, name: str) -> Member | None:
        found = self._members.get(name)
        return None if found is None else found[0]

"""Runs the agents of many clusters in one process: one watch, one queue, one agent a cluster.

Embedded clusters, and those reached by push, have their agents here; an agent in a cluster of its own is a
host of one. Each agent hears only of its own Cluster object. A cluster that is cut off from the hub (its
``Link`` says so) keeps its agent working on the last object that it heard, and reports when it is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import msgspec

from myriarch.agent.agent import NEVER, Agent, Findings
from myriarch.api.cluster import Cluster, ComponentStatus, Mode
from myriarch.base.clock import Clock
from myriarch.base.errors import MyriarchError
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.informer import Informer
from myriarch.client.objects import Raw
from myriarch.client.refs import CLUSTERS
from myriarch.drivers.driver import Driver
from myriarch.runtime.queue import WorkQueue
from myriarch.runtime.worker import Worker

FIELD_MANAGER = "myriarch-agent"
REPORT_SECONDS = 60.0
"""Progress that decides nothing is told at most this often; all else at once."""

WORKERS = 16


class Link(Protocol):
    """A cluster as its host meets it: how to move its nodes, and whether the hub is in reach."""

    def driver(self, cluster: str) -> Driver | None:
        """The driver, or None where this host has no such cluster."""

    def connected(self, cluster: str) -> bool:
        """Whether the cluster's agent reaches the hub now."""

    def subscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None:
        """Call ``listener(cluster, nodes)`` when nodes changed or the link did."""

    def unsubscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None: ...


class AgentHost:
    """``coalesce_seconds``: changes of nodes are looked at together, this long after the first."""

    def __init__(self, client: Client, link: Link, clock: Clock, *, coalesce_seconds: float, seed: int = 0) -> None:
        self._client = client
        self._link = link
        self._clock = clock
        self._coalesce_seconds = coalesce_seconds
        self._queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        self._informer: Informer[Cluster] = Informer(client, CLUSTERS, Cluster, clock, seed=seed)
        self._informer.add_handlers(self._heard, self._heard, self._gone)
        self._agents: dict[str, Agent] = {}
        self._heard_last: dict[str, Cluster] = {}
        self._told: dict[str, dict[str, Any]] = {}
        self._told_at: dict[str, float] = {}
        self.on_report: Callable[[str, MyriarchError], None] | None = None

    async def run(self) -> None:
        """Work until cancelled."""
        self._link.subscribe(self._nodes_changed)
        worker = Worker("agent", self._queue, self._reconcile, count=WORKERS, on_report=self._reported)
        informing = asyncio.create_task(self._informer.run(), name="agent informer")
        working = asyncio.create_task(worker.run(), name="agent workers")
        try:
            await asyncio.gather(informing, working)
        finally:
            self._link.unsubscribe(self._nodes_changed)
            for task in (informing, working):
                task.cancel()
            await asyncio.gather(informing, working, return_exceptions=True)

    async def wait_synced(self) -> None:
        """Return once the first list has been heard."""
        await self._informer.wait_synced()

    def agents(self) -> Iterable[str]:
        """Clusters that have an agent here."""
        return self._agents

    # What wakes an agent

    def _heard(self, old: Cluster | None, new: Cluster | None) -> None:
        assert new is not None
        if old is None or old.spec != new.spec:
            self._queue.add(new.name)

    def _gone(self, old: Cluster | None, _new: Cluster | None) -> None:
        assert old is not None
        for known in (self._agents, self._heard_last, self._told, self._told_at):
            known.pop(old.name, None)

    def _nodes_changed(self, cluster: str, _nodes: Sequence[str]) -> None:
        self._queue.add_after(cluster, self._coalesce_seconds)

    def _reported(self, cluster: str, error: MyriarchError) -> None:
        if self.on_report is not None:
            self.on_report(cluster, error)

    # One cluster

    async def _reconcile(self, name: str) -> float | None:
        cluster = self._cluster(name)
        agent = self._agent(name)
        if cluster is None or agent is None:
            return None
        now = self._clock.now()
        findings = agent.turn(cluster, now)
        later = await self._tell(name, agent, findings, now) if self._link.connected(name) else NEVER
        wake_at = min(findings.wake_at, later)
        return None if wake_at == NEVER else max(wake_at - self._clock.now(), self._coalesce_seconds)

    def _cluster(self, name: str) -> Cluster | None:
        """What the agent knows of its cluster: the newest object, or the last one before it was cut off."""
        if self._link.connected(name):
            newest = self._informer.get(name)
            if newest is None or newest.spec.mode is not Mode.MANAGE:
                return None
            self._heard_last[name] = newest
        return self._heard_last.get(name)

    def _agent(self, name: str) -> Agent | None:
        agent = self._agents.get(name)
        if agent is None:
            driver = self._link.driver(name)
            if driver is None:
                return None
            agent = self._agents[name] = Agent(driver)
        return agent

    async def _tell(self, name: str, agent: Agent, findings: Findings, now: float) -> float:
        """Write the status where it must be told; when to come back for what can wait."""
        told = self._told.get(name)
        status = _status(findings, told)
        if told is not None and findings.strata is None:
            status = {key: value for key, value in status.items() if told.get(key) != value}
            if not status:
                return NEVER
            waited = now - self._told_at.get(name, 0.0)
            if waited < REPORT_SECONDS and not _urgent(told, findings.components):
                return now + REPORT_SECONDS - waited
        try:
            await self._client.patch(
                CLUSTERS, Raw, name, {"status": status}, subresource="status", field_manager=FIELD_MANAGER
            )
        except NotFound:
            return NEVER
        except MyriarchError:
            agent.forget_report()
            self._told.pop(name, None)
            raise
        self._told[name] = {**(told or {}), **status}
        self._told_at[name] = now
        return NEVER


def _status(findings: Findings, told: dict[str, Any] | None) -> dict[str, Any]:
    status: dict[str, Any] = {
        "nodes": findings.nodes,
        "readyNodes": findings.ready_nodes,
        "components": msgspec.to_builtins(findings.components),
    }
    if findings.strata is not None:
        status["strata"] = _without_the_lost(findings.strata, (told or {}).get("strata", {}))
        status["kubernetesVersion"] = findings.kubernetes_version
    return status


def _without_the_lost(counts: dict[str, dict[str, int]], told: dict[str, Any]) -> dict[str, Any]:
    """A merge patch keeps what it doesn't name: values that no node has any more are named as null."""
    return {name: {**dict.fromkeys(told.get(name, {})), **values} for name, values in counts.items()}


_URGENT = ("attempt", "direction", "settled", "observedCeiling", "failed", "revertedAttempt", "stuckCount", "revision")


def _urgent(told: dict[str, Any], components: list[ComponentStatus]) -> bool:
    """Whether something differs that the hub decides by."""
    before = {status["component"]: status for status in told.get("components", ())}
    for status in msgspec.to_builtins(components):
        known = before.get(status["component"])
        if known is None or any(known.get(key) != status.get(key) for key in _URGENT):
            return True
        if status.get("settled") and known.get("updated") != status.get("updated"):
            return True
    return False

"""Runs the agents of many clusters in one process: one watch, one queue, one agent a cluster.

Embedded clusters, and those reached by push, have their agents here; an agent in a cluster of its own is a
host of one. Each agent hears only of its own Cluster object. A cluster that is cut off from the hub (its
``Link`` says so) keeps its agent working on the last object that it heard, and reports when it is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from myriarch.agent.agent import NEVER, NOTHING, Agent, Findings
from myriarch.agent.finding import Reason
from myriarch.api.cluster import Cluster, ComponentStatus
from myriarch.api.meta import Condition
from myriarch.api.sickness import SickGroup
from myriarch.base.clock import Clock, rfc3339
from myriarch.base.conditions import CONNECTED
from myriarch.base.errors import MyriarchError, ProgrammerError
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.informer import Informer
from myriarch.client.objects import Unread
from myriarch.client.refs import CLUSTERS
from myriarch.drivers.driver import Driver, Trouble
from myriarch.runtime.queue import WorkQueue
from myriarch.runtime.worker import Worker

FIELD_MANAGER = "myriarch-agent"
REPORT_SECONDS = 60.0
"""Progress that decides nothing is told at most this often, unless the host is given a slower pace; all else at
once."""

OWN_LOOK_SECONDS = 60.0
OWN_LOOK_FACTOR = 2.5
"""What an agent itself began shows when it is done; until then it need not look, but for what is done at once. So it
looks again after so long, or so many times as long as other changes are gathered."""

SEVERAL = 2
"""So many more sick nodes than were told are told at once: one alone is ordinary."""

PATIENCE_FACTOR = 2.0
"""Where no node waits for others to be done, changes are gathered for so many times as long."""

MISSING_SECONDS = 60.0
"""What a grant names and the hub lacks is looked for again after so long: no watch tells when somebody creates it."""

WORKERS = 16
"""Turns at once, and reports on their way, unless the host is given other numbers."""


class Link(Protocol):
    """A cluster as its host meets it: how to move its nodes, and whether the hub is in reach."""

    def driver(self, cluster: str) -> Driver | None:
        """The driver, or None where this host has no such cluster."""

    def connected(self, cluster: str) -> bool:
        """Whether the cluster's agent reaches the hub now."""

    def subscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None:
        """Call ``listener(cluster, nodes)`` when nodes changed or the link did."""

    def unsubscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None: ...


class Readiness(Protocol):
    """What real clusters need beyond a ``Link``: they aren't always ready to be acted on, and have a version."""

    async def prepare(self, cluster: Cluster, reported: Mapping[str, ComponentStatus]) -> Mapping[str, Trouble] | None:
        """Make ready for a turn on ``cluster``, whose agent found ``reported`` last: the components that can't be
        acted on, with why. None where nothing can be judged now; the link tells when that changes."""

    def version(self, cluster: str) -> str:
        """Version of its API server, as that says it."""


class AgentHost:
    """``coalesce_seconds``: changes of nodes are looked at together, this long after the first. With more ``workers``
    than ``reports_at_once`` nodes don't wait for the hub: a slow one is told less often, and the newest.
    ``report_seconds``: progress that decides nothing is told at most this often. ``informer``: of Clusters, where
    somebody else runs one already. With ``readiness``, a mistake of ours met in one cluster is reported and tried
    again: the other clusters go on."""

    def __init__(
        self,
        client: Client,
        link: Link,
        clock: Clock,
        *,
        coalesce_seconds: float,
        report_seconds: float = REPORT_SECONDS,
        seed: int = 0,
        informer: Informer[Cluster] | None = None,
        readiness: Readiness | None = None,
        workers: int = WORKERS,
        reports_at_once: int = WORKERS,
    ) -> None:
        self._client = client
        self._link = link
        self._readiness = readiness
        self._clock = clock
        self._coalesce_seconds = coalesce_seconds
        self._report_seconds = report_seconds
        self._workers = workers
        self._line = asyncio.Semaphore(reports_at_once)
        self._turning = ""
        self._queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        self._own_informer = informer is None
        self._informer = informer or Informer(client, CLUSTERS, Cluster, clock, seed=seed)
        self._agents: dict[str, Agent] = {}
        self._heard_last: dict[str, Cluster] = {}
        self._told: dict[str, dict[str, Any]] = {}
        self._told_at: dict[str, float] = {}
        self._patient: set[str] = set()
        self.on_report: Callable[[str, MyriarchError], None] | None = None
        self._informer.add_handlers(self._heard, self._heard, self._gone)

    async def run(self) -> None:
        """Work until cancelled."""
        self._link.subscribe(self._nodes_changed)
        crashed = self._crashed if self._readiness is not None else None
        worker = Worker(
            "agent", self._queue, self._reconcile, count=self._workers, on_report=self._reported, on_crash=crashed
        )
        tasks: list[asyncio.Task[None]] = []
        if self._own_informer:
            tasks.append(asyncio.create_task(self._informer.run(), name="agent informer"))
        tasks.append(asyncio.create_task(worker.run(), name="agent workers"))
        try:
            await asyncio.gather(*tasks)
        finally:
            self._link.unsubscribe(self._nodes_changed)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def wait_synced(self) -> None:
        """Return once the first list has been heard."""
        await self._informer.wait_synced()

    def remember(self, cluster: Cluster) -> None:
        """What was heard of a cluster before a restart: its agent works on with it until the hub is in reach."""
        self._heard_last.setdefault(cluster.name, cluster)
        self._queue.add(cluster.name)

    def forget(self, cluster: str) -> None:
        """The hub has no such cluster any more."""
        for known in (self._agents, self._heard_last, self._told, self._told_at):
            known.pop(cluster, None)
        self._patient.discard(cluster)

    def agents(self) -> Iterable[str]:
        """Clusters that have an agent here."""
        return self._agents

    # What wakes an agent

    def _heard(self, old: Cluster | None, new: Cluster | None) -> None:
        assert new is not None
        labelled = self._readiness is not None and old is not None and old.metadata.labels != new.metadata.labels
        if old is None or old.spec != new.spec or labelled:
            self._queue.add(new.name)

    def _gone(self, old: Cluster | None, _new: Cluster | None) -> None:
        assert old is not None
        self.forget(old.name)

    def _nodes_changed(self, cluster: str, _nodes: Sequence[str]) -> None:
        wait = self._coalesce_seconds
        if cluster == self._turning:
            wait = max(OWN_LOOK_SECONDS, OWN_LOOK_FACTOR * wait)
        elif cluster in self._patient:
            wait = PATIENCE_FACTOR * wait
        self._queue.add_after(cluster, wait)

    def _reported(self, cluster: str, error: MyriarchError) -> None:
        if self.on_report is not None:
            self.on_report(cluster, error)

    def _crashed(self, cluster: str, error: Exception) -> None:
        self._reported(cluster, ProgrammerError(f"the agent failed: {error!r}"))

    # One cluster

    async def _reconcile(self, name: str) -> float | None:
        if self._line.locked():
            await self._act(name)
        async with self._line:
            return await self._act_and_tell(name)

    async def _act(self, name: str) -> None:
        """Order nodes, before a report's turn has come: what will be found then is told."""
        turned = await self._turn(name)
        if turned is not None and turned[1].strata is not None:
            turned[0].forget_report()

    async def _act_and_tell(self, name: str) -> float | None:
        turned = await self._turn(name)
        if turned is None:
            return None
        agent, findings, now = turned
        later = await self._tell(name, agent, findings, now) if self._link.connected(name) else NEVER
        wake_at = min(findings.wake_at, later)
        return None if wake_at == NEVER else max(wake_at - self._clock.now(), self._coalesce_seconds)

    async def _turn(self, name: str) -> tuple[Agent, Findings, float] | None:
        """One turn of the agent, what it found and when; None where nothing can be done."""
        cluster = self._cluster(name)
        agent = self._agent(name)
        if cluster is None or agent is None:
            return None
        blocked = await self._readiness.prepare(cluster, agent.reported) if self._readiness else NOTHING
        if blocked is None:
            return None
        now = self._clock.now()
        self._turning = name
        findings = agent.turn(cluster, now, self._report_seconds, blocked)
        self._turning = ""
        (self._patient.discard if findings.urgent else self._patient.add)(name)
        if any(trouble.reason == Reason.OBJECT_MISSING for trouble in blocked.values()):
            findings = replace(findings, wake_at=min(findings.wake_at, now + MISSING_SECONDS))
        return agent, findings, now

    def _cluster(self, name: str) -> Cluster | None:
        """What the agent knows of its cluster: the newest object, or the last one before it was cut off."""
        if self._link.connected(name):
            newest = self._informer.get(name)
            if newest is None:
                return None
            self._heard_last[name] = newest
        return self._heard_last.get(name)

    def _agent(self, name: str) -> Agent | None:
        agent = self._agents.get(name)
        if agent is not None and self._readiness is None:
            return agent
        driver = self._link.driver(name)
        if driver is None:
            return None
        if agent is None or not agent.moves_by(driver):  # a real cluster that was connected to anew has another
            agent = self._agents[name] = Agent(driver, agent.reported if agent else None)
        return agent

    async def _tell(self, name: str, agent: Agent, findings: Findings, now: float) -> float:
        """Write the status where it must be told; when to come back for what can wait."""
        told = self._told.get(name)
        known = self._informer.get(name)
        lost = told or ({"strata": known.status.strata} if known is not None else {})
        status = _status(findings, lost)
        if self._readiness is not None:
            version = self._readiness.version(name)
            status |= {"kubernetesVersion": version} if version else {}
        elif told is None:
            status |= self._first_word(name, now)
        if told is not None and findings.strata is None:
            status = {key: value for key, value in status.items() if told.get(key) != value}
            if not status:
                return NEVER
            waited = now - self._told_at.get(name, 0.0)
            urgent = _urgent(told["components"], findings.components) or _sicker(told.get("sick", []), findings.sick)
            urgent = urgent or "outage" in status or "strikes" in status
            if waited < self._report_seconds and not urgent:
                # Most often a turn for another reason comes soon after it is due, and takes it along.
                return now + self._report_seconds - waited + OWN_LOOK_FACTOR * self._coalesce_seconds
        findings.explain()
        try:
            await self._client.patch(
                CLUSTERS, Unread, name, {"status": status}, subresource="status", field_manager=FIELD_MANAGER
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

    def _first_word(self, name: str, now: float) -> dict[str, Any]:
        """The condition Connected, where nobody has written it yet: an agent that speaks is heard."""
        cluster = self._informer.get(name)
        if cluster is None or any(c.type == CONNECTED.type for c in cluster.status.conditions):
            return {}
        heard = Condition(
            type=CONNECTED.type,
            status="True",
            reason="Heard",
            message="The agent reports.",
            last_transition_time=rfc3339(now),
        )
        return {"conditions": [*cluster.status.conditions, heard]}


def _status(findings: Findings, told: dict[str, Any]) -> dict[str, Any]:
    """What may be told, where ``told`` was told before. The components stay Structs: comparing and encoding those is
    cheap."""
    status: dict[str, Any] = {
        "nodes": findings.nodes,
        "readyNodes": findings.ready_nodes,
        "sick": list(findings.sick),
        "strikes": list(findings.strikes),
        "components": findings.components,
    }
    if findings.outage is not None:
        status["outage"] = {"since": findings.outage.since, "until": findings.outage.until}
    if findings.strata is not None:
        status["strata"] = _without_the_lost(findings.strata, told.get("strata", {}))
        status["kubernetesVersion"] = findings.kubernetes_version
    return status


def _without_the_lost(counts: dict[str, dict[str, int]], told: dict[str, Any]) -> dict[str, Any]:
    """A merge patch keeps what it doesn't name: values that no node has any more, and pairs of attributes that nobody
    asks for any more, are named as null."""
    lost = {name: None for name, values in told.items() if name not in counts and values is not None}
    return {**lost, **{name: {**dict.fromkeys(told.get(name) or {}), **values} for name, values in counts.items()}}


def _urgent(told: list[ComponentStatus], components: list[ComponentStatus]) -> bool:
    """Whether something differs that the hub decides by."""
    before = {status.component: status for status in told}
    return any(_differs(before.get(status.component), status) for status in components)


def _sicker(told: Sequence[SickGroup], sick: Sequence[SickGroup]) -> bool:
    """Whether several nodes more are sick: who judges a release must know at once what strikes others too."""
    return sum(group.nodes for group in sick) >= sum(group.nodes for group in told) + SEVERAL


def _differs(known: ComponentStatus | None, status: ComponentStatus) -> bool:
    return (
        known is None
        or known.settled != status.settled
        or (status.settled and known.updated != status.updated)
        or known.observed_ceiling != status.observed_ceiling
        or known.direction is not status.direction
        or known.failed != status.failed
        or known.comparisons != status.comparisons
        or known.attempt != status.attempt
        or known.revision != status.revision
        or known.reverted_attempt != status.reverted_attempt
        or known.stuck_count != status.stuck_count
    )

"""Tells the hub the conditions of real clusters, and which agent speaks for them.

Apart from the report of nodes (``host.py``), because the two come at different times: a cluster that can't be
reached has conditions and no report. They are applied with a field manager of their own, so that whoever keeps
another condition of the same object keeps it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from myriarch.agent.finding import Finding, conditions_of
from myriarch.agent.protocol import AGENT
from myriarch.api.cluster import Cluster
from myriarch.api.meta import API_VERSION, Condition
from myriarch.base.clock import Clock
from myriarch.base.errors import MyriarchError
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.refs import CLUSTERS
from myriarch.runtime.queue import WorkQueue
from myriarch.runtime.worker import Worker

FIELD_MANAGER: Final = "myriarch-agent-conditions"
WORKERS: Final = 4


class Teller:
    """``cluster_of`` gives the newest object of a name, or None; ``findings_of`` what is to be told of it, or None."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        cluster_of: Callable[[str], Cluster | None],
        findings_of: Callable[[Cluster], list[Finding] | None],
        on_report: Callable[[str, MyriarchError], None],
    ) -> None:
        self._client = client
        self._clock = clock
        self._cluster_of = cluster_of
        self._findings_of = findings_of
        self._on_report = on_report
        self._queue: WorkQueue[str] = WorkQueue(clock)

    def wake(self, name: str) -> None:
        """Something else may have to be told of the cluster."""
        self._queue.add(name)

    async def run(self) -> None:
        """Tell until cancelled."""
        await Worker("telling", self._queue, self._tell, count=WORKERS, on_report=self._on_report).run()

    async def _tell(self, name: str) -> None:
        cluster = self._cluster_of(name)
        findings = None if cluster is None else self._findings_of(cluster)
        if cluster is None or findings is None:
            return
        conditions = conditions_of(findings, cluster.status.conditions, self._clock.now())
        if _told(cluster, conditions):
            return
        status: dict[str, Any] = {
            "conditions": msgspec.to_builtins(conditions),
            "agent": msgspec.to_builtins(AGENT),
        }
        applied = {"apiVersion": API_VERSION, "kind": "Cluster", "metadata": {"name": name}, "status": status}
        try:
            await self._client.apply_status(CLUSTERS, applied, field_manager=FIELD_MANAGER, force=True)
        except NotFound:
            return


def _told(cluster: Cluster, conditions: list[Condition]) -> bool:
    known = {condition.type: condition for condition in cluster.status.conditions}
    return cluster.status.agent == AGENT and all(known.get(each.type) == each for each in conditions)

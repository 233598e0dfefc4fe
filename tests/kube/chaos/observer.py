"""Sees what happens and judges it: nodes straight from each real cluster, grants from the hub, nothing from Myriarch.

A revision's exposure in a cluster is the set of nodes that ever ran a pod of it or bore an order to go there. At every
moment it must be at most the ceiling that the hub had granted by then; nothing may begin after the grants have run out
(``forwardUntil``); and no more nodes may be without a ready pod than the budget allows. A grant counts from the second
in which it was written. Should the watch miss one while the hub dies, that gives a false alarm, never a false pass.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import defaultdict
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tests.kube.control_plane import ControlPlane
from tests.kube.rest import RequestFailed

from myriarch.base.clock import parse_rfc3339
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, Gone
from myriarch.client.kubeconfig import load_kubeconfig
from myriarch.client.objects import Bookmark, Deleted, Raw
from myriarch.client.refs import CLUSTERS
from myriarch.client.remote import RemoteTransport

LOOK_SECONDS: Final = 0.15
AGAIN_SECONDS: Final = 0.5
WRITTEN_SLACK_SECONDS: Final = 1.0
"""The API server tells the second of a write, not its fraction."""

IN_HAND_SECONDS: Final = 5.0
"""An agent that has seen that it may begin a node still has to write that down."""

JOIN_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Granted:
    """One grant to go forward, as of the second in which it was written."""

    at: float
    revision: str
    ceiling: float
    forward_until: float


@dataclass(slots=True)
class Seen:
    """One look at a real cluster: by revision the nodes that were seen to have begun it so far, and how many nodes have
    no ready pod. ``since`` is when the look before it ended: what is new came after that."""

    since: float
    at: float
    begun: dict[str, frozenset[str]]
    down: int


@dataclass(slots=True)
class Record:
    """Everything that was seen of one component."""

    looks: dict[str, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    grants: dict[str, list[Granted]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)


class Observer:
    """Use as a context around a run; ``record`` fills meanwhile."""

    def __init__(self, hub: Path, clusters: dict[str, ControlPlane], component: str) -> None:
        self.record = Record()
        self._hub = hub
        self._component = component
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._watch_hub, daemon=True)]
        for name, plane in clusters.items():
            self._threads.append(threading.Thread(target=self._look_at, args=(name, plane), daemon=True))

    def __enter__(self) -> Observer:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(JOIN_SECONDS)
            assert not thread.is_alive()

    # Real clusters

    def _look_at(self, name: str, plane: ControlPlane) -> None:
        begun: dict[str, set[str]] = defaultdict(set)
        since = time.time()
        while not self._stop.wait(LOOK_SECONDS):
            try:
                pods = plane.admin.get(f"/api/v1/namespaces/{self._component}/pods")["items"]
                nodes = plane.admin.get("/api/v1/nodes")["items"]
            except (OSError, RequestFailed, ValueError):
                continue
            ready = set()
            for pod in pods:
                node = pod["spec"].get("nodeName") or _wanted_node(pod)
                version = pod["spec"]["containers"][0]["image"][-1]
                begun[f"{self._component}-{version}"].add(node)
                if "deletionTimestamp" not in pod["metadata"] and _is_ready(pod):
                    ready.add(node)
            for node in nodes:
                order = node["metadata"].get("annotations", {}).get(f"state.myriarch.io/{self._component}")
                if order and not json.loads(order).get("backward"):
                    begun[json.loads(order)["target"]].add(node["metadata"]["name"])
            now = time.time()
            seen = {revision: frozenset(found) for revision, found in begun.items()}
            self.record.looks[name].append(Seen(since, now, seen, len(nodes) - len(ready)))
            since = now

    # The hub

    def _watch_hub(self) -> None:
        asyncio.run(self._hear())

    async def _hear(self) -> None:
        async with RemoteTransport(load_kubeconfig(self._hub)) as transport:
            hearing = asyncio.create_task(self._follow(Client(transport)))
            while not self._stop.is_set():  # noqa: ASYNC110 - set in another thread
                await asyncio.sleep(LOOK_SECONDS)
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _follow(self, client: Client) -> None:
        version = ""
        while True:
            try:
                if not version:
                    listing = await client.list(CLUSTERS, Raw)
                    version = listing.resource_version
                    for cluster in listing.items:
                        self._note(cluster)
                async with aclosing(client.watch(CLUSTERS, Raw, resource_version=version)) as events:
                    async for event in events:
                        if isinstance(event, Bookmark | Deleted):
                            continue
                        version = event.object["metadata"]["resourceVersion"]
                        self._note(event.object)
            except Gone:
                version = ""
            except ApiError:
                await asyncio.sleep(AGAIN_SECONDS)

    def _note(self, cluster: dict[str, Any]) -> None:
        name = cluster["metadata"]["name"]
        for grant in cluster["spec"].get("components", []):
            if grant["component"] == self._component:
                if grant["direction"] == "Forward":
                    self._note_grant(name, cluster, grant)
                self._check_report(name, cluster, grant)

    def _note_grant(self, name: str, cluster: dict[str, Any], grant: dict[str, Any]) -> None:
        found = Granted(
            at=_written_at(cluster, f"myriarch-{self._component}"),
            revision=grant["revision"],
            ceiling=float("inf") if grant.get("allNodes") else float(grant.get("ceiling", 0)),
            forward_until=parse_rfc3339(grant["forwardUntil"]) if grant.get("forwardUntil") else float("inf"),
        )
        known = self.record.grants[name]
        if not known or (known[-1].revision, known[-1].ceiling, known[-1].forward_until) != (
            found.revision,
            found.ceiling,
            found.forward_until,
        ):
            known.append(found)

    def _check_report(self, name: str, cluster: dict[str, Any], grant: dict[str, Any]) -> None:
        """What a cluster, real or simulated, says of itself: no more begun than was ever granted."""
        allowed = max(
            (each.ceiling for each in self.record.grants[name] if each.revision == grant["revision"]), default=0.0
        )
        for status in cluster.get("status", {}).get("components", []):
            same = status["component"] == self._component and status.get("revision") == grant["revision"]
            if same and status.get("begun", 0) > allowed:
                self.record.faults.append(f"{name} reports {status['begun']} begun, {allowed} granted: {grant}")


def judge(record: Record, budget: int) -> list[str]:
    """What was not as it must be, in words."""
    faults = list(record.faults)
    for name, looks in record.looks.items():
        before: dict[str, frozenset[str]] = {}
        for seen in looks:
            if seen.down > budget:
                faults.append(f"{name} {_time(seen.at)}: {seen.down} nodes down, the budget is {budget}")
            for revision, nodes in seen.begun.items():
                if len(nodes) > len(before.get(revision, frozenset())):
                    faults += _begun_wrongly(name, seen, revision, len(nodes), record.grants[name])
            before = seen.begun
    return faults


def _begun_wrongly(name: str, seen: Seen, revision: str, count: int, grants: list[Granted]) -> list[str]:
    given = [each for each in grants if each.revision == revision and each.at <= seen.at + WRITTEN_SLACK_SECONDS]
    if not given and _is_first(revision):
        return []
    ceiling = max((each.ceiling for each in given), default=0.0)
    until = max((each.forward_until for each in given), default=0.0)
    faults = []
    if count > ceiling:
        faults.append(f"{name} {_time(seen.at)}: {count} nodes began {revision}, {ceiling:.0f} were granted")
    if seen.since > until + IN_HAND_SECONDS:
        faults.append(f"{name} {_time(seen.at)}: a node began {revision} after its grant ran out at {_time(until)}")
    return faults


def _is_first(revision: str) -> bool:
    """Deployed by a person, not by a release."""
    return revision.endswith("-1")


def _written_at(cluster: dict[str, Any], manager: str) -> float:
    """When the grants of one component were last applied."""
    times = [each["time"] for each in cluster["metadata"].get("managedFields", []) if each["manager"] == manager]
    return max((parse_rfc3339(each) for each in times), default=0.0)


def _wanted_node(pod: dict[str, Any]) -> str:
    """The node that a pod of a DaemonSet is made for, before it is scheduled."""
    terms = pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    return str(terms["nodeSelectorTerms"][0]["matchFields"][0]["values"][0])


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = pod.get("status", {}).get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S") if at < float("inf") else "never"

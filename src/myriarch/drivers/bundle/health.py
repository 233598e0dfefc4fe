"""How the objects of an inventory fare together.

Each object is judged by ``readiness.py``, with two additions that need more than the object: a DaemonSet may lack as
many pods as nodes are down (that is the nodes' trouble, not the bundle's), and a workload whose new pods can't start
has failed long before its deadline says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from myriarch.base.clock import parse_rfc3339
from myriarch.client.client import Client
from myriarch.client.errors import ApiError
from myriarch.client.objects import Raw
from myriarch.client.resource import PODS, ResourceRef
from myriarch.drivers.bundle.inventory import Entry
from myriarch.drivers.bundle.live import LiveObjects
from myriarch.drivers.bundle.objects import ObjectId
from myriarch.drivers.bundle.readiness import Readiness, State, crash_of, readiness_of
from myriarch.drivers.bundle.resources import Resources
from myriarch.drivers.node import Node, readiness

SHOWN_MAX: Final = 3

_WORKLOADS: Final = frozenset(
    {("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("batch", "Job")}
)


@dataclass(frozen=True, slots=True)
class Ailing:
    """An object that isn't Current."""

    id: ObjectId
    readiness: Readiness

    def __str__(self) -> str:
        return f"{self.id}: {self.readiness.message}"


def shown(ailing: Sequence[Ailing]) -> str:
    """The first few in words."""
    more = len(ailing) - SHOWN_MAX
    return "; ".join(str(each) for each in ailing[:SHOWN_MAX]) + (f"; and {more} more" if more > 0 else "")


@dataclass(frozen=True, slots=True)
class Health:
    """Judges objects in one cluster."""

    client: Client
    resources: Resources
    live: LiveObjects
    nodes: Mapping[str, Node]

    async def ailing(
        self, entries: Sequence[Entry], since: float, generations: Mapping[ObjectId, int] | None = None
    ) -> list[Ailing]:
        """Those not Current. Pods made before ``since`` (Unix seconds) don't count; what is known of an object from
        before its entry in ``generations`` is stale."""
        found = []
        for entry in entries:
            judged = await self._judge(entry, since, (generations or {}).get(entry.id, 0))
            if judged.state is not State.CURRENT:
                found.append(Ailing(entry.id, judged))
        return found

    async def _judge(self, entry: Entry, since: float, generation: int) -> Readiness:
        ref = await self.resources.find(entry.group, entry.version, entry.kind)
        if ref is None:
            return Readiness(State.NOT_FOUND, "its kind is not served")
        if not self.live.synced(ref):
            return Readiness(State.IN_PROGRESS, "it has not been seen yet")
        live = self.live.get(ref, entry.name, entry.namespace)
        if live is None and generation:
            return Readiness(State.IN_PROGRESS, "it has not been seen yet")
        if live is not None and live["metadata"].get("generation", generation) < generation:
            return Readiness(State.IN_PROGRESS, "its newest generation has not been seen yet")
        judged = readiness_of(live, entry.group, entry.kind)
        if live is None or judged.state is not State.IN_PROGRESS:
            return judged
        if entry.kind == "DaemonSet" and self._lacks_only_dead_nodes(live):
            return Readiness(State.CURRENT)
        return await self._crashed(entry, live, since) or judged

    def _lacks_only_dead_nodes(self, daemon_set: Raw) -> bool:
        status = daemon_set.get("status") or {}
        if status.get("observedGeneration") != daemon_set["metadata"].get("generation"):
            return False
        names = ["numberAvailable", "numberReady"]
        if (daemon_set["spec"].get("updateStrategy") or {}).get("type") != "OnDelete":
            names.append("updatedNumberScheduled")
        there = min(status.get(name, 0) for name in names)
        dead = sum(readiness(node)[0] != 1 for node in self.nodes.values())
        return bool(status.get("desiredNumberScheduled", 0) - there <= dead)

    async def _crashed(self, entry: Entry, live: Raw, since: float) -> Readiness | None:
        """Failed, where a pod of the workload made since then can't start."""
        labels = ((live.get("spec") or {}).get("selector") or {}).get("matchLabels") or {}
        if (entry.group, entry.kind) not in _WORKLOADS or not labels:
            return None
        selector = ",".join(f"{name}={value}" for name, value in labels.items())
        try:
            pods = await self.client.list(PODS, Raw, entry.namespace, label_selector=selector)
        except ApiError:
            return None  # Only a quicker way to know what the workload's own status says in the end.
        for pod in pods.items:
            made = parse_rfc3339(pod["metadata"]["creationTimestamp"])
            crash = crash_of(pod) if made >= since - 1 else ""
            if crash:
                return Readiness(State.FAILED, crash)
        return None


async def refs_of(resources: Resources, entries: Sequence[Entry]) -> list[ResourceRef]:
    """The resources of the entries, each once; kinds that aren't served are left out."""
    refs: dict[ResourceRef, None] = {}
    for entry in entries:
        ref = await resources.find(entry.group, entry.version, entry.kind)
        if ref is not None:
            refs[ref] = None
    return list(refs)

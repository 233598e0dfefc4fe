"""Which node a pod goes to: the first that fits, in an order that is drawn for each pod by its name.

A node fits that is ready, takes pods, has the labels that the pod asks for, and no taint that it does not
tolerate. Room is not counted: simulated nodes carry whatever is put on them.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from myriarch.lightcontrollers.world import POD, Object, World

_KEEPS_OFF = ("NoSchedule", "NoExecute")


def is_node_ready(node: Object) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or ()
    return any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions)


def fits(spec: Object, node: Object, *, daemon: bool = False) -> bool:
    """Whether a pod of this spec may run on the node. Daemons run on nodes that take no other pods, too."""
    labels = node["metadata"].get("labels") or {}
    if any(labels.get(key) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    if not _wanted(spec, node, labels):
        return False
    node_spec = node.get("spec") or {}
    if daemon:
        return all(_tolerated(taint, spec) or _own(taint) for taint in node_spec.get("taints") or ())
    if node_spec.get("unschedulable") or not is_node_ready(node):
        return False
    return all(_tolerated(taint, spec) for taint in node_spec.get("taints") or ())


def _wanted(spec: Object, node: Object, labels: dict[str, str]) -> bool:
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    needed = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if not needed:
        return True
    names = {"metadata.name": node["metadata"]["name"]}
    return any(
        all(_holds(each, labels) for each in term.get("matchExpressions") or ())
        and all(_holds(each, names) for each in term.get("matchFields") or ())
        for term in needed.get("nodeSelectorTerms") or ()
    )


def _holds(requirement: Object, labels: dict[str, str]) -> bool:
    key, values = requirement["key"], list(requirement.get("values") or ())
    match requirement["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case "Gt":
            return _number(labels.get(key)) > _number(values[0])
        case "Lt":
            return _number(labels.get(key)) < _number(values[0])
    return False


def _number(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return float("nan")


def _own(taint: Object) -> bool:
    """Taints that tell of a node's state: a daemon belongs there all the same."""
    return str(taint.get("key", "")).startswith("node.kubernetes.io/")


def _tolerated(taint: Object, spec: Object) -> bool:
    if taint.get("effect") not in _KEEPS_OFF:
        return True
    return any(_tolerates(each, taint) for each in spec.get("tolerations") or ())


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if not toleration.get("key"):
        return toleration.get("operator") == "Exists"
    if toleration["key"] != taint.get("key"):
        return False
    return toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")


class Scheduler:
    def __init__(self, world: World) -> None:
        self._world = world

    async def place(self, cluster: str) -> None:
        """Bind every pod of the cluster that waits and fits somewhere."""
        waiting = [pod for pod in self._world.objects(POD, cluster, None) if _waits(pod)]
        nodes = await self._world.nodes(cluster) if waiting else []
        for pod in waiting:
            node = self._choice(pod, nodes)
            if node is not None:
                await self._bind(cluster, pod, node["metadata"]["name"])

    def _choice(self, pod: Object, nodes: list[Object]) -> Object | None:
        meta = pod["metadata"]
        own = f"{meta['namespace']}/{meta['name']}"
        able = [node for node in nodes if fits(pod["spec"], node)]
        return min(able, key=lambda node: _rank(own, node["metadata"]["name"]), default=None)

    async def _bind(self, cluster: str, pod: Object, node: str) -> None:
        meta = pod["metadata"]
        path = f"{POD.prefix}/namespaces/{meta['namespace']}/pods/{meta['name']}/binding"
        await self._world.post(path, cluster, {"target": {"apiVersion": "v1", "kind": "Node", "name": node}})


def _waits(pod: Object) -> bool:
    spec = pod["spec"]
    if spec.get("nodeName") or spec.get("schedulingGates") or pod["metadata"].get("deletionTimestamp"):
        return False
    return bool(spec.get("schedulerName", "default-scheduler") == "default-scheduler")


def _rank(pod: str, node: str) -> bytes:
    return blake2b(f"{pod}/{node}".encode(), digest_size=8).digest()

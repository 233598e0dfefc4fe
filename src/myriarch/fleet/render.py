"""A node as a v1 Node object, made from its columns when somebody asks.

Everything is a function of the columns and the fleet's present, so that two renderings of an unchanged node
differ in heartbeat times only. ``metadata.resourceVersion``, and what users wrote on the node, are the
server's to add.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from myriarch.base.clock import rfc3339
from myriarch.fleet.columns import BASE_DTYPE, NO_REVISION, REASONS, ClusterState
from myriarch.fleet.names import node_name
from myriarch.fleet.node_labels import (
    LABEL_GPU_MODEL,
    LABEL_GPU_PRODUCT,
    LABEL_HOSTNAME,
    LABEL_INSTANCE_TYPE,
    LABEL_POOL,
    LABEL_REGION,
    LABEL_ZONE,
    SAME_FOR_ALL,
)
from myriarch.fleet.plan import STORED_ATTRIBUTES
from myriarch.fleet.shapes import GPU_PRODUCTS, Shape
from myriarch.fleet.view import last_heartbeat
from myriarch.fleet.world import World

REVISION_ANNOTATION = "myriarch.io/revision."

PODS = "110"
EPHEMERAL_STORAGE = "512Gi"
RESERVED_MEMORY_MIB = 512
CONTAINER_RUNTIME = "containerd://1.7.22"
PATCH_VERSION = 4

_FIELDS = BASE_DTYPE.names or ()
_READY = {1: "True", 0: "False", -1: "Unknown"}
_MESSAGES = {
    "KubeletReady": "kubelet is posting ready status",
    "KubeletNotReady": "kubelet is not ready",
    "NodeUpdating": "the node restarts for an update",
    "CrashLoop": "the node agent crashed at start and restarts in a loop",
    "NodeStatusUnknown": "Kubelet stopped posting node status.",
}
_PRESSURES = (
    ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
)


def render_node(world: World, state: ClusterState, index: int, now: float) -> dict[str, Any]:
    """The Node at position ``index``, shape of ``v1.Node``, without ``resourceVersion``."""
    name = node_name(state.plan.name, index)
    row = dict(zip(_FIELDS, state.base[index].item(), strict=True))
    facts = {key: world.vocabulary.values[key][row[key]] for key in STORED_ATTRIBUTES}
    shape = world.shapes[facts["shape"]]
    version = f"v{state.plan.kubernetes_minor}.{PATCH_VERSION}"
    digest = blake2b(f"{world.seed}/{name}".encode(), digest_size=24).digest()
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "uid": _uuid(digest.hex()),
            "creationTimestamp": rfc3339(row["joined_at"]),
            "labels": _labels(state, index, name, facts, shape),
            "annotations": _annotations(world, state, index),
        },
        "spec": {"providerID": f"{state.plan.provider}://{state.plan.region}/{name}"},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": f"10.{digest[0]}.{digest[1]}.{digest[2]}"},
                {"type": "Hostname", "address": name},
            ],
            "capacity": _resources(shape, 0),
            "allocatable": _resources(shape, RESERVED_MEMORY_MIB),
            "conditions": _conditions(row, index, now),
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": _node_info(digest, facts, version),
        },
    }


def _labels(state: ClusterState, index: int, name: str, facts: dict[str, str], shape: Shape) -> dict[str, str]:
    labels = {
        LABEL_HOSTNAME: name,
        **SAME_FOR_ALL,
        LABEL_INSTANCE_TYPE: shape.name,
        LABEL_REGION: state.plan.region,
        LABEL_ZONE: facts["zone"],
        LABEL_POOL: facts["pool"],
    }
    if shape.gpus:
        labels[LABEL_GPU_MODEL] = shape.gpu_model
        if shape.gpu_model in GPU_PRODUCTS:
            labels[LABEL_GPU_PRODUCT] = GPU_PRODUCTS[shape.gpu_model]
    labels.update(state.labels.get(index, {}))
    return labels


def _annotations(world: World, state: ClusterState, index: int) -> dict[str, str]:
    shown = {}
    for number, part in enumerate(state.parts):
        component = world.by_number[number]
        revision = component.base_revision if part is None else int(part["revision"][index])
        if revision != NO_REVISION:
            shown[REVISION_ANNOTATION + component.name] = component.revisions[revision]
    return shown


def _resources(shape: Shape, reserved_mib: int) -> dict[str, str]:
    cores, rest = divmod(shape.cpu_milli, 1000)
    resources = {
        "cpu": str(cores) if rest == 0 else f"{shape.cpu_milli}m",
        "memory": f"{max(shape.memory_mib - reserved_mib, 0) * 1024}Ki",
        "ephemeral-storage": EPHEMERAL_STORAGE,
        "pods": PODS,
    }
    if shape.gpus:
        resources["nvidia.com/gpu"] = str(shape.gpus)
    return resources


def _conditions(row: dict[str, Any], index: int, now: float) -> list[dict[str, str]]:
    beat = rfc3339(last_heartbeat(row, index, now))
    since, joined = rfc3339(row["since"]), rfc3339(row["joined_at"])
    unknown = row["ready"] == -1
    conditions = []
    for kind, reason, message in _PRESSURES:
        status, shown = ("Unknown", "NodeStatusUnknown") if unknown else ("False", reason)
        text = _MESSAGES[shown] if unknown else message
        conditions.append(_condition(kind, status, shown, text, beat, since if unknown else joined))
    slow = bool(row["slow"])
    conditions.append(
        _condition(
            "SlowPodStartup",
            "True" if slow else "False",
            "PodStartupSlow" if slow else "PodStartupNormal",
            "pods take long to start" if slow else "pods start in normal time",
            beat,
            joined,
        )
    )
    reason = REASONS[row["reason"]]
    conditions.append(_condition("Ready", _READY[int(row["ready"])], reason, _MESSAGES[reason], beat, since))
    return conditions


def _condition(kind: str, status: str, reason: str, message: str, beat: str, since: str) -> dict[str, str]:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastHeartbeatTime": beat,
        "lastTransitionTime": since,
    }


def _node_info(digest: bytes, facts: dict[str, str], version: str) -> dict[str, str]:
    shown = digest.hex()
    return {
        "architecture": "amd64",
        "operatingSystem": "linux",
        "bootID": _uuid(shown[8:]),
        "machineID": shown[4:36],
        "systemUUID": _uuid(shown[16:]),
        "containerRuntimeVersion": CONTAINER_RUNTIME,
        "kernelVersion": facts["kernel"],
        "osImage": facts["os"],
        "kubeletVersion": version,
        "kubeProxyVersion": version,
    }


def _uuid(digits: str) -> str:
    """32 hexadecimal digits in the form of a name-made UUID."""
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"

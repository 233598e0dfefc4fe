"""Built-in type Node: schema and the columns that kubectl users expect."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.namespace import CONDITION
from myriarch.apiserver.columns import AGE, NAME, NONE, Column
from myriarch.apiserver.errors import FieldError, unsupported
from myriarch.apiserver.kinds import ResourceType, whole_schema
from myriarch.apiserver.objectmeta import array, integer, string, struct, time

_ROLE_PREFIX = "node-role.kubernetes.io/"
_ROLE_LABEL = "kubernetes.io/role"
UNKNOWN = "<unknown>"

Object = dict[str, Any]


def _status(obj: Object, _now: float) -> str:
    conditions = obj.get("status", {}).get("conditions") or ()
    ready = next((c.get("status") for c in conditions if c.get("type") == "Ready"), None)
    shown = "Unknown" if ready is None else "Ready" if ready == "True" else "NotReady"
    return f"{shown},SchedulingDisabled" if obj.get("spec", {}).get("unschedulable") else shown


def _roles(obj: Object, _now: float) -> str:
    labels = obj.get("metadata", {}).get("labels") or {}
    roles = {key.removeprefix(_ROLE_PREFIX) for key in labels if key.startswith(_ROLE_PREFIX)}
    roles |= {labels[_ROLE_LABEL]} if labels.get(_ROLE_LABEL) else set()
    return ",".join(sorted(role for role in roles if role)) or NONE


def _address(kind: str) -> Any:
    def find(obj: Object, _now: float) -> str:
        addresses = obj.get("status", {}).get("addresses") or ()
        return next((a["address"] for a in addresses if a.get("type") == kind), NONE)

    return find


def _info(key: str, absent: str = UNKNOWN) -> Any:
    return lambda obj, _now: obj.get("status", {}).get("nodeInfo", {}).get(key) or absent


_QUANTITY = {"x-kubernetes-int-or-string": True, "description": "A quantity, such as 8 or 32Gi."}
_RESOURCES = {"type": "object", "additionalProperties": _QUANTITY}
_TAINT = struct(
    "A mark that keeps pods off unless they tolerate it.",
    {
        "key": string("Key of the taint."),
        "value": string("Value of the taint."),
        "effect": string("NoSchedule, PreferNoSchedule or NoExecute."),
        "timeAdded": time("When the taint was added."),
    },
    ("key", "effect"),
)
_NODE_INFO = struct(
    "Versions and identifiers of the node.",
    {
        key: string(text)
        for key, text in {
            "machineID": "Identifier of the machine.",
            "systemUUID": "Identifier of the hardware.",
            "bootID": "Identifier of this boot.",
            "kernelVersion": "Version of the kernel.",
            "osImage": "Name of the operating system image.",
            "containerRuntimeVersion": "Container runtime and its version.",
            "kubeletVersion": "Version of the kubelet.",
            "kubeProxyVersion": "Version of kube-proxy.",
            "operatingSystem": "Operating system.",
            "architecture": "Processor architecture.",
        }.items()
    },
)
_SPEC = struct(
    "How the node should behave.",
    {
        "podCIDR": string("Addresses for the node's pods."),
        "podCIDRs": array("Addresses for the node's pods.", {"type": "string"}, kind="set"),
        "providerID": string("The node's name at its provider."),
        "unschedulable": {"type": "boolean", "description": "Whether new pods stay off."},
        "taints": array("Marks that keep pods off.", _TAINT, kind="atomic"),
        "externalID": string("No longer used."),
    },
)
_STATUS = struct(
    "What is seen of the node.",
    {
        "capacity": {**_RESOURCES, "description": "Everything the node has."},
        "allocatable": {**_RESOURCES, "description": "What pods may use."},
        "phase": string("No longer used."),
        "conditions": array("Latest observations.", CONDITION, keys=("type",)),
        "addresses": array(
            "Where the node is reached.",
            struct("One address.", {"type": string("Kind of address."), "address": string("The address.")}),
            kind="atomic",
        ),
        "nodeInfo": _NODE_INFO,
        "images": array(
            "Container images on the node.",
            struct(
                "One image.",
                {
                    "names": array("Names of the image.", {"type": "string"}, kind="atomic"),
                    "sizeBytes": integer("Size of the image.", format="int64"),
                },
            ),
            kind="atomic",
        ),
        "daemonEndpoints": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "config": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "features": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "runtimeHandlers": {"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}},
        "volumesInUse": array("Volumes in use.", {"type": "string"}, kind="atomic"),
        "volumesAttached": {"type": "array", "items": {"x-kubernetes-preserve-unknown-fields": True}},
    },
)

# A node may have several addresses of a type, so the type is no key; strategic merge takes it for one all the same.
_STATUS["properties"]["addresses"] |= {"x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": "type"}


def _prepare(obj: Object, _old: Object | None) -> None:
    _prepare_status(obj)


def _prepare_status(obj: Object) -> None:
    """What isn't said to be kept back is for pods."""
    status = obj.get("status")
    if isinstance(status, dict) and isinstance(status.get("capacity"), dict):
        allocatable = status.get("allocatable")
        if allocatable is None or isinstance(allocatable, dict):
            status["allocatable"] = {**status["capacity"], **(allocatable or {})}


_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")


def _errors(obj: Object, _old: Object | None) -> list[FieldError]:
    taints = (obj.get("spec") or {}).get("taints") or ()
    return [
        unsupported(f"metadata.taints[{index}].effect", taint.get("effect"), _EFFECTS)
        for index, taint in enumerate(taints)
        if taint.get("effect") not in _EFFECTS
    ]


NODE = ResourceType(
    group="",
    version="v1",
    kind="Node",
    plural="nodes",
    singular="node",
    namespaced=False,
    short_names=("no",),
    subresources=frozenset({"status"}),
    selectable_fields=("spec.unschedulable",),
    strategic_merge=True,
    prepare=_prepare,
    prepare_status=_prepare_status,
    check=_errors,
    columns=(
        NAME,
        Column("Status", description="Whether the node is ready.", render=_status),
        Column("Roles", description="The node's roles.", render=_roles),
        AGE,
        Column("Version", description="Version of the kubelet.", render=_info("kubeletVersion", absent="")),
        Column("Internal-IP", description="Address inside.", priority=1, render=_address("InternalIP")),
        Column("External-IP", description="Address outside.", priority=1, render=_address("ExternalIP")),
        Column("OS-Image", description="Operating system image.", priority=1, render=_info("osImage")),
        Column("Kernel-Version", description="Kernel.", priority=1, render=_info("kernelVersion")),
        Column("Container-Runtime", description="Runtime.", priority=1, render=_info("containerRuntimeVersion")),
    ),
    schema=whole_schema("Node", "A machine that runs pods.", {"spec": _SPEC, "status": _STATUS}),
)

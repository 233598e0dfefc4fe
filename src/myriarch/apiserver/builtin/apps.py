"""Built-in types of ``apps/v1``: Deployment, ReplicaSet, DaemonSet, StatefulSet, ControllerRevision."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.cells import CONTAINERS, IMAGES, SELECTOR, at, count, of_desired
from myriarch.apiserver.builtin.pod_template import complete_template, selector_change_errors, template_errors
from myriarch.apiserver.builtin.tables import kind_schema
from myriarch.apiserver.columns import AGE, NAME, NONE, Column
from myriarch.apiserver.errors import FieldError
from myriarch.apiserver.kinds import ResourceType, Scale

Object = dict[str, Any]

_GROUP: dict[str, Any] = {"group": "apps", "version": "v1", "namespaced": True, "strategic_merge": True}
_WORKLOAD: dict[str, Any] = {**_GROUP, "counts_generation": True, "categories": ("all",)}
_SCALE = Scale("spec.replicas", "status.replicas", "spec.selector")
_NEEDED = ("spec",)
_QUARTER = "25%"
TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"


def _rolling(field: str, defaults: Object) -> Any:
    """What completes a workload whose strategy in ``field`` is a rolling update unless it says otherwise."""

    def complete(obj: Object, old: Object | None) -> None:
        complete_template(obj, old)
        strategy = obj.get("spec", {}).get(field)
        if not isinstance(strategy, dict):
            return
        strategy.setdefault("type", "RollingUpdate")
        if strategy["type"] == "RollingUpdate":
            strategy["rollingUpdate"] = {**defaults, **(strategy.get("rollingUpdate") or {})}

    return complete


def _errors(obj: Object, old: Object | None) -> list[FieldError]:
    return template_errors(obj) + selector_change_errors(obj, old)


_complete_daemon_set = _rolling("updateStrategy", {"maxUnavailable": 1, "maxSurge": 0})


def _number_template(obj: Object, old: Object | None) -> None:
    """Count the templates of a DaemonSet in an annotation, as ``apps/v1`` still does."""
    _complete_daemon_set(obj, old)
    number = "1"
    if old is not None:
        number = (old["metadata"].get("annotations") or {}).get(TEMPLATE_GENERATION, "1")
        if number.isdigit() and at(obj, "spec", "template") != at(old, "spec", "template"):
            number = str(int(number) + 1)
    annotations = obj["metadata"].get("annotations") or {}
    if isinstance(annotations, dict):
        obj["metadata"]["annotations"] = {**annotations, TEMPLATE_GENERATION: number}


DEPLOYMENT = ResourceType(
    **_WORKLOAD,
    kind="Deployment",
    plural="deployments",
    singular="deployment",
    short_names=("deploy",),
    subresources=frozenset({"scale", "status"}),
    scale=_SCALE,
    prepare=_rolling("strategy", {"maxUnavailable": _QUARTER, "maxSurge": _QUARTER}),
    check=_errors,
    columns=(
        NAME,
        Column(
            "Ready",
            description="Pods ready, of those wanted.",
            render=of_desired(("spec", "replicas"), ("status", "readyReplicas")),
        ),
        Column("Up-to-date", description="Pods of the newest template.", render=count("status", "updatedReplicas")),
        Column("Available", description="Pods available.", render=count("status", "availableReplicas")),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ),
    schema=kind_schema(
        "Deployment",
        "Keeps pods of a template running and rolls out changes of it.",
        "DeploymentSpec",
        "DeploymentStatus",
        _NEEDED,
    ),
)

REPLICA_SET = ResourceType(
    **_WORKLOAD,
    kind="ReplicaSet",
    plural="replicasets",
    singular="replicaset",
    short_names=("rs",),
    subresources=frozenset({"scale", "status"}),
    selectable_fields=("status.replicas",),
    scale=_SCALE,
    prepare=complete_template,
    check=_errors,
    columns=(
        NAME,
        Column("Desired", "integer", "Pods wanted.", render=count("spec", "replicas")),
        Column("Current", "integer", "Pods there are.", render=count("status", "replicas")),
        Column("Ready", "integer", "Pods ready.", render=count("status", "readyReplicas")),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ),
    schema=kind_schema(
        "ReplicaSet", "Keeps a number of equal pods running.", "ReplicaSetSpec", "ReplicaSetStatus", _NEEDED
    ),
)


def _node_selector(obj: Object, _now: float) -> str:
    chosen = at(obj, "spec", "template", "spec", "nodeSelector") or {}
    return ",".join(f"{key}={value}" for key, value in sorted(chosen.items())) or NONE


DAEMON_SET = ResourceType(
    **_WORKLOAD,
    kind="DaemonSet",
    plural="daemonsets",
    singular="daemonset",
    short_names=("ds",),
    subresources=frozenset({"status"}),
    prepare=_number_template,
    check=_errors,
    columns=(
        NAME,
        Column("Desired", "integer", "Nodes that want a pod.", render=count("status", "desiredNumberScheduled")),
        Column("Current", "integer", "Nodes that have one.", render=count("status", "currentNumberScheduled")),
        Column("Ready", "integer", "Pods ready.", render=count("status", "numberReady")),
        Column(
            "Up-to-date", "integer", "Pods of the newest template.", render=count("status", "updatedNumberScheduled")
        ),
        Column("Available", "integer", "Pods available.", render=count("status", "numberAvailable")),
        Column("Node Selector", description="Which nodes.", render=_node_selector),
        AGE,
        CONTAINERS,
        IMAGES,
        SELECTOR,
    ),
    schema=kind_schema("DaemonSet", "Keeps a pod running on each node.", "DaemonSetSpec", "DaemonSetStatus", _NEEDED),
)

STATEFUL_SET = ResourceType(
    **_WORKLOAD,
    kind="StatefulSet",
    plural="statefulsets",
    singular="statefulset",
    short_names=("sts",),
    subresources=frozenset({"scale", "status"}),
    scale=_SCALE,
    prepare=_rolling("updateStrategy", {"partition": 0}),
    check=_errors,
    columns=(
        NAME,
        Column(
            "Ready",
            description="Pods ready, of those wanted.",
            render=of_desired(("spec", "replicas"), ("status", "readyReplicas")),
        ),
        AGE,
        CONTAINERS,
        IMAGES,
    ),
    schema=kind_schema(
        "StatefulSet",
        "Keeps pods with names and storage of their own.",
        "StatefulSetSpec",
        "StatefulSetStatus",
        _NEEDED,
    ),
)


def _controller(obj: Object, _now: float) -> str:
    for owner in obj["metadata"].get("ownerReferences") or ():
        if owner.get("controller"):
            group = owner["apiVersion"].rpartition("/")[0]
            return f"{owner['kind'].lower()}.{group}/{owner['name']}" if group else f"{owner['kind'].lower()}"
    return NONE


CONTROLLER_REVISION = ResourceType(
    **_GROUP,
    kind="ControllerRevision",
    plural="controllerrevisions",
    singular="controllerrevision",
    columns=(
        NAME,
        Column("Controller", description="Whose revision it is.", render=_controller),
        Column("Revision", "integer", "Number of the revision.", path=".revision"),
        AGE,
    ),
    schema=kind_schema(
        "ControllerRevision",
        "A past or present template of a workload.",
        required=("revision",),
        data={"type": "object", "description": "The template.", "x-kubernetes-preserve-unknown-fields": True},
        revision={"type": "integer", "format": "int64", "description": "Its number."},
    ),
)

APPS = (CONTROLLER_REVISION, DAEMON_SET, DEPLOYMENT, REPLICA_SET, STATEFUL_SET)

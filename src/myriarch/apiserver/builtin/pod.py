"""Built-in type Pod: schema, what the server completes, and the columns that kubectl users expect."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.cells import at
from myriarch.apiserver.builtin.pod_template import complete_pod_spec, containers_of, pod_spec_errors
from myriarch.apiserver.builtin.tables import kind_schema
from myriarch.apiserver.columns import AGE, NAME, NONE, Column
from myriarch.apiserver.errors import FieldError, forbidden_field
from myriarch.apiserver.kinds import ResourceType

Object = dict[str, Any]

GRACE_SECONDS = 30
_TOLERATED_SECONDS = 300
_MUTABLE = frozenset({"activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates"})
_IMAGE_LISTS = ("containers", "initContainers", "ephemeralContainers")
_ONLY = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)


def _complete(obj: Object, old: Object | None) -> None:
    spec = obj.get("spec")
    if not isinstance(spec, dict):
        return
    complete_pod_spec(spec)
    spec.setdefault("enableServiceLinks", True)
    for container in containers_of(spec):
        resources = container.get("resources")
        if isinstance(resources, dict) and isinstance(resources.get("limits"), dict):
            resources["requests"] = {**resources["limits"], **(resources.get("requests") or {})}
    if old is None:
        _begin(obj, spec)


def _begin(obj: Object, spec: Object) -> None:
    spec.setdefault("priority", 0)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    spec.setdefault("serviceAccountName", "default")
    spec["serviceAccount"] = spec["serviceAccountName"]
    tolerations = spec.setdefault("tolerations", [])
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if isinstance(tolerations, list) and not any(_tolerates(each, key) for each in tolerations):
            tolerations.append(
                {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _TOLERATED_SECONDS}
            )
    obj["status"] = {"phase": "Pending", "qosClass": quality(spec)}


def _tolerates(toleration: Any, key: str) -> bool:
    if not isinstance(toleration, dict):
        return False
    return toleration.get("key", "") in ("", key) and toleration.get("effect", "") in ("", "NoExecute")


def quality(spec: Object) -> str:
    """The pod's class of service: Guaranteed, Burstable or BestEffort."""
    wants = [(c.get("resources") or {}) for c in containers_of(spec)]
    requests = [w.get("requests") or {} for w in wants]
    limits = [w.get("limits") or {} for w in wants]
    if not any(requests) and not any(limits):
        return "BestEffort"
    sure = all(
        {"cpu", "memory"} <= set(limit) and request == limit for request, limit in zip(requests, limits, strict=True)
    )
    return "Guaranteed" if sure else "Burstable"


def _errors(obj: Object, old: Object | None) -> list[FieldError]:
    spec = obj.get("spec") or {}
    if old is None:
        return pod_spec_errors(spec, "spec")
    if _fixed(spec) != _fixed(old.get("spec") or {}):
        return [forbidden_field("spec", _ONLY)]
    return []


def _fixed(spec: Object) -> Object:
    """What of a pod's spec can't change."""
    out = {key: value for key, value in spec.items() if key not in _MUTABLE and key not in _IMAGE_LISTS}
    for field in _IMAGE_LISTS:
        out[field] = [{k: v for k, v in c.items() if k != "image"} for c in spec.get(field) or ()]
    return out


def _statuses(obj: Object) -> list[Object]:
    return at(obj, "status", "containerStatuses") or []


def _ready(obj: Object, _now: float) -> str:
    ready = sum(1 for each in _statuses(obj) if each.get("ready"))
    return f"{ready}/{len(at(obj, 'spec', 'containers') or ())}"


def _state(obj: Object, _now: float) -> str:
    shown = at(obj, "status", "reason") or at(obj, "status", "phase") or ""
    for each in _statuses(obj):
        state = each.get("state") or {}
        reason = at(state, "waiting", "reason") or at(state, "terminated", "reason")
        if reason:
            shown = reason
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    return str(shown)


def _restarts(obj: Object, _now: float) -> str:
    return str(sum(each.get("restartCount") or 0 for each in _statuses(obj)))


def _text(*keys: str) -> Any:
    return lambda obj, _now: at(obj, *keys) or NONE


def _gates(obj: Object, _now: float) -> str:
    gates = at(obj, "spec", "readinessGates") or ()
    held = {c.get("type") for c in at(obj, "status", "conditions") or () if c.get("status") == "True"}
    return f"{sum(1 for g in gates if g.get('conditionType') in held)}/{len(gates)}" if gates else NONE


POD = ResourceType(
    group="",
    version="v1",
    kind="Pod",
    plural="pods",
    singular="pod",
    namespaced=True,
    short_names=("po",),
    categories=("all",),
    strategic_merge=True,
    counts_generation=True,
    subresources=frozenset({"attach", "binding", "eviction", "exec", "log", "portforward", "proxy", "status"}),
    selectable_fields=(
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    prepare=_complete,
    check=_errors,
    columns=(
        NAME,
        Column("Ready", description="Containers ready, of all.", render=_ready),
        Column("Status", description="What the pod does.", render=_state),
        Column("Restarts", description="How often its containers began anew.", render=_restarts),
        AGE,
        Column("IP", description="Address of the pod.", priority=1, render=_text("status", "podIP")),
        Column("Node", description="Node that it runs on.", priority=1, render=_text("spec", "nodeName")),
        Column(
            "Nominated Node",
            description="Node that room is made on.",
            priority=1,
            render=_text("status", "nominatedNodeName"),
        ),
        Column("Readiness Gates", description="Gates passed, of all.", priority=1, render=_gates),
    ),
    schema=kind_schema("Pod", "Containers that run together on a node.", "PodSpec", "PodStatus", ("spec",)),
)

"""Which pods of a bundle each selector of it chooses. Pure.

Pods are known by the templates of workloads. A Service, a NetworkPolicy, a disruption budget and a workload choose by
labels; a HorizontalPodAutoscaler names a workload.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from myriarch.api.meta import LabelSelector

WORKLOADS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"})
_SELECTING: Final = frozenset({"NetworkPolicy", "PodDisruptionBudget", *WORKLOADS})

Object = Mapping[str, Any]


def chosen_by(selecting: Object, objects: Iterable[Object]) -> frozenset[str] | None:
    """Workloads (as ``Kind namespace/name``) whose pods ``selecting`` chooses; None where it chooses by nothing."""
    if selecting.get("kind") == "HorizontalPodAutoscaler":
        return _named(selecting, objects)
    selector = _selector_of(selecting)
    if selector is None:
        return None
    here = namespace_of(selecting)
    return frozenset(
        title(each) for each in objects if namespace_of(each) == here and _chooses(selector, pod_labels(each))
    )


def pod_labels(workload: Object) -> dict[str, str] | None:
    """The labels of a workload's pods; None where it has none."""
    spec = workload.get("spec") or {}
    if workload.get("kind") == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    elif workload.get("kind") == "Pod":
        return dict((workload.get("metadata") or {}).get("labels") or {})
    elif workload.get("kind") not in WORKLOADS:
        return None
    return dict(((spec.get("template") or {}).get("metadata") or {}).get("labels") or {})


def title(obj: Object) -> str:
    """How people name it: ``Deployment shop/web``."""
    namespace = namespace_of(obj)
    name = (obj.get("metadata") or {}).get("name", "")
    return f"{obj.get('kind', '')} {namespace}/{name}" if namespace else f"{obj.get('kind', '')} {name}"


def namespace_of(obj: Object) -> str:
    return str((obj.get("metadata") or {}).get("namespace") or "")


def _named(selecting: Object, objects: Iterable[Object]) -> frozenset[str]:
    wanted = (selecting.get("spec") or {}).get("scaleTargetRef") or {}
    kind, name, here = wanted.get("kind"), wanted.get("name"), namespace_of(selecting)
    return frozenset(
        title(each)
        for each in objects
        if each.get("kind") == kind and each["metadata"]["name"] == name and namespace_of(each) == here
    )


def _selector_of(obj: Object) -> LabelSelector | None:
    spec = obj.get("spec") or {}
    kind = obj.get("kind")
    if kind in ("Service", "ReplicationController"):
        labels = spec.get("selector") or {}
        return LabelSelector(match_labels=dict(labels)) if labels else None
    if kind not in _SELECTING:
        return None
    found = spec.get("podSelector" if kind == "NetworkPolicy" else "selector")
    if not isinstance(found, Mapping):
        return None
    try:
        return msgspec.convert(found, LabelSelector)
    except msgspec.ValidationError:
        return None


def _chooses(selector: LabelSelector, labels: dict[str, str] | None) -> bool:
    return labels is not None and selector.matches(labels)

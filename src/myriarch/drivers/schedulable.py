"""On which nodes a DaemonSet wants a pod: by its node selector, its required node affinity and the nodes' taints.

The rules are those of the DaemonSet controller (https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/):
some taints are tolerated by every DaemonSet pod.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from myriarch.drivers.node import Node, Taint

_ALWAYS_TOLERATED: Final = frozenset(
    {
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
        "node.kubernetes.io/disk-pressure",
        "node.kubernetes.io/memory-pressure",
        "node.kubernetes.io/pid-pressure",
        "node.kubernetes.io/unschedulable",
        "node.kubernetes.io/network-unavailable",
    }
)
_REPELLING: Final = frozenset({"NoSchedule", "NoExecute"})


def wants(pod_spec: Mapping[str, Any], node: Node) -> bool:
    """Whether a DaemonSet whose pods have ``pod_spec`` runs on ``node``."""
    labels = node.metadata.labels
    selector = pod_spec.get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in selector.items()):
        return False
    affinity = (pod_spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if required is not None and not any(_fits(term, node) for term in required.get("nodeSelectorTerms", [])):
        return False
    tolerations = pod_spec.get("tolerations") or []
    return all(_tolerated(taint, tolerations) for taint in node.spec.taints)


def _fits(term: Mapping[str, Any], node: Node) -> bool:
    labels = node.metadata.labels
    fields = {"metadata.name": node.metadata.name}
    expressions, matches = term.get("matchExpressions") or [], term.get("matchFields") or []
    if not expressions and not matches:
        return False
    return all(_holds(each, labels) for each in expressions) and all(_holds(each, fields) for each in matches)


def _holds(clause: Mapping[str, Any], found: Mapping[str, str]) -> bool:
    value, values = found.get(clause["key"]), clause.get("values") or []
    match clause.get("operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt":
            return _compares(str(clause["operator"]), value, values)
    return False


def _compares(operator: str, value: str | None, values: list[str]) -> bool:
    try:
        left, right = int(value or ""), int(values[0])
    except (ValueError, IndexError):
        return False
    return left > right if operator == "Gt" else left < right


def _tolerated(taint: Taint, tolerations: list[Mapping[str, Any]]) -> bool:
    if taint.effect not in _REPELLING or taint.key in _ALWAYS_TOLERATED:
        return True
    return any(_tolerates(each, taint) for each in tolerations)


def _tolerates(toleration: Mapping[str, Any], taint: Taint) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint.effect:
        return False
    if toleration.get("key") and toleration["key"] != taint.key:
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == taint.value

"""The part of a Pod that drivers read, and how a pod fares by what its status shows."""

from __future__ import annotations

from typing import Any, Final

from msgspec import field

from myriarch.api.meta import LabelSelector, ObjectMeta, Struct
from myriarch.client.resource import ResourceRef
from myriarch.drivers.driver import Symptom
from myriarch.drivers.node import READY, NodeCondition, seconds_of

PODS: Final = ResourceRef("", "v1", "pods", namespaced=True)

CRASHES: Final = frozenset({"CrashLoopBackOff", "RunContainerError", "StartError", "PostStartHookError"})
"""Reasons for which a container waits that mean it ran, or tried to."""

FAULTS: Final = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError", "CreateContainerError"}
)
"""Reasons that mean it can't be made."""


class Waits(Struct, kw_only=True):
    reason: str = ""


class Terminated(Struct, kw_only=True):
    exit_code: int = 0
    reason: str = ""


class ContainerState(Struct, kw_only=True):
    waiting: Waits | None = None
    terminated: Terminated | None = None


class ContainerStatus(Struct, kw_only=True):
    """``v1.ContainerStatus``, as far as it is read."""

    restart_count: int = 0
    state: ContainerState = field(default_factory=ContainerState)
    last_state: ContainerState = field(default_factory=ContainerState)


class PodSpec(Struct, kw_only=True):
    """``v1.PodSpec``, as far as it is read."""

    node_name: str = ""
    affinity: dict[str, Any] = {}
    volumes: list[dict[str, Any]] = []


class PodStatus(Struct, kw_only=True):
    """``v1.PodStatus``, as far as it is read."""

    phase: str = "Pending"
    conditions: list[NodeCondition] = []
    container_statuses: list[ContainerStatus] = []
    init_container_statuses: list[ContainerStatus] = []


class Pod(Struct, kw_only=True):
    """``v1.Pod``, as far as it is read."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: PodSpec = field(default_factory=PodSpec)
    status: PodStatus = field(default_factory=PodStatus)

    @property
    def ending(self) -> bool:
        """Whether it is being deleted."""
        return self.metadata.deletion_timestamp is not None

    @property
    def over(self) -> bool:
        """Whether it ran, and runs no more."""
        return self.status.phase in ("Succeeded", "Failed")

    @property
    def full_name(self) -> str:
        return f"{self.metadata.namespace}/{self.metadata.name}"


def node_of(pod: Pod) -> str:
    """The node that the pod is on, or that its controller made it for."""
    if pod.spec.node_name:
        return pod.spec.node_name
    required = (pod.spec.affinity.get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    for term in (required or {}).get("nodeSelectorTerms", []):
        for match in term.get("matchFields", []):
            if match.get("key") == "metadata.name" and len(match.get("values", [])) == 1:
                return str(match["values"][0])
    return ""


def restarts(pod: Pod) -> int:
    return sum(container.restart_count for container in pod.status.container_statuses)


def fares(pod: Pod) -> tuple[int, float]:
    """What ails the pod (``driver.Symptom``), and since when (Unix seconds)."""
    ready = next((each for each in pod.status.conditions if each.type == READY), None)
    if ready is not None and ready.status == "True":
        return Symptom.HEALTHY, 0.0
    since = seconds_of((ready.last_transition_time if ready else None) or pod.metadata.creation_timestamp)
    return (Symptom.CRASHED if _crashes(pod) else Symptom.NOT_READY), since


def has_shown(pod: Pod) -> bool:
    """Whether it is known by now how the pod fares: it is ready, or what ails it won't pass by waiting a little."""
    if fares(pod)[0] != Symptom.NOT_READY:
        return True
    return any(_waits(container) in FAULTS for container in _containers(pod))


def _crashes(pod: Pod) -> bool:
    return pod.status.phase == "Failed" or any(_has_crashed(container) for container in _containers(pod))


def _has_crashed(container: ContainerStatus) -> bool:
    if _waits(container) in CRASHES:
        return True
    last = container.state.terminated or container.last_state.terminated
    return last is not None and last.exit_code != 0


def _containers(pod: Pod) -> list[ContainerStatus]:
    return [*pod.status.init_container_statuses, *pod.status.container_statuses]


def _waits(container: ContainerStatus) -> str:
    return container.state.waiting.reason if container.state.waiting is not None else ""


def selector_text(selector: LabelSelector) -> str:
    """A label selector as lists take it."""
    clauses = [f"{key}={value}" for key, value in selector.match_labels.items()]
    for each in selector.match_expressions:
        values = ",".join(each.values)
        match each.operator:
            case "In":
                clauses.append(f"{each.key} in ({values})")
            case "NotIn":
                clauses.append(f"{each.key} notin ({values})")
            case "Exists":
                clauses.append(each.key)
            case _:
                clauses.append(f"!{each.key}")
    return ",".join(clauses)

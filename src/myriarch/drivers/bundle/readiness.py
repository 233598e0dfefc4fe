"""Whether an object has become what it was told to be, read off the object alone.

The rules follow the Kubernetes API conventions and those that kstatus (sigs.k8s.io/cli-utils) made common: an object
is Current when its controller has seen the newest generation and says that nothing is left to do. One difference: a
Job is Current when it is complete, not when it has begun, because what comes after it may need what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from myriarch.client.objects import Raw


class State(StrEnum):
    """How far an object is."""

    CURRENT = "Current"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    TERMINATING = "Terminating"
    NOT_FOUND = "NotFound"


@dataclass(frozen=True, slots=True)
class Readiness:
    """``message`` says what is left to do, or what failed."""

    state: State
    message: str = ""


_CURRENT: Final = Readiness(State.CURRENT)
_CRASHES: Final = frozenset({"CrashLoopBackOff", "RunContainerError", "CreateContainerConfigError"})
_PULLS: Final = frozenset({"ErrImagePull", "ImagePullBackOff", "InvalidImageName"})


def readiness_of(live: Raw | None, group: str, kind: str) -> Readiness:
    """Of an object of the kind; None where it is not there. (Items of lists don't say their kind themselves.)"""
    if live is None:
        return Readiness(State.NOT_FOUND, "it is not there")
    if live["metadata"].get("deletionTimestamp"):
        return Readiness(State.TERMINATING, "it is being deleted")
    status = live.get("status") or {}
    observed = status.get("observedGeneration")
    generation = live["metadata"].get("generation")
    if observed is not None and generation is not None and observed != generation:
        return _progress("its controller has not seen the newest generation")
    rule = _RULES.get((group, kind))
    return rule(live, live.get("spec") or {}, status) if rule else _generic(live, {}, status)


def condition_of(live: Raw, name: str) -> Mapping[str, Any]:
    """The condition of that type; empty where there is none."""
    for condition in (live.get("status") or {}).get("conditions") or ():
        if isinstance(condition, dict) and condition.get("type") == name:
            return condition
    return {}


def crash_of(pod: Raw) -> str:
    """What keeps a container of the pod from running; '' where nothing does."""
    status = pod.get("status") or {}
    for name in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(name) or ():
            reason = ((container.get("state") or {}).get("waiting") or {}).get("reason", "")
            if reason in _CRASHES or reason in _PULLS:
                return f"container {container.get('name')} of pod {pod['metadata']['name']}: {reason}"
    return ""


def _progress(message: str) -> Readiness:
    return Readiness(State.IN_PROGRESS, message)


def _is(condition: Mapping[str, Any], status: str) -> bool:
    return bool(condition.get("status") == status)


def _said(condition: Mapping[str, Any]) -> str:
    return str(condition.get("message") or condition.get("reason") or condition.get("type"))


def _generic(live: Raw, _spec: Raw, _status: Raw) -> Readiness:
    """By the standard conditions; an object without any is Current as soon as it is there."""
    if _is(stalled := condition_of(live, "Stalled"), "True"):
        return Readiness(State.FAILED, _said(stalled))
    if _is(reconciling := condition_of(live, "Reconciling"), "True"):
        return _progress(_said(reconciling))
    ready = condition_of(live, "Ready")
    if ready and not _is(ready, "True"):
        return _progress(_said(ready))
    return _CURRENT


def _counts(wanted: int, counts: tuple[tuple[str, int], ...]) -> Readiness:
    """InProgress at the first count below what is wanted."""
    for what, count in counts:
        if count < wanted:
            return _progress(f"{count} of {wanted} {what}")
    return _CURRENT


def _unseen(live: Raw, status: Raw) -> bool:
    """Whether a workload's controller has not spoken at all."""
    return "observedGeneration" not in status and "generation" in live["metadata"]


def _deployment(live: Raw, spec: Raw, status: Raw) -> Readiness:
    progressing = condition_of(live, "Progressing")
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return Readiness(State.FAILED, _said(progressing))
    if _unseen(live, status):
        return _progress("its controller has not seen it")
    wanted, updated = spec.get("replicas", 1), status.get("updatedReplicas", 0)
    found = _counts(wanted, (("replicas updated", updated),))
    if found is not _CURRENT:
        return found
    if status.get("replicas", 0) > updated:
        return _progress(f"{status['replicas'] - updated} old replicas are still there")
    available, ready = status.get("availableReplicas", 0), status.get("readyReplicas", 0)
    found = _counts(wanted, (("replicas available", available), ("replicas ready", ready)))
    if found is not _CURRENT:
        return found
    says = condition_of(live, "Available")
    return _progress(_said(says)) if says and not _is(says, "True") else _CURRENT


def _replica_set(live: Raw, spec: Raw, status: Raw) -> Readiness:
    if _is(failure := condition_of(live, "ReplicaFailure"), "True"):
        return _progress(_said(failure))
    if _unseen(live, status):
        return _progress("its controller has not seen it")
    wanted = spec.get("replicas", 1)
    counts = (
        ("replicas labelled", status.get("fullyLabeledReplicas", 0)),
        ("replicas available", status.get("availableReplicas", 0)),
        ("replicas ready", status.get("readyReplicas", 0)),
    )
    found = _counts(wanted, counts)
    if found is _CURRENT and status.get("replicas", 0) > wanted:
        return _progress("replicas are left over")
    return found


def _stateful_set(live: Raw, spec: Raw, status: Raw) -> Readiness:
    if _unseen(live, status):
        return _progress("its controller has not seen it")
    strategy = spec.get("updateStrategy") or {}
    wanted = spec.get("replicas", 1)
    found = _counts(
        wanted, (("replicas there", status.get("replicas", 0)), ("replicas ready", status.get("readyReplicas", 0)))
    )
    if found is not _CURRENT or strategy.get("type") == "OnDelete":
        return found
    if status.get("replicas", 0) > wanted:
        return _progress("replicas are left over")
    partition = (strategy.get("rollingUpdate") or {}).get("partition", 0)
    if partition:
        return _counts(wanted - partition, (("replicas updated", status.get("updatedReplicas", 0)),))
    if status.get("currentRevision", "") != status.get("updateRevision", ""):
        return _progress("replicas of an older revision are left")
    return _counts(wanted, (("replicas current", status.get("currentReplicas", 0)),))


def _daemon_set(live: Raw, spec: Raw, status: Raw) -> Readiness:
    if _unseen(live, status) or "desiredNumberScheduled" not in status:
        return _progress("its controller has not seen it")
    counts = [("pods scheduled", status.get("currentNumberScheduled", 0))]
    if (spec.get("updateStrategy") or {}).get("type") != "OnDelete":
        counts.append(("pods updated", status.get("updatedNumberScheduled", 0)))
    counts += [("pods available", status.get("numberAvailable", 0)), ("pods ready", status.get("numberReady", 0))]
    return _counts(status["desiredNumberScheduled"], tuple(counts))


def _pod(live: Raw, _spec: Raw, status: Raw) -> Readiness:
    phase = status.get("phase", "Pending")
    if phase == "Failed":
        return Readiness(State.FAILED, str(status.get("message") or status.get("reason") or "it failed"))
    if crash := crash_of(live):
        return Readiness(State.FAILED, crash)
    if phase == "Succeeded" or _is(condition_of(live, "Ready"), "True"):
        return _CURRENT
    unscheduled = condition_of(live, "PodScheduled")
    return _progress(_said(unscheduled) if _is(unscheduled, "False") else f"it is {phase}")


def _job(live: Raw, spec: Raw, _status: Raw) -> Readiness:
    if _is(failed := condition_of(live, "Failed"), "True"):
        return Readiness(State.FAILED, _said(failed))
    if _is(condition_of(live, "Complete"), "True") or spec.get("suspend"):
        return _CURRENT
    return _progress("it is not complete")


def _claim(_live: Raw, _spec: Raw, status: Raw) -> Readiness:
    phase = status.get("phase", "Pending")
    return _CURRENT if phase == "Bound" else _progress(f"it is {phase}, not Bound")


def _service(_live: Raw, spec: Raw, _status: Raw) -> Readiness:
    if spec.get("type") == "LoadBalancer" and not spec.get("clusterIP"):
        return _progress("it has no cluster IP")
    return _CURRENT


def _crd(live: Raw, _spec: Raw, _status: Raw) -> Readiness:
    if _is(names := condition_of(live, "NamesAccepted"), "False"):
        return Readiness(State.FAILED, _said(names))
    if _is(condition_of(live, "Established"), "True"):
        return _CURRENT
    return _progress("it is not established")


def _api_service(live: Raw, _spec: Raw, _status: Raw) -> Readiness:
    available = condition_of(live, "Available")
    return _CURRENT if _is(available, "True") else _progress(_said(available) if available else "it is not available")


def _budget(live: Raw, _spec: Raw, status: Raw) -> Readiness:
    return _progress("its controller has not seen it") if _unseen(live, status) else _CURRENT


def _namespace(_live: Raw, _spec: Raw, status: Raw) -> Readiness:
    phase = status.get("phase", "Active")
    return _CURRENT if phase == "Active" else Readiness(State.TERMINATING, f"it is {phase}")


_RULES: Final[dict[tuple[str, str], Callable[[Raw, Raw, Raw], Readiness]]] = {
    ("apps", "Deployment"): _deployment,
    ("apps", "ReplicaSet"): _replica_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "DaemonSet"): _daemon_set,
    ("batch", "Job"): _job,
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Namespace"): _namespace,
    ("policy", "PodDisruptionBudget"): _budget,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _crd,
    ("apiregistration.k8s.io", "APIService"): _api_service,
}

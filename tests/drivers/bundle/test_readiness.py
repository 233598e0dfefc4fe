"""When an object is what it was told to be, kind by kind."""

from __future__ import annotations

from typing import Any

import pytest

from myriarch.drivers.bundle.readiness import State, readiness_of


def live(spec: dict[str, Any] | None = None, status: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": "x", **metadata}, "spec": spec or {}, "status": status or {}}


def condition(name: str, status: str, reason: str = "") -> dict[str, str]:
    return {"type": name, "status": status, "reason": reason, "message": f"{name} is {status}"}


def seen(**status: Any) -> dict[str, Any]:
    """A status of which the controller has seen the newest generation."""
    return {"observedGeneration": 2, **status}


FULL = {"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3, "readyReplicas": 3}
DAEMONS = {
    "desiredNumberScheduled": 3,
    "currentNumberScheduled": 3,
    "updatedNumberScheduled": 3,
    "numberAvailable": 3,
    "numberReady": 3,
}
STATEFUL = {"replicas": 3, "readyReplicas": 3, "currentReplicas": 3, "currentRevision": "a", "updateRevision": "a"}
WAITING = {"name": "main", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}


@pytest.mark.parametrize(
    ("group", "kind", "spec", "status", "state"),
    [
        ("apps", "Deployment", {"replicas": 3}, seen(**FULL), State.CURRENT),
        ("apps", "Deployment", {"replicas": 3}, seen(**FULL) | {"observedGeneration": 1}, State.IN_PROGRESS),
        ("apps", "Deployment", {"replicas": 3}, {}, State.IN_PROGRESS),
        ("apps", "Deployment", {"replicas": 3}, seen(**FULL | {"updatedReplicas": 2}), State.IN_PROGRESS),
        ("apps", "Deployment", {"replicas": 3}, seen(**FULL | {"replicas": 4}), State.IN_PROGRESS),
        ("apps", "Deployment", {"replicas": 3}, seen(**FULL | {"readyReplicas": 2}), State.IN_PROGRESS),
        ("apps", "Deployment", {}, seen(**FULL, conditions=[condition("Available", "False")]), State.IN_PROGRESS),
        (
            "apps",
            "Deployment",
            {"replicas": 3},
            seen(conditions=[condition("Progressing", "False", "ProgressDeadlineExceeded")]),
            State.FAILED,
        ),
        ("apps", "DaemonSet", {}, seen(**DAEMONS), State.CURRENT),
        ("apps", "DaemonSet", {}, seen(**DAEMONS | {"numberReady": 2}), State.IN_PROGRESS),
        ("apps", "DaemonSet", {}, seen(**DAEMONS | {"updatedNumberScheduled": 0}), State.IN_PROGRESS),
        (
            "apps",
            "DaemonSet",
            {"updateStrategy": {"type": "OnDelete"}},
            seen(**DAEMONS | {"updatedNumberScheduled": 0}),
            State.CURRENT,
        ),
        ("apps", "StatefulSet", {"replicas": 3}, seen(**STATEFUL), State.CURRENT),
        ("apps", "StatefulSet", {"replicas": 3}, seen(**STATEFUL | {"updateRevision": "b"}), State.IN_PROGRESS),
        ("apps", "StatefulSet", {"replicas": 3}, seen(**STATEFUL | {"readyReplicas": 1}), State.IN_PROGRESS),
        (
            "apps",
            "StatefulSet",
            {"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}},
            seen(**STATEFUL | {"updatedReplicas": 1, "updateRevision": "b"}),
            State.CURRENT,
        ),
        (
            "apps",
            "ReplicaSet",
            {"replicas": 1},
            seen(fullyLabeledReplicas=1, availableReplicas=1, readyReplicas=1, replicas=1),
            State.CURRENT,
        ),
        ("apps", "ReplicaSet", {}, seen(conditions=[condition("ReplicaFailure", "True")]), State.IN_PROGRESS),
        ("batch", "Job", {}, {"conditions": [condition("Complete", "True")]}, State.CURRENT),
        ("batch", "Job", {}, {"startTime": "now", "active": 1}, State.IN_PROGRESS),
        ("batch", "Job", {}, {"conditions": [condition("Failed", "True")]}, State.FAILED),
        ("", "Pod", {}, {"phase": "Running", "conditions": [condition("Ready", "True")]}, State.CURRENT),
        ("", "Pod", {}, {"phase": "Succeeded"}, State.CURRENT),
        ("", "Pod", {}, {"phase": "Pending"}, State.IN_PROGRESS),
        ("", "Pod", {}, {"phase": "Failed"}, State.FAILED),
        ("", "Pod", {}, {"phase": "Running", "containerStatuses": [WAITING]}, State.FAILED),
        ("", "PersistentVolumeClaim", {}, {"phase": "Bound"}, State.CURRENT),
        ("", "PersistentVolumeClaim", {}, {"phase": "Pending"}, State.IN_PROGRESS),
        ("", "Service", {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}, {}, State.CURRENT),
        ("", "Service", {"type": "LoadBalancer"}, {}, State.IN_PROGRESS),
        ("", "Namespace", {}, {"phase": "Terminating"}, State.TERMINATING),
        ("policy", "PodDisruptionBudget", {}, seen(currentHealthy=0), State.CURRENT),
        ("policy", "PodDisruptionBudget", {}, {}, State.IN_PROGRESS),
        (
            "apiextensions.k8s.io",
            "CustomResourceDefinition",
            {},
            {"conditions": [condition("Established", "True")]},
            State.CURRENT,
        ),
        ("apiextensions.k8s.io", "CustomResourceDefinition", {}, {}, State.IN_PROGRESS),
        (
            "apiextensions.k8s.io",
            "CustomResourceDefinition",
            {},
            {"conditions": [condition("NamesAccepted", "False")]},
            State.FAILED,
        ),
        (
            "apiregistration.k8s.io",
            "APIService",
            {},
            {"conditions": [condition("Available", "False")]},
            State.IN_PROGRESS,
        ),
        ("example.com", "Gear", {}, {}, State.CURRENT),
        ("example.com", "Gear", {}, {"conditions": [condition("Ready", "Unknown")]}, State.IN_PROGRESS),
        ("example.com", "Gear", {}, {"conditions": [condition("Ready", "True")]}, State.CURRENT),
        ("example.com", "Gear", {}, {"conditions": [condition("Reconciling", "True")]}, State.IN_PROGRESS),
        ("example.com", "Gear", {}, {"conditions": [condition("Stalled", "True")]}, State.FAILED),
        ("example.com", "Gear", {}, {"observedGeneration": 1}, State.IN_PROGRESS),
    ],
)
def test_states(group: str, kind: str, spec: dict[str, Any], status: dict[str, Any], state: State) -> None:
    found = readiness_of(live(spec, status, generation=2), group, kind)
    assert found.state is state, found
    assert bool(found.message) is (state is not State.CURRENT)


def test_what_is_gone_or_going() -> None:
    assert readiness_of(None, "", "ConfigMap").state is State.NOT_FOUND
    going = live(deletionTimestamp="2026-01-05T00:00:00Z")
    assert readiness_of(going, "", "ConfigMap").state is State.TERMINATING

"""Pods on KWOK's nodes live as `stages.yaml` says: jobs are done, and annotated pods fail or stay unready."""

from __future__ import annotations

import time
from typing import Any

from tests.kube.control_plane import ControlPlane

PATIENCE_SECONDS = 60.0
STORY = "tests.myriarch.io/pod"
PODS = "/api/v1/namespaces/default/pods"
JOBS = "/apis/batch/v1/namespaces/default/jobs"
CONTAINERS = {"containers": [{"name": "c", "image": "example.org/c:1"}]}


def status_when(plane: ControlPlane, path: str, **wanted: object) -> dict[str, Any]:
    """The status of an object once it holds these fields."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        status: dict[str, Any] = plane.admin.get(path).get("status", {})
        if all(status.get(name) == value for name, value in wanted.items()):
            return status
        assert time.monotonic() < deadline, f"{path}: {status}"
        time.sleep(0.05)


def make_pod(plane: ControlPlane, name: str, annotations: dict[str, str]) -> str:
    plane.admin.create(PODS, {"metadata": {"name": name, "annotations": annotations}, "spec": CONTAINERS})
    return f"{PODS}/{name}"


def make_job(plane: ControlPlane, name: str, story: str) -> str:
    template = {"metadata": {"annotations": {STORY: story}}, "spec": {**CONTAINERS, "restartPolicy": "Never"}}
    plane.admin.create(JOBS, {"metadata": {"name": name}, "spec": {"backoffLimit": 0, "template": template}})
    return f"{JOBS}/{name}"


def is_ready(status: dict[str, Any]) -> bool:
    return bool({each["type"]: each["status"] for each in status["conditions"]}["Ready"] == "True")


def test_pods_run_and_are_ready_unless_told_otherwise(full_control_plane: ControlPlane) -> None:
    plane = full_control_plane
    plain = make_pod(plane, "plain", {"other": "annotation"})
    unready = make_pod(plane, "unready", {STORY: "never-ready"})
    by_hand = make_pod(plane, "by-hand", {STORY: "by-hand"})
    assert is_ready(status_when(plane, plain, phase="Running"))
    assert not is_ready(status_when(plane, unready, phase="Running"))
    assert plane.admin.get(by_hand)["status"]["phase"] == "Pending"
    for path in (plain, unready, by_hand):
        plane.admin.delete(path)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(plane.admin.is_ok(path) for path in (plain, unready, by_hand)):
        assert time.monotonic() < deadline, "deleted pods go away"
        time.sleep(0.05)


def test_jobs_are_done_or_fail(full_control_plane: ControlPlane) -> None:
    plane = full_control_plane
    done, failed = make_job(plane, "done", "done"), make_job(plane, "failed", "fails")
    status_when(plane, done, succeeded=1)
    status_when(plane, failed, failed=1)
    for path in (done, failed):
        plane.admin.delete(f"{path}?propagationPolicy=Background")


def test_a_pod_that_was_marked_unready_is_ready_again(full_control_plane: ControlPlane) -> None:
    plane = full_control_plane
    pod = make_pod(plane, "marked", {})
    status_when(plane, pod, phase="Running")
    unready = {"type": "Ready", "status": "False"}
    plane.admin.merge(f"{pod}/status", {"status": {"conditions": [unready]}})
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_ready(plane.admin.get(pod)["status"]):
        assert time.monotonic() < deadline, "it is ready again"
        time.sleep(0.05)
    plane.admin.delete(pod)

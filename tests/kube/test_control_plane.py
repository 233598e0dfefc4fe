"""The fixture itself: control planes start together, break and mend as told, run pods, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from tests.kube.components import binary
from tests.kube.control_plane import APISERVER, ETCD, ControlPlane
from tests.kube.fixtures import SHARED_NODES, StartControlPlane
from tests.kube.processes import ProcessFailed
from tests.kube.rest import RequestFailed, Rest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60.0
APPS = "/apis/apps/v1/namespaces/default/deployments"
CRASH = """
import os, sys
from pathlib import Path
from tests.kube.control_plane import ControlPlane
plane = ControlPlane.start(Path(sys.argv[1]))
print(*[plane.process(name).pid for name in plane.names], flush=True)
sys.stdin.read()
"""


def eventually(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def make_namespace(plane: ControlPlane, name: str) -> None:
    plane.admin.create("/api/v1/namespaces", {"metadata": {"name": name}})


@pytest.mark.kube
def test_two_minors_start_at_once_and_are_apart(tmp_path: Path) -> None:
    folders = {minor: tmp_path / minor for minor in ("1.34", "1.35")}
    for minor in folders:
        binary(APISERVER, minor)
    with ThreadPoolExecutor() as pool:
        starting = {minor: pool.submit(ControlPlane.start, folder, minor) for minor, folder in folders.items()}
        planes = {minor: each.result() for minor, each in starting.items()}
    pids = [plane.process(name).pid for plane in planes.values() for name in plane.names]
    try:
        for minor, plane in planes.items():
            version = plane.admin.get("/version")
            assert version["gitVersion"].startswith(f"v{minor}.")
            assert (version["major"], version["minor"]) == tuple(minor.split("."))
            make_namespace(plane, f"only-{minor.replace('.', '-')}")
        assert planes["1.34"].admin.is_ok("/api/v1/namespaces/only-1-34")
        assert not planes["1.34"].admin.is_ok("/api/v1/namespaces/only-1-35")
    finally:
        for plane in planes.values():
            plane.stop()
    assert not [pid for pid in pids if is_alive(pid)]


def test_what_was_written_survives_kill_and_restart(control_planes: StartControlPlane) -> None:
    plane = control_planes()
    make_namespace(plane, "kept")
    url = plane.url
    for name in (APISERVER, ETCD):
        plane.kill(name)
        assert not plane.process(name).is_running
        plane.restart(name)
    eventually(lambda: plane.admin.is_ok("/readyz"), "the API server finds etcd again")
    assert plane.url == url
    assert plane.admin.is_ok("/api/v1/namespaces/kept")


def test_a_paused_server_answers_again_when_resumed(control_planes: StartControlPlane) -> None:
    plane = control_planes()
    plane.pause(APISERVER)
    plane.resume(APISERVER)
    eventually(lambda: plane.admin.is_ok("/readyz"), "the API server goes on")


def test_users_come_by_certificate_and_by_token(control_planes: StartControlPlane) -> None:
    plane = control_planes(users={"robot": ["readers"]})
    who = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    context = plane.credentials.anonymous_tls()

    def name_of(token: str) -> str:
        answer = Rest(plane.url, context, token).create(reviews, who)
        return str(answer["status"]["userInfo"]["username"])

    assert name_of(plane.token_for_user("robot")) == "robot"
    assert name_of(plane.token_for("default", "walker")) == "system:serviceaccount:default:walker"
    with pytest.raises(RequestFailed) as refused:
        name_of("worthless")
    assert refused.value.code == 401
    config = plane.kubeconfig_for("ann", ["writers"])
    kubectl = [str(binary("kubectl")), "--kubeconfig", str(config)]
    answer = subprocess.run([*kubectl, "auth", "whoami"], capture_output=True, text=True, timeout=60)
    assert "ann" in answer.stdout
    assert "writers" in answer.stdout
    refused_list = subprocess.run([*kubectl, "get", "nodes"], capture_output=True, text=True, timeout=60)
    assert "Forbidden" in refused_list.stderr
    expired = ["--kubeconfig", str(plane.kubeconfig_for("old", life=-timedelta(minutes=1))), "get", "namespaces"]
    unknown = subprocess.run([kubectl[0], *expired], capture_output=True, text=True, timeout=60)
    assert "Unauthorized" in unknown.stderr


def test_pods_of_a_deployment_run_on_the_nodes(full_control_plane: ControlPlane) -> None:
    plane = full_control_plane
    nodes = plane.admin.get("/api/v1/nodes")["items"]
    assert len(nodes) == SHARED_NODES
    assert len({each["metadata"]["labels"]["topology.kubernetes.io/zone"] for each in nodes}) > 1
    labels = {"app": "web"}
    pod = {"containers": [{"name": "web", "image": "example.org/web:1"}]}
    spec = {
        "replicas": 3,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
    }
    plane.admin.create(APPS, {"metadata": {"name": "web"}, "spec": spec})
    try:
        eventually(lambda: plane.admin.get(f"{APPS}/web")["status"].get("readyReplicas") == 3, "three pods are ready")
        pods = plane.admin.get("/api/v1/namespaces/default/pods?labelSelector=app%3Dweb")["items"]
        assert {each["status"]["phase"] for each in pods} == {"Running"}
    finally:
        plane.admin.delete(f"{APPS}/web")


def test_what_does_not_come_up_says_why(control_planes: StartControlPlane) -> None:
    with pytest.raises(ProcessFailed, match="unknown flag: --no-such-flag"):
        control_planes(apiserver_flags=["--no-such-flag"])


@pytest.mark.kube
def test_nothing_outlives_tests_that_are_killed(tmp_path: Path) -> None:
    binary(APISERVER)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CRASH, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as crashing:
        assert crashing.stdout is not None
        pids = [int(pid) for pid in crashing.stdout.readline().split()]
        assert len(pids) == 2
        assert all(is_alive(pid) for pid in pids)
        crashing.send_signal(signal.SIGKILL)
    eventually(lambda: not any(is_alive(pid) for pid in pids), f"{pids} still run")

"""A program on controller-runtime (`components/controller-runtime-sample`): informers, owners, finalizers, a Lease."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.clients.house import House, eventually
from tests.kube.components import binary
from tests.kubectl import Kubectl

pytestmark = pytest.mark.kube

WIDGET = """
apiVersion: clients.example/v1
kind: Widget
metadata: {name: w}
spec: {size: 2}
"""
STOP_SECONDS = 20

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(house: House, namespace: str, tmp_path: Path) -> Iterator[Start]:
    """Starts the program in the test's namespace; what it says goes into a file of the test's folder."""
    started: list[subprocess.Popen[bytes]] = []

    def run(*options: str) -> subprocess.Popen[bytes]:
        program = binary("controller-runtime-sample")
        command = [program, "-config", house.kubeconfig, "-namespace", namespace, *options]
        with (tmp_path / f"log-{len(started)}").open("wb") as log:
            started.append(subprocess.Popen(command, stdout=log, stderr=log))
        return started[-1]

    yield run
    for process in started:
        process.terminate()
    for process in started:
        process.wait(STOP_SECONDS)


def got(kubectl: Kubectl, *arguments: str) -> Any:
    return json.loads(kubectl("get", "--ignore-not-found", *arguments, "-o", "json") or "{}")


def kept(kubectl: Kubectl) -> str:
    return str(got(kubectl, "configmap", "w").get("data", {}).get("size", ""))


def test_it_keeps_what_it_owns_and_lets_go(start: Start, kubectl: Kubectl) -> None:
    start()
    kubectl("apply", "-f", "-", stdin=WIDGET)
    eventually(lambda: kept(kubectl) == "2")
    eventually(lambda: got(kubectl, "wd", "w").get("status", {}).get("seen") == 2)
    widget = got(kubectl, "wd", "w")
    assert widget["metadata"]["finalizers"] == ["clients.example/sample"]
    owner = got(kubectl, "configmap", "w")["metadata"]["ownerReferences"][0]
    assert (owner["uid"], owner["controller"]) == (widget["metadata"]["uid"], True)

    kubectl("patch", "wd", "w", "--type=merge", "-p", '{"spec":{"size":3}}')
    eventually(lambda: kept(kubectl) == "3")
    kubectl("patch", "configmap", "w", "--type=merge", "-p", '{"data":{"size":"wrong"}}')
    eventually(lambda: kept(kubectl) == "3")
    uid = got(kubectl, "configmap", "w")["metadata"]["uid"]
    kubectl("delete", "configmap", "w")
    eventually(lambda: kept(kubectl) == "3" and got(kubectl, "configmap", "w")["metadata"]["uid"] != uid)

    kubectl("delete", "wd", "w", "--wait", "--timeout=30s")
    assert got(kubectl, "configmap", "w") == {}


def test_one_of_two_leads_and_the_other_takes_over_when_it_is_killed(start: Start, kubectl: Kubectl) -> None:
    first = start("-elect")
    holder = eventually(lambda: got(kubectl, "lease", "sample").get("spec", {}).get("holderIdentity"))
    start("-elect")
    kubectl("apply", "-f", "-", stdin=WIDGET)
    eventually(lambda: kept(kubectl) == "2")
    first.kill()
    first.wait(STOP_SECONDS)
    kubectl("patch", "wd", "w", "--type=merge", "-p", '{"spec":{"size":4}}')
    eventually(lambda: kept(kubectl) == "4")
    assert got(kubectl, "lease", "sample")["spec"]["holderIdentity"] != holder
    kubectl("delete", "wd", "w", "--wait", "--timeout=30s")

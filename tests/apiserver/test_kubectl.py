"""The real kubectl against the server: what people type works, on built-ins, on nodes and on a CRD's kind."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.apiserver.embedded import Api
from tests.apiserver.fake_nodes import FakeNodes
from tests.kubectl import Kubectl

from myriarch.apiserver.auth import TokenAuth
from myriarch.apiserver.kubeconfig import write_kubeconfig
from myriarch.apiserver.serve import LoopServer

KUBECTL = Path(sys.executable).with_name("kubectl")
pytestmark = [
    pytest.mark.kubectl,
    pytest.mark.skipif(not KUBECTL.exists(), reason="kubectl is not installed beside python"),
]

WIDGET = """
apiVersion: test.io/v1
kind: Widget
metadata: {name: w}
spec: {size: %d}
"""
CONFIG_MAP = """
apiVersion: v1
kind: ConfigMap
metadata: {name: c, labels: {team: x}}
data: {a: "%d"}
"""
LEASE = """
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: {name: l}
spec: {holderIdentity: me, leaseDurationSeconds: 60}
"""
EVENT = """
apiVersion: v1
kind: Event
metadata: {name: e}
involvedObject: {kind: Widget, name: w, namespace: default, uid: %s}
reason: Happened
message: It happened.
type: Normal
firstTimestamp: "2026-01-01T00:00:00Z"
lastTimestamp: "2026-01-01T00:00:00Z"
count: 1
"""


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    """A server of its own thread and loop, for all tests of this file."""
    import asyncio

    folder = tmp_path_factory.mktemp("kubectl")
    kubeconfig = folder / "kubeconfig"
    kubectl = Kubectl(KUBECTL, kubeconfig, "default", folder)
    ready, stop = threading.Event(), threading.Event()

    async def serve() -> None:
        api = Api(nodes=FakeNodes({"c1": {"n1": True, "n2": False}}))
        server = LoopServer(api.server.handle, TokenAuth({"secret": "ann"}))
        await server.start()
        write_kubeconfig(kubeconfig, url=server.url, token="secret", clusters=["c1"])
        ready.set()
        await asyncio.to_thread(stop.wait)
        await server.stop()
        await api.server.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    yield kubectl
    stop.set()
    thread.join()


def got(kubectl: Kubectl, *args: str) -> Any:
    return json.loads(kubectl("get", *args, "-o", "json"))


def test_api_resources_and_explain(kubectl: Kubectl) -> None:
    listed = kubectl("api-resources")
    for word in ("configmaps", "namespaces", "nodes", "leases", "events.k8s.io/v1", "widgets", "wd"):
        assert word in listed
    assert "How big." in kubectl("explain", "widget.spec.size")
    for kind in ("configmap.data", "node.spec.taints", "lease.spec", "event.involvedObject", "namespace.status"):
        assert "DESCRIPTION" in kubectl("explain", kind)


def test_apply_get_describe_edit_patch_delete_of_a_custom_kind(kubectl: Kubectl) -> None:
    assert "created" in kubectl("apply", "-f", "-", stdin=WIDGET % 1)
    assert "unchanged" in kubectl("apply", "-f", "-", stdin=WIDGET % 1)
    assert "configured" in kubectl("apply", "-f", "-", stdin=WIDGET % 2)
    assert kubectl("get", "wd").split() == ["NAME", "SIZE", "w", "2"]
    kubectl("create", "-f", "-", stdin=EVENT % got(kubectl, "wd", "w")["metadata"]["uid"])
    described = kubectl("describe", "widget", "w")
    assert "Size:    2" in described
    assert "It happened." in described
    kubectl("edit", "wd", "w", EDITOR="sed -i s/grey/blue/")
    kubectl("patch", "wd", "w", "--type=merge", "-p", '{"spec":{"size":5}}')
    kubectl("patch", "wd", "w", "--type=json", "-p", '[{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]')
    kubectl("patch", "wd", "w", "--subresource=status", "--type=merge", "-p", '{"status":{"phase":"Large"}}')
    widget = got(kubectl, "wd", "w")
    assert widget["spec"] == {"size": 5, "colour": "blue"}
    assert (widget["metadata"]["labels"], widget["status"]) == ({"a": "b"}, {"phase": "Large"})
    assert "deleted" in kubectl("delete", "wd", "w")
    assert "NotFound" in kubectl("get", "wd", "w", code=1)


def test_server_side_apply_finds_conflicts(kubectl: Kubectl) -> None:
    apply = ("apply", "--server-side", "-f", "-")
    assert "serverside-applied" in kubectl(*apply, stdin=CONFIG_MAP % 1)
    assert "serverside-applied" in kubectl(*apply, stdin=CONFIG_MAP % 2)
    conflict = kubectl(*apply, "--field-manager=bob", stdin=CONFIG_MAP % 3, code=1)
    assert "conflict with" in conflict
    kubectl(*apply, "--field-manager=bob", "--force-conflicts", stdin=CONFIG_MAP % 3)
    assert got(kubectl, "cm", "c")["data"] == {"a": "3"}
    assert "diff" not in kubectl("diff", "--server-side", "--field-manager=bob", "-f", "-", stdin=CONFIG_MAP % 3)
    kubectl("delete", "cm", "-l", "team=x")


def test_bad_objects_are_refused_with_a_reason(kubectl: Kubectl) -> None:
    refused = kubectl("apply", "-f", "-", stdin=WIDGET % 0, code=1)
    assert "spec.size" in refused
    unknown = kubectl("apply", "-f", "-", stdin=WIDGET.replace("size", "siez") % 1, code=1)
    assert 'unknown field "spec.siez"' in unknown


def test_namespaces_configmaps_and_leases(kubectl: Kubectl) -> None:
    kubectl("create", "namespace", "team")
    kubectl("create", "configmap", "c", "--from-literal=a=b", "-n", "team")
    assert "a:\n----\nb" in kubectl("describe", "cm", "c", "-n", "team")
    kubectl("apply", "-n", "team", "-f", "-", stdin=LEASE)
    assert "me" in kubectl("get", "leases", "-n", "team")
    assert "Holder Identity:         me" in kubectl("describe", "lease", "l", "-n", "team")
    assert "Active" in kubectl("get", "ns", "team")
    assert "deleted" in kubectl("delete", "ns", "team")
    assert "NotFound" in kubectl("get", "ns", "team", code=1)


def test_get_watch_prints_changes(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=WIDGET % 1)
    watching = kubectl.start("get", "wd", "-w")
    assert watching.stdout is not None
    assert watching.stdout.readline().split() == ["NAME", "SIZE"]
    assert watching.stdout.readline().split() == ["w", "1"]
    kubectl("patch", "wd", "w", "--type=merge", "-p", '{"spec":{"size":7}}')
    assert watching.stdout.readline().split() == ["w", "7"]
    watching.terminate()
    watching.wait(10)
    watching.stdout.close()
    kubectl("delete", "wd", "w")


def test_nodes_of_a_simulated_cluster(kubectl: Kubectl) -> None:
    here = ("--context", "c1")
    table = kubectl(*here, "get", "nodes")
    assert [line.split()[:2] for line in table.splitlines()[1:]] == [["n1", "Ready"], ["n2", "NotReady"]]
    assert "Kubelet Version" in kubectl(*here, "describe", "node", "n1")
    kubectl(*here, "cordon", "n1")
    kubectl(*here, "taint", "node", "n1", "mine=1:NoSchedule")
    kubectl(*here, "label", "node", "n1", "team=x")
    assert "SchedulingDisabled" in kubectl(*here, "get", "node", "n1")
    assert got(kubectl, *here, "node", "n1")["metadata"]["labels"]["team"] == "x"
    kubectl(*here, "uncordon", "n1")
    kubectl(*here, "taint", "node", "n1", "mine-")
    assert "taints" not in got(kubectl, *here, "node", "n1")["spec"]
    assert "MethodNotAllowed" in kubectl(*here, "delete", "node", "n1", code=1)

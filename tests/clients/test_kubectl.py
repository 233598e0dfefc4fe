"""kubectl, the newest and one of an older minor: what people type on a cluster, from applying to draining."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.clients.house import KUBECTL, NODES, manifest
from tests.kube.components import binary
from tests.kubectl import Kubectl

NEWEST, OLDER = "newest", "1.34"
WEB = manifest("web")
WEB_2 = WEB.replace("web:1", "web:2")
WIDGET = """
apiVersion: clients.example/v1
kind: Widget
metadata: {name: w}
spec: {size: 2}
"""
LIMIT = "--timeout=40s"

pytestmark = pytest.mark.kubectl


@pytest.fixture(params=[NEWEST, pytest.param(OLDER, marks=pytest.mark.kube)])
def kubectl(request: pytest.FixtureRequest, kubectl_of: Callable[[Path], Kubectl]) -> Kubectl:
    return kubectl_of(KUBECTL if request.param == NEWEST else binary("kubectl", OLDER))


def got(kubectl: Kubectl, *arguments: str) -> Any:
    return json.loads(kubectl("get", *arguments, "-o", "json"))


def applied(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=WEB)
    kubectl("rollout", "status", "deploy/web", LIMIT)


def test_what_is_there(kubectl: Kubectl) -> None:
    assert "/clusters/town" in kubectl("cluster-info")
    assert "apps/v1" in kubectl("api-versions").split()
    listed = kubectl("api-resources", "--verbs=list", "-o", "name").split()
    assert {"pods", "deployments.apps", "widgets.clients.example", "events.events.k8s.io"} <= set(listed)
    assert "How big it is." in kubectl("explain", "widget.spec.size")
    assert "rollingUpdate" in kubectl("explain", "deployment.spec.strategy")
    assert "Server Version: v1." in kubectl("version")
    assert "ok" in kubectl("get", "--raw", "/readyz")
    assert "the server doesn't have a resource type" in kubectl("get", "ingresses", code=1)


def test_apply_finds_differences_and_conflicts(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=WEB)
    assert "deployment.apps/web unchanged" in kubectl("apply", "-f", "-", stdin=WEB)
    difference = kubectl("diff", "-f", "-", stdin=WEB_2, code=1)
    assert "registry.example/web:2" in difference
    assert "configured (server dry run)" in kubectl("apply", "--dry-run=server", "-f", "-", stdin=WEB_2)
    conflict = kubectl("apply", "--server-side", "--field-manager=ann", "-f", "-", stdin=WEB_2, code=1)
    assert 'conflict with "kubectl-client-side-apply"' in conflict
    kubectl("apply", "--server-side", "--field-manager=ann", "--force-conflicts", "-f", "-", stdin=WEB_2)
    assert "web:2" in kubectl("get", "deploy/web", "-o", "wide")
    shown = got(kubectl, "deploy/web", "--show-managed-fields")["metadata"]["managedFields"]
    assert ("ann", "Apply") in {(entry["manager"], entry["operation"]) for entry in shown}
    assert 'unknown field "spec.repicas"' in kubectl(
        "apply", "-f", "-", stdin=WEB.replace("replicas", "repicas"), code=1
    )


def test_a_deployment_rolls_out_back_and_goes(kubectl: Kubectl) -> None:
    applied(kubectl)
    everything = kubectl("get", "all")
    assert all(
        word in everything for word in ("pod/web-", "service/web", "deployment.apps/web", "replicaset.apps/web-")
    )
    described = kubectl("describe", "deploy", "web")
    assert "2 desired | 2 updated | 2 total | 2 available | 0 unavailable" in described
    kubectl("set", "image", "deploy/web", "main=registry.example/web:3")
    assert "successfully rolled out" in kubectl("rollout", "status", "deploy/web", LIMIT)
    assert kubectl("rollout", "history", "deploy/web").count("<none>") == 2
    kubectl("rollout", "undo", "deploy/web")
    assert "web:1" in kubectl("get", "deploy/web", "-o", "wide")
    kubectl("rollout", "restart", "deploy/web")
    kubectl("scale", "deploy/web", "--replicas=3", "--current-replicas=2")
    kubectl("wait", "deploy/web", "--for=jsonpath={.status.readyReplicas}=3", LIMIT)
    kubectl("rollout", "status", "deploy/web", LIMIT)
    assert "Running" in kubectl("describe", "pod", "-l", "app=web")
    kubectl("delete", "-f", "-", "--wait", LIMIT, stdin=WEB)
    assert "NotFound" in kubectl("get", "deploy", "web", code=1)
    kubectl("wait", "pod", "-l", "app=web", "--for=delete", LIMIT)


def test_edits_labels_and_notes(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=WIDGET)
    kubectl("label", "wd", "w", "team=x")
    kubectl("annotate", "wd", "w", "note=y")
    assert "already has a value" in kubectl("label", "wd", "w", "team=z", code=1)
    kubectl("edit", "wd", "w", EDITOR="sed -i s/grey/blue/")
    kubectl("patch", "wd", "w", "--type=merge", "-p", '{"spec":{"size":5}}')
    kubectl("patch", "wd", "w", "--subresource=status", "--type=merge", "-p", '{"status":{"seen":4}}')
    widget = got(kubectl, "wd", "w")
    assert (widget["spec"], widget["status"]) == ({"size": 5, "colour": "blue"}, {"seen": 4})
    assert (widget["metadata"]["labels"], widget["metadata"]["annotations"]["note"]) == ({"team": "x"}, "y")
    kubectl("scale", "wd", "w", "--replicas=7")
    assert kubectl("get", "wd", "w", "--no-headers").split() == ["w", "7", "4"]
    kubectl("wait", "wd", "w", "--for=jsonpath={.spec.size}=7", LIMIT)


def test_a_watch_prints_changes(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=WIDGET)
    watching = kubectl.start("get", "wd", "--watch", "--no-headers")
    try:
        assert watching.stdout is not None
        assert watching.stdout.readline().split() == ["w", "2"]
        kubectl("patch", "wd", "w", "--type=merge", "-p", '{"spec":{"size":6}}')
        assert watching.stdout.readline().split() == ["w", "6"]
    finally:
        watching.terminate()
        watching.communicate(timeout=10)


def test_typed_commands_create(kubectl: Kubectl) -> None:
    kubectl("create", "deployment", "d", "--image=registry.example/d:1", "--replicas=2", "--port=80")
    kubectl("create", "job", "j", "--image=registry.example/j:1", "--", "true")
    kubectl("create", "service", "clusterip", "s", "--tcp=80:web")
    kubectl("create", "poddisruptionbudget", "b", "--selector=app=d", "--max-unavailable=50%")
    kubectl("create", "configmap", "c", "--from-literal=a=b")
    kubectl("create", "secret", "generic", "k", "--from-literal=a=b")
    kubectl("expose", "deploy", "d", "--name=e", "--target-port=80", "--port=8080")
    kubectl("run", "p", "--image=registry.example/p:1")
    kubectl("wait", "job/j", "--for=condition=Complete", LIMIT)
    kubectl("wait", "deploy/d", "--for=condition=Available", LIMIT)
    kubectl("wait", "pod/p", "--for=condition=Ready", LIMIT)
    assert got(kubectl, "svc", "s")["spec"]["ports"][0]["targetPort"] == "web"
    assert got(kubectl, "pdb", "b")["spec"]["maxUnavailable"] == "50%"
    assert got(kubectl, "secret", "k")["data"] == {"a": "Yg=="}


def test_rights(kubectl: Kubectl, namespace: str) -> None:
    robot = f"system:serviceaccount:{namespace}:robot"
    kubectl("create", "serviceaccount", "robot")
    kubectl("create", "role", "reader", "--verb=get,list", "--resource=pods")
    kubectl("create", "rolebinding", "robot", "--role=reader", f"--serviceaccount={namespace}:robot")
    assert "yes" in kubectl("auth", "can-i", "list", "pods", "--as", robot)
    assert "no" in kubectl("auth", "can-i", "delete", "pods", "--as", robot, code=1)
    assert "pods " in kubectl("auth", "can-i", "--list", "--as", robot)
    assert "system:masters" in kubectl("auth", "whoami")
    token = kubectl("create", "token", "robot").strip()
    assert robot in kubectl("--token", token, "auth", "whoami", "-o", "json")
    assert "Forbidden" in kubectl("--token", token, "get", "secrets", code=1)


def test_nodes_are_cordoned_tainted_and_drained(kubectl: Kubectl) -> None:
    applied(kubectl)
    assert len(got(kubectl, "nodes")["items"]) == NODES
    node = kubectl("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[0].spec.nodeName}")
    try:
        kubectl("label", "node", node, "room=1")
        kubectl("taint", "node", node, "room=1:NoSchedule")
        allowed(kubectl, 2, disruptions=0)
        refused = kubectl("drain", node, "--pod-selector=app=web", "--timeout=1s", code=1)
        assert "would violate the pod's disruption budget" in refused
        allowed(kubectl, 1, disruptions=1)
        kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force", LIMIT)
        assert "Ready,SchedulingDisabled" in kubectl("get", "node", node)
        assert "Unschedulable:      true" in kubectl("describe", "node", node)
        kubectl("rollout", "status", "deploy/web", LIMIT)
        assert node not in kubectl("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].spec.nodeName}").split()
        kubectl("uncordon", node)
        kubectl("taint", "node", node, "room-")
        kubectl("label", "node", node, "room-")
        assert not {"taints", "unschedulable"} & set(got(kubectl, "node", node)["spec"])
    finally:
        kubectl("patch", "node", node, "--type=merge", "-p", '{"spec":{"taints":null,"unschedulable":null}}')


def allowed(kubectl: Kubectl, least: int, *, disruptions: int) -> None:
    """Sets the budget's minimum, and waits until the disruptions that it allows are counted."""
    kubectl("patch", "pdb", "web", "--type=merge", "-p", json.dumps({"spec": {"minAvailable": least}}))
    kubectl("wait", "pdb/web", f"--for=jsonpath={{.status.disruptionsAllowed}}={disruptions}", LIMIT)


def test_what_simulated_pods_cannot_do_is_said(kubectl: Kubectl) -> None:
    kubectl("run", "p", "--image=registry.example/p:1")
    kubectl("wait", "pod/p", "--for=condition=Ready", LIMIT)
    for command in (("logs", "p"), ("exec", "p", "--", "ls"), ("attach", "p"), ("port-forward", "p", "0:80")):
        assert "is not served: the pods of this cluster are simulated and run no processes" in kubectl(*command, code=1)

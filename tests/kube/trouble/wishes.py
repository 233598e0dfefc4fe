"""What is released while things are wrong: a DaemonSet, a chart that does not render, a bundle others fight for."""

from __future__ import annotations

from typing import Any

from tests.kube.agent.house import eventually
from tests.kube.control_plane import ControlPlane

API = "/apis/myriarch.io/v1alpha1"
NAME = "node-agent"
CHART, RIVAL = "broken-chart", "fought-over"
IMAGE = "registry.invalid/agent@sha256:" + "0" * 63
CHART_FILES = {
    "Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "templates/settings.yaml": 'region: {{ required "a region is needed" .Values.region }}\n',
}
NODE_RULES = {"maxUnavailable": "50%", "soak": "1s", "failureGrace": "10s", "updateTimeout": "60s"}
POLICY = {
    "stages": [{"name": "production", "environment": "prod", "soak": "1s"}],
    "coverage": {"perValue": 1},
    "nodes": NODE_RULES,
    "unreachable": {"after": "5s", "tolerance": "50%"},
}


def template(version: str) -> dict[str, Any]:
    """Of the DaemonSet's pods."""
    metadata = {"annotations": {"tests.myriarch.io/pod": "runs"}}
    return {"metadata": metadata, "spec": {"containers": [{"name": "agent", "image": IMAGE + version}]}}


def prepare(hub: ControlPlane) -> None:
    """The components, their revisions, and a policy that passes over half of the clusters where they are silent."""
    daemon = {"driver": "daemonset", "target": {"namespace": NAME, "name": "agent"}, "initialRevision": "v1"}
    _create(hub, "Component", NAME, daemon)
    for version in ("1", "2"):
        payload = {"template": template(version)}
        _create(hub, "Revision", f"v{version}", {"component": NAME, "payload": payload})
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": "default"}}
    payloads: dict[str, dict[str, Any]] = {
        CHART: {"chart": {"files": CHART_FILES, "releaseName": "shop"}, "namespace": "default"},
        RIVAL: {"manifests": [settings | {"data": {"size": "ours"}}], "adopt": "IfUnowned"},
    }
    for name, payload in payloads.items():
        _create(hub, "Revision", f"{name}-v1", {"component": name, "payload": payload})
        _create(hub, "Component", name, {"driver": "bundle", "initialRevision": f"{name}-v1"})
    _create(hub, "ReleasePolicy", "bold", POLICY)


def fight(member: ControlPlane) -> None:
    """Another manager keeps the very object that the bundle holds."""
    owner = "?fieldManager=rival"
    body = {"metadata": {"name": "settings"}, "data": {"size": "theirs"}}
    member.admin.create(f"/api/v1/namespaces/default/configmaps{owner}", body)


def images(member: ControlPlane) -> list[str]:
    """Last letter of the image of each pod that is on a node."""
    pods = member.admin.get(f"/api/v1/namespaces/{NAME}/pods")["items"]
    alive = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
    return sorted(pod["spec"]["containers"][0]["image"][-1] for pod in alive if pod["spec"].get("nodeName"))


def come_up(member: ControlPlane, count: int) -> None:
    eventually(lambda: images(member) == ["1"] * count, lambda: str(images(member)))


def _create(hub: ControlPlane, kind: str, name: str, spec: dict[str, Any]) -> None:
    plural = {"ReleasePolicy": "releasepolicies"}.get(kind, f"{kind.lower()}s")
    body = {"apiVersion": "myriarch.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
    hub.admin.create(f"{API}/{plural}", body)

"""Cluster API as the driver ``machine`` meets it: CRDs of our own that hold what it reads, and a player in the place of
the machine controllers. The player replaces deleted Machines by ones of the newest template, each with a Node.
"""

from __future__ import annotations

import threading
from typing import Any

from tests.kube.control_plane import ControlPlane
from tests.kube.nodes import node
from tests.kube.rest import Rest

GROUP = "cluster.x-k8s.io"
FINALIZER = "tests.myriarch.io/machine"
DEPLOYMENT = "workers"
POLL_SECONDS = 0.1
NOW = "2026-01-05T00:00:00Z"


def _crd(plural: str, kind: str) -> dict[str, Any]:
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": anything, "status": anything}}
    version = {"name": "v1beta2", "served": True, "storage": True, "subresources": {"status": {}}}
    names = {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": names,
            "versions": [version | {"schema": {"openAPIV3Schema": schema}}],
        },
    }


class Machines:
    """One MachineDeployment with its Machines and Nodes, played in a thread of its own."""

    def __init__(self, plane: ControlPlane, namespace: str, count: int) -> None:
        self.rest: Rest = plane.admin
        self.namespace = namespace
        self._made = 0
        self._halt = threading.Event()
        self.hold = threading.Event()
        """While it is set, no deleted Machine is replaced."""

        for plural, kind in (("machines", "Machine"), ("machinedeployments", "MachineDeployment")):
            self.rest.ask("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", _crd(plural, kind))
        base = f"/apis/{GROUP}/v1beta2"
        while not (self.rest.is_ok(f"{base}/machines") and self.rest.is_ok(f"{base}/machinedeployments")):
            self._halt.wait(POLL_SECONDS)
        self.rest.create("/api/v1/namespaces", {"metadata": {"name": namespace}})
        self.path = f"{base}/namespaces/{namespace}"
        template = {"metadata": {}, "spec": {"version": "v1.33.0"}}
        spec = {"replicas": count, "rollout": {"strategy": {"type": "OnDelete"}}, "template": template}
        body = {"apiVersion": f"{GROUP}/v1beta2", "kind": "MachineDeployment", "metadata": {"name": DEPLOYMENT}}
        self.rest.create(f"{self.path}/machinedeployments", body | {"spec": spec})
        for _ in range(count):
            self._make()
        self._player = threading.Thread(target=self._play, name="machine controllers", daemon=True)
        self._player.start()

    def stop(self) -> None:
        self._halt.set()
        self._player.join()
        for name in self.nodes():
            self.rest.ask("DELETE", f"/api/v1/nodes/{name}")
        for machine in self.machines():
            self._let_go(machine)
        self.rest.ask("DELETE", f"/api/v1/namespaces/{self.namespace}")

    def machines(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.rest.get(f"{self.path}/machines")["items"]
        return found

    def ending(self) -> list[str]:
        """Machines on their way out."""
        return [each["metadata"]["name"] for each in self.machines() if "deletionTimestamp" in each["metadata"]]

    def nodes(self) -> list[str]:
        names = [each["metadata"]["name"] for each in self.rest.get("/api/v1/nodes")["items"]]
        return sorted(name for name in names if name.startswith(self.namespace))

    def versions(self) -> list[str]:
        """Of the Machines, in order."""
        return sorted(machine["spec"]["version"] for machine in self.machines())

    def deployment(self) -> dict[str, Any]:
        found: dict[str, Any] = self.rest.get(f"{self.path}/machinedeployments/{DEPLOYMENT}")
        return found

    def notes(self) -> dict[str, str]:
        """Annotations of the MachineDeployment that the driver wrote."""
        found: dict[str, str] = self.deployment()["metadata"].get("annotations", {})
        return found

    def _play(self) -> None:
        while not self._halt.wait(POLL_SECONDS):
            deployment = self.deployment()
            seen = {"status": {"observedGeneration": deployment["metadata"]["generation"]}}
            self.rest.merge(f"{self.path}/machinedeployments/{DEPLOYMENT}/status", seen)
            for machine in self.machines():
                if "deletionTimestamp" in machine["metadata"] and not self.hold.is_set():
                    self.rest.ask("DELETE", f"/api/v1/nodes/{machine['status']['nodeRef']['name']}")
                    self._let_go(machine)
                    self._make()

    def _let_go(self, machine: dict[str, Any]) -> None:
        self.rest.merge(f"{self.path}/machines/{machine['metadata']['name']}", {"metadata": {"finalizers": None}})

    def _make(self) -> None:
        """A Machine of the template, with its Node."""
        self._made += 1
        template = self.deployment()["spec"]["template"]
        name = f"{self.namespace}-{self._made:03d}"
        metadata = {
            "name": name,
            "labels": {f"{GROUP}/deployment-name": DEPLOYMENT},
            "annotations": template["metadata"].get("annotations", {}),
            "finalizers": [FINALIZER],
        }
        body = {"apiVersion": f"{GROUP}/v1beta2", "kind": "Machine", "metadata": metadata}
        self.rest.create(f"{self.path}/machines", body | {"spec": template["spec"]})
        made = node(self._made, "1.34")
        made["metadata"] = {"name": name, "labels": {"topology.kubernetes.io/zone": "a"}}
        made["status"]["conditions"] = [{"type": "Ready", "status": "True", "lastTransitionTime": NOW}]
        self.rest.create("/api/v1/nodes", made)
        self.rest.merge(f"/api/v1/nodes/{name}", {"spec": {"taints": None}})
        self.rest.merge(f"/api/v1/nodes/{name}/status", {"status": made["status"]})
        self.rest.merge(f"{self.path}/machines/{name}/status", {"status": {"nodeRef": {"name": name}}})

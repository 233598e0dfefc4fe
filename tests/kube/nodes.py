"""Nodes that KWOK keeps alive: they look like a small mixed fleet, and pods on them come up.

Labels, OS image, kernel and architecture vary from node to node in a fixed way, so that a rule which looks at any of
them finds more than one value, and finds the same ones in every run.
"""

from __future__ import annotations

from typing import Any

ZONES = ("a", "b", "c")
REGION = "region-1"
INSTANCE_TYPES = ("standard-8", "standard-16", "memory-8")
SYSTEMS = (("Ubuntu 24.04 LTS", "6.8.0-41-generic"), ("Debian GNU/Linux 12", "6.1.0-25-amd64"))
ARM_EVERY = 4
CAPACITY = {"cpu": "8", "memory": "32Gi", "ephemeral-storage": "100Gi", "pods": "110"}


def node(number: int, minor: str, prefix: str = "node") -> dict[str, Any]:
    """The Node object number ``number``, named ``node-0007``: KWOK's, whatever its labels say."""
    name = f"{prefix}-{number:04d}"
    arch = "arm64" if number % ARM_EVERY == ARM_EVERY - 1 else "amd64"
    image, kernel = SYSTEMS[number // 2 % len(SYSTEMS)]
    instance = INSTANCE_TYPES[number % len(INSTANCE_TYPES)]
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/arch": arch,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": instance,
        "topology.kubernetes.io/region": REGION,
        "topology.kubernetes.io/zone": f"{REGION}-{ZONES[number % len(ZONES)]}",
        "type": "kwok",
    }
    info = {
        "architecture": arch,
        "operatingSystem": "linux",
        "osImage": image,
        "kernelVersion": kernel,
        "kubeletVersion": f"v{minor}.0",
        "containerRuntimeVersion": "containerd://2.0.0",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
        "spec": {"providerID": f"kwok://{name}"},
        "status": {"nodeInfo": info, "capacity": CAPACITY, "allocatable": CAPACITY},
    }


def is_ready(found: dict[str, Any]) -> bool:
    """Whether a Node, as read from a server, is Ready and takes pods."""
    conditions = {each["type"]: each["status"] for each in found["status"].get("conditions", [])}
    keys = {taint["key"] for taint in found["spec"].get("taints", [])}
    return conditions.get("Ready") == "True" and "node.kubernetes.io/not-ready" not in keys

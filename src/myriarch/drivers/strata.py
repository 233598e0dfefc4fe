"""The strata of real nodes: attribute columns, under the names that simulated fleets use.

Labels that Kubernetes itself or the large providers set are read; a node that has none of them has ``NO_VALUE``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from myriarch.api.strata import NODE_MINOR, minor_of
from myriarch.drivers.driver import NO_VALUE, Attribute
from myriarch.drivers.node import Node

DISTINCT_MAX: Final = 30_000
"""Codes are 16 bits wide; values beyond count as ``NO_VALUE``."""

_ZONE: Final = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")
_SHAPE: Final = ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type")
_GPU: Final = ("nvidia.com/gpu.product", "amd.com/gpu.product-name", "cloud.google.com/gke-accelerator")
_POOL: Final = (
    "myriarch.io/pool",
    "eks.amazonaws.com/nodegroup",
    "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",
    "karpenter.sh/nodepool",
    "cluster.x-k8s.io/deployment-name",
    "node.cluster.x-k8s.io/pool",
)


def _label(keys: Sequence[str]) -> Callable[[Node], str]:
    return lambda node: next((node.metadata.labels[key] for key in keys if node.metadata.labels.get(key)), "")


def _minor(node: Node) -> str:
    return minor_of(node.status.node_info.kubelet_version)


def _runtime(node: Node) -> str:
    """``containerd 1.7`` of ``containerd://1.7.24``: by minor, as the runtime itself is supported."""
    name, _, version = node.status.node_info.container_runtime_version.partition("://")
    return f"{name} {minor_of(version)}".strip()


READERS: Final[dict[str, Callable[[Node], str]]] = {
    "shape": _label(_SHAPE),
    "gpuModel": _label(_GPU),
    "os": lambda node: node.status.node_info.os_image,
    "kernel": lambda node: node.status.node_info.kernel_version,
    "zone": _label(_ZONE),
    "pool": _label(_POOL),
    "arch": lambda node: node.status.node_info.architecture,
    "containerRuntime": _runtime,
    NODE_MINOR: _minor,
}


def strata_of(nodes: Sequence[Node | None]) -> dict[str, Attribute]:
    """Columns of the nodes, by position; None is one that is gone."""
    return {name: _column([reader(node) if node else "" for node in nodes]) for name, reader in READERS.items()}


def _column(found: Sequence[str]) -> Attribute:
    codes: dict[str, int] = {}
    column = np.zeros(len(found), np.int16)
    for position, value in enumerate(found):
        value = value or NO_VALUE
        if value not in codes and len(codes) >= DISTINCT_MAX:
            value = NO_VALUE
        column[position] = codes.setdefault(value, len(codes))
    return Attribute(tuple(codes) or (NO_VALUE,), column)

"""The words of strata: which attributes there are, and how a pair of them is written.

Attributes of nodes are told by agents, as counts of nodes by value (``Cluster.status.strata``). Attributes of
clusters are read off their labels, and all nodes of a cluster share them. A policy may name pairs of attributes: a
pair is an attribute like any other, under a name and with values made of both; its values exist only where nodes
with both exist. Agents count the pairs of node attributes that ``Cluster.spec.pairs`` names; what involves an
attribute of clusters the hub works out itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

ENVIRONMENT: Final = "environment"
"""Told by the spec of a cluster, not by a label."""

SIZE_CLASS: Final = "sizeClass"

CLUSTER_LABELS: Final = {
    "region": "topology.kubernetes.io/region",
    "provider": "myriarch.io/provider",
    SIZE_CLASS: "myriarch.io/size-class",
    "role": "myriarch.io/role",
    "addOns": "myriarch.io/add-ons",
    "cni": "myriarch.io/cni",
}
"""Attributes of clusters, by the label that tells them. ``addOns`` is a set: its names, joined by dots or dashes."""

SIZE_CLASSES: Final = (("small", 20), ("medium", 100), ("large", 500))
"""Upper bounds (exclusive) of the size classes, in nodes."""

LARGEST_SIZE_CLASS: Final = "xlarge"

CONTROL_PLANE_MINOR: Final = "controlPlaneMinor"
"""Of clusters whose API server is of another minor than some of their nodes: elsewhere ``kubernetesMinor`` says it."""

NODE_MINOR: Final = "kubernetesMinor"

CLUSTER_ATTRIBUTES: Final = frozenset({ENVIRONMENT, CONTROL_PLANE_MINOR, *CLUSTER_LABELS})

NODE_ATTRIBUTES: Final = frozenset(
    {"arch", "containerRuntime", "gpuModel", "kernel", NODE_MINOR, "os", "pool", "shape", "zone"}
)
"""What agents tell of nodes."""

PAIRS_MAX: Final = 8
"""Pairs that one policy may name."""

CLUSTER_PAIRS_MAX: Final = 32
"""Pairs that one agent counts, for all policies together."""

PAIR_VALUES_MAX: Final = 128
"""Values of one pair that an agent tells, the most frequent first; the rest is pooled as ``OTHERS``."""

OTHERS: Final = "others"

_JOINT: Final = "+"


def minor_of(version: str) -> str:
    """``1.34`` of ``v1.34.4-eks-1``; empty where there is none."""
    return ".".join(version.lstrip("v").split(".")[:2])


def size_class(nodes: int) -> str:
    """small < 20, medium < 100, large < 500, else xlarge."""
    return next((name for name, below in SIZE_CLASSES if nodes < below), LARGEST_SIZE_CLASS)


def pair_name(pair: Sequence[str]) -> str:
    """``gpuModel+kernel``, in whichever order the two are named."""
    return _JOINT.join(sorted(pair))


def pair_value(first: str, second: str) -> str:
    """The value of a pair, of the values of its attributes in the order of ``pair_name``."""
    return first + _JOINT + second


def halves(attribute: str) -> tuple[str, str] | None:
    """The two attributes of a pair, by its name; None where ``attribute`` is a single one."""
    first, joint, second = attribute.partition(_JOINT)
    return (first, second) if joint else None


def told_by_agents(pairs: Sequence[Sequence[str]]) -> list[list[str]]:
    """Of ``pairs`` those of node attributes alone, each in the order of its name, sorted, without doubles."""
    within = {tuple(sorted(pair)) for pair in pairs if not CLUSTER_ATTRIBUTES & set(pair)}
    return [list(pair) for pair in sorted(within)]

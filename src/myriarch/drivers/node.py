"""The part of a Node that drivers read: a Node whole is mostly lists of images, of which nothing is kept."""

from __future__ import annotations

from typing import Final

from msgspec import field

from myriarch.api.meta import ObjectMeta, Struct
from myriarch.base.clock import parse_rfc3339

READY: Final = "Ready"


class NodeCondition(Struct, kw_only=True):
    """``v1.NodeCondition``, as far as it is read."""

    type: str
    status: str = "Unknown"
    last_transition_time: str | None = None


class Taint(Struct, kw_only=True):
    """``v1.Taint``."""

    key: str
    value: str = ""
    effect: str = ""


class NodeInfo(Struct, kw_only=True):
    """``v1.NodeSystemInfo``, as far as it is read."""

    architecture: str = ""
    os_image: str = ""
    kernel_version: str = ""
    container_runtime_version: str = ""
    kubelet_version: str = ""


class NodeSpec(Struct, kw_only=True):
    """``v1.NodeSpec``, as far as it is read."""

    unschedulable: bool = False
    taints: list[Taint] = []


class NodeStatus(Struct, kw_only=True):
    """``v1.NodeStatus``, as far as it is read."""

    conditions: list[NodeCondition] = []
    node_info: NodeInfo = field(default_factory=NodeInfo)


class Node(Struct, kw_only=True):
    """``v1.Node``, as far as it is read."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: NodeSpec = field(default_factory=NodeSpec)
    status: NodeStatus = field(default_factory=NodeStatus)


READY_CODES: Final = {"True": 1, "False": 0}


def readiness(node: Node) -> tuple[int, float]:
    """1 True, 0 False, -1 Unknown; and since when (Unix seconds). A node that never spoke is Unknown since it is
    there."""
    for condition in node.status.conditions:
        if condition.type == READY:
            since = condition.last_transition_time or node.metadata.creation_timestamp
            return READY_CODES.get(condition.status, -1), seconds_of(since)
    return -1, seconds_of(node.metadata.creation_timestamp)


def seconds_of(moment: str | None) -> float:
    """Unix seconds of an RFC 3339 time; 0 where there is none."""
    return parse_rfc3339(moment) if moment else 0.0

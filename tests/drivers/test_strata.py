"""The strata of real nodes, as their objects tell them."""

from __future__ import annotations

import pytest

from myriarch.drivers.driver import NO_VALUE
from myriarch.drivers.node import Node, NodeInfo, NodeStatus
from myriarch.drivers.strata import strata_of


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("containerd://1.7.24", "containerd 1.7"),
        ("containerd://2.1.0-rc.1", "containerd 2.1"),
        ("docker://20.10.24", "docker 20.10"),
        ("cri-o://1.34.0", "cri-o 1.34"),
        ("", NO_VALUE),
    ],
)
def test_a_container_runtime_is_told_by_its_minor(told: str, value: str) -> None:
    node = Node(status=NodeStatus(node_info=NodeInfo(container_runtime_version=told)))
    found = strata_of([node, None])["containerRuntime"]
    assert found.values[int(found.codes[0])] == value
    assert found.values[int(found.codes[1])] == NO_VALUE

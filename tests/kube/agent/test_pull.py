"""A real cluster joins a real hub by pull: observed first, least privilege, its own credential, on its own."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.kube.agent.house import MEMBER_NODES, House, Program, command, eventually

pytestmark = pytest.mark.kube
Start = Callable[..., Program]


def join(house: House, name: str, folder: Path) -> Path:
    file = folder / f"{name}.kubeconfig"
    hub = house.hub.admin_kubeconfig
    words = ("clusters", "join", name, "-e", "prod", "--kubeconfig", hub, "--output-file", file, "-l", "tier=gold")
    assert command(*words) == 0
    return file


def agent(house: House, start: Start, name: str, bootstrap: Path, folder: Path) -> Program:
    member = house.member.admin_kubeconfig
    state = folder / f"{name}-state"
    return start("agent", "--cluster", name, "--bootstrap", bootstrap, "--kubeconfig", member, "--state", state)


def test_it_is_observed_then_managed(house: House, start: Start, tmp_path: Path) -> None:
    file = join(house, "pull-a", tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    program = agent(house, start, "pull-a", file, tmp_path)
    program.says("exchanged for the agent's own credential")
    eventually(lambda: house.cluster("pull-a")["status"].get("nodes") == MEMBER_NODES, lambda: program.text)
    status = house.cluster("pull-a")["status"]
    assert status["kubernetesVersion"].startswith("v1.34.")
    assert status["agent"]["protocol"] == 1
    assert status["strata"]["kubernetesMinor"] == {"1.34": MEMBER_NODES}
    ready = house.wait_for("pull-a", "DriversReady", "DriversReady")
    assert "clusters manage pull-a" in ready["message"]
    for kind in ("Connected", "Compatible", "Permitted"):
        assert house.condition("pull-a", kind)["status"] == "True"
    hub = house.hub.admin_kubeconfig
    assert command("clusters", "manage", "pull-a", "--kubeconfig", hub) == 0
    eventually(
        lambda: house.condition("pull-a", "DriversReady").get("message") == "Every driver can act.",
        lambda: program.text,
    )
    lease = house.hub.admin.get("/apis/coordination.k8s.io/v1/namespaces/myriarch-agents/leases/pull-a")
    assert lease["spec"]["renewTime"]

"""Real clusters beside the simulated ones of an embedded hub: by pull, and by push."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.kube.agent.house import MEMBER_NODES, House, Program, command, eventually

pytestmark = pytest.mark.kube
Start = Callable[..., Program]


def test_an_embedded_hub_takes_real_clusters(
    house: House, start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, hub = tmp_path / "hub", tmp_path / "hub.kubeconfig"
    program = start("hub", "--clusters", "3", "--data", data, "--port", "0", "--kubeconfig", hub)
    program.says("hub ready")
    file, member = tmp_path / "bootstrap", house.member.admin_kubeconfig
    assert command("clusters", "--kubeconfig", hub, "join", "real-a", "-e", "prod", "--output-file", file) == 0
    agent = start(
        "agent", "--cluster", "real-a", "--bootstrap", file, "--kubeconfig", member, "--state", tmp_path / "state"
    )
    assert command("clusters", "--kubeconfig", hub, "add", "real-b", "-e", "prod", "--kubeconfig", member) == 0

    def described(name: str) -> str:
        capsys.readouterr()
        assert command("clusters", "--kubeconfig", hub, "describe", name) == 0
        return capsys.readouterr().out

    for name in ("real-a", "real-b"):
        eventually(
            lambda name=name: f"{MEMBER_NODES}, {MEMBER_NODES} ready" in described(name),
            lambda name=name: described(name) + program.text + agent.text,
        )
        assert "Connected: True Heard" in described(name)

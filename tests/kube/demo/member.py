"""A real cluster that joins a hub by pull, with a DaemonSet for the driver to move: as a person would set it up."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from tests.kube.agent.house import Program, command
from tests.kube.components import binary
from tests.kube.control_plane import ControlPlane

from myriarch.agent.member_manifests import member_manifests

APPLY_SECONDS = 60
CONTROLLERS = "daemonset-controller,node-lifecycle-controller,serviceaccount-controller,namespace-controller"


def start_cluster(folder: Path, nodes: int) -> ControlPlane:
    """A control plane with the controllers that a DaemonSet needs, and so many KWOK nodes."""
    return ControlPlane.start(
        folder, controller_manager=True, scheduler=True, kwok_nodes=nodes, controllers=CONTROLLERS
    )


def deploy(plane: ControlPlane, namespace: str, template: Mapping[str, Any]) -> None:
    """The DaemonSet ``agent`` at its first version, as somebody deployed it."""
    labelled = {**template, "metadata": {**template["metadata"], "labels": {"app": "agent"}}}
    spec = {
        "selector": {"matchLabels": {"app": "agent"}},
        "updateStrategy": {"type": "OnDelete"},
        "template": labelled,
    }
    plane.admin.create("/api/v1/namespaces", {"metadata": {"name": namespace}})
    body = {"metadata": {"name": "agent"}, "spec": spec}
    plane.admin.create(f"/apis/apps/v1/namespaces/{namespace}/daemonsets", body)


def give_rights(plane: ControlPlane) -> None:
    """What ``myriarch agent --export`` prints."""
    printed = yaml.safe_dump_all(member_manifests([], "")).encode()
    apply = [str(binary("kubectl")), "--kubeconfig", str(plane.admin_kubeconfig), "apply", "-f", "-"]
    subprocess.run(apply, input=printed, check=True, timeout=APPLY_SECONDS, capture_output=True)


class Agent:
    """The agent of one cluster as a process, with no more rights than it asks for; ``server`` is the hub's address as
    it sees it, ``member`` the cluster's."""

    def __init__(
        self,
        hub: Path,
        plane: ControlPlane,
        name: str,
        folder: Path,
        labels: Mapping[str, str],
        *,
        server: str = "",
        member: str = "",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self._folder = folder
        bootstrap = folder / "bootstrap.kubeconfig"
        words: list[str | Path] = [
            "clusters",
            "join",
            name,
            "-e",
            "prod",
            "--kubeconfig",
            hub,
            "--output-file",
            bootstrap,
        ]
        words += [word for key, value in labels.items() for word in ("-l", f"{key}={value}")]
        assert command(*words, "--kubeconfig", hub, *(("--server", server) if server else ())) == 0
        assert command("clusters", "manage", name, "--kubeconfig", hub) == 0
        give_rights(plane)
        token = plane.token_for("myriarch-system", "myriarch-agent", 24 * 3600)
        access = plane.kubeconfig_with_token("agent", token)
        if member:
            access.write_text(access.read_text().replace(plane.url, member))
        self._words = ("agent", "--cluster", name, "--kubeconfig", access, "--state", folder / "state")
        self.program = Program(folder / "log", *self._words, "--bootstrap", bootstrap)
        self.program.says("the hub answers")

    def start_again(self) -> None:
        """After it was killed."""
        self.program = Program(self._folder / "log", *self._words)

    def stop(self) -> None:
        self.program.stop()

    def kill(self) -> None:
        """SIGKILL; it stays dead until ``start_again``."""
        self.program.stop(signal.SIGKILL)

"""A hub and a member on real API servers, the commands that join them, and processes of Myriarch's own."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.kube.components import binary
from tests.kube.control_plane import ControlPlane

from myriarch.base.clock import RealClock
from myriarch.cli.main import run
from myriarch.client.client import Client
from myriarch.client.kubeconfig import load_kubeconfig
from myriarch.client.remote import RemoteTransport
from myriarch.hub.install import install

PATIENCE_SECONDS = 60.0
STOP_SECONDS = 15.0
GROUP = "/apis/myriarch.io/v1alpha1"
CLUSTERS = f"{GROUP}/clusters"
ENVIRONMENTS = f"{GROUP}/environments"
MEMBER_NODES = 4


@dataclass(frozen=True, slots=True)
class House:
    """``hub`` holds Myriarch's kinds; ``member`` has a few KWOK nodes."""

    hub: ControlPlane
    member: ControlPlane

    def cluster(self, name: str) -> dict[str, Any]:
        """The object; its status is there, empty where nothing is told yet."""
        found: dict[str, Any] = self.hub.admin.get(f"{CLUSTERS}/{name}")
        return {"status": {}, **found}

    def condition(self, name: str, kind: str) -> dict[str, Any]:
        conditions = self.cluster(name).get("status", {}).get("conditions", [])
        return next((each for each in conditions if each["type"] == kind), {})

    def wait_for(self, name: str, kind: str, reason: str) -> dict[str, Any]:
        """The condition, once its reason is this one."""
        eventually(
            lambda: self.condition(name, kind).get("reason") == reason,
            lambda: f"{kind} of {name} is {self.cluster(name).get('status', {}).get('conditions')}",
        )
        return self.condition(name, kind)


def join(house: House, name: str, folder: Path) -> Path:
    """``clusters join``: the bootstrap kubeconfig."""
    file = folder / f"{name}.kubeconfig"
    hub = house.hub.admin_kubeconfig
    words = ("clusters", "join", name, "-e", "prod", "--kubeconfig", hub, "--output-file", file, "-l", "tier=gold")
    assert command(*words) == 0
    return file


def install_hub(plane: ControlPlane) -> None:
    async def main() -> None:
        async with RemoteTransport(load_kubeconfig(plane.admin_kubeconfig)) as transport:
            await install(Client(transport), RealClock(), lambda _line: None)

    asyncio.run(main())
    eventually(lambda: _stores_all(plane), lambda: "the API server still prepares storage for Myriarch's kinds")
    environment = {
        "apiVersion": "myriarch.io/v1alpha1",
        "kind": "Environment",
        "metadata": {"name": "prod"},
        "spec": {"class": "production", "order": 1},
    }
    plane.admin.create(ENVIRONMENTS, environment)


def _stores_all(plane: ControlPlane) -> bool:
    """Whether every kind can be written: for a moment after it is served, its storage answers 429."""
    kinds = plane.admin.get(GROUP)["resources"]
    return all(plane.admin.is_ok(f"{GROUP}/{kind['name']}") for kind in kinds if "/" not in kind["name"])


def give_rights(house: House, *options: str) -> None:
    """``myriarch agent --export OPTIONS | kubectl apply -f -`` in the member."""
    printed = subprocess.run(
        [sys.executable, "-m", "myriarch", "agent", "--export", *options],
        capture_output=True, check=True, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    apply = [str(binary("kubectl")), "--kubeconfig", str(house.member.admin_kubeconfig), "apply", "-f", "-"]
    subprocess.run(apply, input=printed.stdout, check=True, timeout=PATIENCE_SECONDS)


def eventually(holds: Callable[[], object], what: Callable[[], str], seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what()
        time.sleep(0.1)


def command(*words: str | Path) -> int:
    """One command in this process: its exit code. What it prints is the caller's to capture."""
    return run([str(word) for word in words])


class Program:
    """``myriarch WORDS`` as a process, its lines in ``log``."""

    def __init__(self, log: Path, *words: str | Path) -> None:
        self._log = log
        self._file = log.open("ab")
        arguments = [sys.executable, "-m", "myriarch", *(str(word) for word in words)]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            arguments, stdout=self._file, stderr=subprocess.STDOUT, env=environment, start_new_session=True
        )

    @property
    def text(self) -> str:
        return self._log.read_text()

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def says(self, text: str) -> None:
        """Wait until it has."""
        eventually(lambda: text in self.text or self.code is not None, lambda: self.text)
        assert text in self.text, self.text

    def ends(self) -> int:
        return self._process.wait(PATIENCE_SECONDS)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._process.poll() is None:
            self._process.send_signal(number)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(STOP_SECONDS)
        self._file.close()

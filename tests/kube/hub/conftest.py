"""A control plane with Myriarch's kinds, shared by the tests of a hub on a real API server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.kube.control_plane import ControlPlane
from tests.kube.hub.blocking import BlockingServer

INSTALL_SECONDS = 120


@pytest.fixture(scope="module")
def hub_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """Its own for each module: the tests leave objects of Myriarch's kinds in it."""
    with ControlPlane.start(tmp_path_factory.mktemp("hub")) as plane:
        install(plane.admin_kubeconfig)
        yield plane


@pytest.fixture
def ground(hub_plane: ControlPlane) -> Iterator[BlockingServer]:
    """The control plane as the ground of a story on virtual time."""
    with BlockingServer(hub_plane.admin_kubeconfig) as server:
        yield server


def install(kubeconfig: Path) -> str:
    """Run ``myriarch install``; what it says."""
    command = [sys.executable, "-m", "myriarch", "install", "--kubeconfig", str(kubeconfig)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout

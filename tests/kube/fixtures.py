"""pytest fixtures with real control planes; `tests/conftest.py` makes them known to every test.

Those of a session are shared: a test makes a namespace of its own in them, and leaves no cluster-wide object that
another test could meet. A test that breaks a control plane starts its own through `control_planes`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest
from tests.kube.control_plane import ControlPlane

SHARED_NODES = 5


class StartControlPlane(Protocol):
    """Takes what ``ControlPlane.start`` takes after the folder."""

    def __call__(self, minor: str = "1.34", **options: Any) -> ControlPlane: ...


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """etcd and kube-apiserver."""
    with ControlPlane.start(tmp_path_factory.mktemp("control-plane")) as plane:
        yield plane


@pytest.fixture(scope="session")
def full_control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """With controller manager, scheduler, and KWOK keeping five nodes: what is applied comes up."""
    folder = tmp_path_factory.mktemp("full-control-plane")
    with ControlPlane.start(folder, controller_manager=True, scheduler=True, kwok_nodes=SHARED_NODES) as plane:
        yield plane


@pytest.fixture
def control_planes(tmp_path: Path) -> Iterator[StartControlPlane]:
    """Starts control planes of one test, as many as it asks for; all are stopped when it ends."""
    with ExitStack() as stack:
        started: list[ControlPlane] = []

        def start(minor: str = "1.34", **options: Any) -> ControlPlane:
            folder = tmp_path / f"control-plane-{len(started)}"
            plane = stack.enter_context(ControlPlane.start(folder, minor, **options))
            started.append(plane)
            return plane

        yield start

"""A hub and a member for all tests of this folder: each test has clusters and users of its own in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.kube.agent.house import MEMBER_NODES, House, Program, install_hub
from tests.kube.control_plane import ControlPlane


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("agent-house")
    with (
        ControlPlane.start(folder / "hub") as hub,
        ControlPlane.start(
            folder / "member", controller_manager=True, scheduler=True, kwok_nodes=MEMBER_NODES
        ) as member,
    ):
        install_hub(hub)
        yield House(hub, member)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts processes of ``myriarch``, which end with the test."""
    started: list[Program] = []

    def begin(*words: str | Path) -> Program:
        started.append(Program(tmp_path / f"program-{len(started)}.log", *words))
        return started[-1]

    yield begin
    for program in started:
        program.stop()

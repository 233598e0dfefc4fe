"""Running the command line in this process, and a server for it to speak to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cli.server import Server

from myriarch.cli.main import run

POLICY = """
apiVersion: myriarch.io/v1alpha1
kind: ReleasePolicy
metadata: {name: careful}
spec:
  stages:
  - name: rehearse
    environment: sim
    soak: 10m
  - name: production
    environment: prod
    soak: 1h
    approval: true
    waves: [{name: canary, clusters: cover, nodes: cover}, {clusters: 50%, approval: true}, {}]
"""


@dataclass(frozen=True)
class Result:
    """What a run of the command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Result]


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Run the command; nothing of the user's own set-up is seen."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.delenv("MYRIARCH_DEBUG", raising=False)

    def call(*arguments: object, program: str = "myriarch") -> Result:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments], program)
        printed = capfd.readouterr()
        return Result(code, printed.out, printed.err)

    return call


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Iterator[Server]:
    """Furnished, and where KUBECONFIG points to."""
    server = Server(tmp_path)
    server.furnish()
    monkeypatch.setenv("KUBECONFIG", str(server.kubeconfig))
    yield server
    server.stop()


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY)
    return path

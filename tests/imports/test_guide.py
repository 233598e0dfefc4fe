"""``docs/guides/import.md``, word for word: its commands are run by a shell, and print what stands below them."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.server import Server
from tests.imports.stage import CRDS, Put, argocd_fleet, capi_fleet, definition, ocm_fleet

from myriarch.imports import capi, ocm

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "import.md"
BLOCK = re.compile(r"^```(sh)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = "$ "
SECONDS = 60


@pytest.fixture
def folder(tmp_path: Path, hub: Server, management: Server, put: Put) -> Path:
    """Where the reader sits: with the kubeconfigs that the guide assumes, and ``myriarch`` on the path."""
    put(CRDS, definition(capi.REFS[0]))
    put(CRDS, definition(ocm.REFS[0]))
    for fleet in (capi_fleet, argocd_fleet, ocm_fleet):
        fleet(put)
    place = tmp_path / "reader"
    place.mkdir()
    (place / "hub.kubeconfig").write_text(hub.kubeconfig.read_text())
    (place / "management.kubeconfig").write_text(management.kubeconfig.read_text())
    program = place / "myriarch"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m myriarch "$@"\n')
    program.chmod(0o700)
    return place


def steps() -> list[tuple[str, str]]:
    """Commands with what they print, in order."""
    found: list[tuple[str, str]] = []
    for language, text in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        if language:
            found.append((text, ""))
            continue
        for line in text.splitlines():
            if line.startswith(PROMPT):
                found.append((line.removeprefix(PROMPT), ""))
            else:
                found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return found


def test_the_guide_tells_what_happens(folder: Path, management: Server) -> None:
    server = management.http.url.rpartition("//")[2]
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    environment.pop("KUBECONFIG", None)
    exported = ""
    assert len(steps()) >= 8
    for command, wanted in steps():
        if command.startswith("export "):
            exported += f"{command}\n"
            continue
        done = subprocess.run(
            ["bash", "-ec", exported + command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert words(done.stdout.replace(server, "management.example:6443")) == words(wanted), command


def words(text: str) -> list[list[str]]:
    """Lines of words: how wide columns are depends on the server's address."""
    return [line.split() for line in text.splitlines()]

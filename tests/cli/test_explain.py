"""``release explain``: one screen for every kind of hold, and for every phase.

``MYRIARCH_REWRITE_STORIES=1 pytest tests/cli/test_explain.py`` writes the outcomes anew, for review in the diff.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path

import msgspec
import pytest
from tests.cli.conftest import Cli
from tests.cli.explaining import Explaining
from tests.cli.server import Server
from tests.stories.story import commands_of

from myriarch.api.holds import HoldKind
from myriarch.api.release import Phase

FOLDER = Path(__file__).parent / "explanations"
STORIES = sorted(FOLDER.glob("*.story"))
REWRITE = "MYRIARCH_REWRITE_STORIES"


@functools.cache
def replay(path: Path) -> tuple[str, Explaining]:
    interpreter, lines = Explaining(), []
    for kept, command in commands_of(path.read_text(encoding="utf-8")):
        lines += kept
        if command is not None:
            lines += interpreter.do(command)
    return "\n".join(lines).rstrip("\n") + "\n", interpreter


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_explanation(path: Path) -> None:
    told, _ = replay(path)
    if os.environ.get(REWRITE):
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8"), f"{path.name} comes out otherwise: see the diff of {REWRITE}=1"


def test_every_kind_of_hold_and_every_phase_is_explained() -> None:
    told = [each for path in STORIES for each in replay(path)[1].told]
    assert {held.entry.kind for each in told for held in each.holds} == set(HoldKind)
    assert {each.release.status.phase for each in told} == set(Phase)


def test_the_command_asks_the_hub(cli: Cli, server: Server) -> None:
    paused = {"kind": "Pause", "message": "paused by order"}
    server.release("r1", phase="Paused", attempt=1, holds=["paused by order"], holding=[paused], message="by order")
    printed = cli("release", "explain", "r1")
    assert (printed.code, printed.err) == (0, "")
    assert "myriarch release resume r1" in printed.out
    assert "kubectl myriarch release resume r1" in cli("release", "explain", "r1", program="kubectl myriarch").out
    whole = cli("release", "explain", "r1", "-o", "json").json
    assert [hold["message"] for hold in whole["holds"]] == ["paused by order"]
    assert whole["commands"][0] == {"command": "myriarch release resume r1", "does": "lets it go on"}
    as_yaml = cli("release", "explain", "r1", "-o", "yaml").out
    assert msgspec.yaml.decode(as_yaml) == whole


def test_a_release_that_is_not_there(cli: Cli, server: Server) -> None:
    server.release("r1", phase="Pending")
    refused = cli("release", "explain", "r2")
    assert (refused.code, refused.out) == (2, "")
    assert "'r2'" in refused.err
    assert "Give one of: r1." in refused.err

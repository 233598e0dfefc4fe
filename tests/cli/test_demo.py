"""``myriarch demo`` through its front door."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Cli

PROMISED = {
    "name",
    "phase",
    "productionExposure",
    "virtualSeconds",
    "wallSeconds",
    "nodesReverted",
    "nodesStuck",
    "nodesUnreachable",
    "reason",
}


def test_json_goes_to_stdout_and_progress_to_stderr(cli: Cli) -> None:
    result = cli("demo", "--seed", 3, "--clusters", 60, "--output", "json")
    assert result.code == 0, result.err
    assert result.json["fleet"]["clusters"] == 60
    assert result.json["fleet"]["nodes"] > 5000
    assert [story["name"] for story in result.json["stories"]] == [
        "good",
        "caught-in-simulation",
        "caught-in-production",
    ]
    assert all(story.keys() >= PROMISED for story in result.json["stories"])
    assert "Soaking" in result.err
    assert "wave canaries" in result.err


def test_the_table_says_how_each_story_ended_and_why(cli: Cli) -> None:
    result = cli("demo", "--seed", 3, "--clusters", 20, "--no-keep")
    assert re.search(r"^good +Succeeded +100%", result.out, re.MULTILINE)
    assert re.search(r"^caught-in-simulation +RolledBack +0%", result.out, re.MULTILINE)
    assert "caught-in-production: " in result.out


@pytest.mark.parametrize("given", [("--clusters", 1), ("--seed", -1), ("--output", "wide")])
def test_bad_input_is_refused(cli: Cli, given: tuple[object, ...]) -> None:
    result = cli("demo", *given)
    assert result.code == 2
    assert result.out == ""
    assert given[0] in result.err  # type: ignore[operator]


@pytest.fixture
def on_a_terminal(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The demo with a terminal for its output, and the terminal's other end."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "myriarch", "demo", "--clusters", "20", "--seed", "3"]
    command += ["--kubeconfig", str(tmp_path / "kubeconfig")]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    yield process, ours
    if process.poll() is None:
        process.kill()
        process.wait()
    os.close(ours)


def read_until(terminal: int, text: bytes) -> bytes:
    seen = b""
    while text not in seen:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    return seen


def test_on_a_terminal_the_hub_stays_up_until_ctrl_c(
    on_a_terminal: tuple[subprocess.Popen[bytes], int], tmp_path: Path
) -> None:
    process, terminal = on_a_terminal
    seen = read_until(terminal, b"Ctrl-C ends it.")
    assert b"kubectl get releases" in seen
    history = [sys.executable, "-m", "myriarch", "release", "history", "--kubeconfig", str(tmp_path / "kubeconfig")]
    told = subprocess.run(history, capture_output=True, check=True, text=True).stdout
    assert "caught-in-production" in told
    process.send_signal(signal.SIGINT)
    read_until(terminal, b"The hub has stopped.")
    assert process.wait(timeout=30) in (0, 1)


def test_ctrl_c_in_the_middle_of_a_story_leaves_no_traceback(
    on_a_terminal: tuple[subprocess.Popen[bytes], int],
) -> None:
    process, terminal = on_a_terminal
    seen = read_until(terminal, b"simulated")
    process.send_signal(signal.SIGINT)
    seen += read_until(terminal, b"\0never")
    assert process.wait(timeout=30) == 130
    assert b"Traceback" not in seen

"""The live picture on a terminal, and following through a restart of the hub."""

from __future__ import annotations

import io
import re
import threading
from pathlib import Path

import msgspec
import pytest
import yaml
from rich.console import Console
from tests.cli.conftest import POLICY, Cli
from tests.cli.server import Server

from myriarch.api.release import Release
from myriarch.cli.live import Lines, Picture, picture, view_for
from myriarch.cli.output import Output

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "getting-started.md"

RELEASE = {
    "metadata": {"name": "r1", "namespace": "default"},
    "spec": {"component": "agent", "revision": "v2", "policy": "careful"},
    "status": {
        "phase": "Advancing",
        "startedAt": "2026-01-05T10:00:00Z",
        "stage": 1,
        "stageName": "production",
        "wave": 1,
        "waves": 3,
        "policy": yaml.safe_load(POLICY)["spec"],
        "holds": ["2 units (a, b) not yet settled"],
        "environments": [
            {"environment": "sim", "nodes": 10, "updated": 10, "exposure": 1.0},
            {"environment": "prod", "nodes": 140, "updated": 35, "failed": 2, "exposure": 0.25},
        ],
        "timeline": [{"at": "2026-01-05T10:00:00.5Z", "phase": "Advancing", "stage": "rehearse", "reason": "Started"}],
    },
}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def release(**status: object) -> Release:
    return msgspec.convert({**RELEASE, "status": {**RELEASE["status"], **status}}, Release)  # type: ignore[dict-item]


def drawn(shown: Release) -> str:
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    console.print(picture(shown))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_picture_has_stages_environments_holds_and_transitions() -> None:
    text = drawn(release())
    assert re.search(r"stage rehearse .*1/1 waves", text)
    assert re.search(r"stage production .*1/3 waves", text)
    assert "35/140 updated, 25% exposed" in text
    assert "2 failed" in text
    assert "waits: 2 units (a, b) not yet settled" in text
    assert "2026-01-05T10:00:00Z  Advancing rehearse/1  Started" in text


def test_the_picture_of_success_has_every_wave_done() -> None:
    assert re.search(r"stage production .*3/3 waves", drawn(release(phase="Succeeded", wave=2)))
    assert "0/1 waves" in drawn(release(startedAt=None, phase="Pending", stage=0, wave=0, waves=0, stageName=""))


def test_the_view_fits_the_stream() -> None:
    assert isinstance(view_for(Output.TABLE, Terminal()), Picture)
    assert isinstance(view_for(Output.TABLE, io.StringIO()), Lines)
    stream = Terminal()
    with view_for(Output.TABLE, stream) as view:
        view.show(release())
    assert "35/140 updated" in stream.getvalue()


def test_plain_lines_say_everything_once() -> None:
    stream = io.StringIO()
    with view_for(Output.TABLE, stream) as view:
        for _ in range(3):
            view.show(release())
    assert len(stream.getvalue().splitlines()) == 2


def test_a_watch_outlives_a_restart_of_the_hub(cli: Cli, server: Server) -> None:
    server.release("r1", phase="Advancing")

    def restart() -> None:
        server.restart()
        server.tell("r1", phase="Succeeded", message="done")

    timer = threading.Timer(0.5, restart)
    timer.start()
    result = cli("release", "watch", "r1", "--timeout", 30)
    timer.join()
    assert result.code == 0, result.err


def test_the_guides_first_policy_is_sound(cli: Cli, server: Server, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    kinds = [[each["kind"] for each in yaml.safe_load_all(block)] for block in blocks]
    assert kinds == [["Component", "Revision", "Revision"], ["ReleasePolicy"]]
    policy = tmp_path / "hasty.yaml"
    policy.write_text(blocks[1])
    result = cli("release", "plan", "-c", "agent", "-r", "v2", "--policy-file", policy)
    assert result.code == 0, result.err


COMMANDS = re.findall(r'^    myriarch ([a-z -]+?)(?= [A-Z"-]| first|$)', GUIDE.read_text(), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_guides_commands_exist(cli: Cli, command: str) -> None:
    assert cli(*command.split(), "--help").code == 0

"""A benchmark that is broken off goes on from its journal: nothing is played twice, nothing stale is taken."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from rollout import campaign
from rollout.command import main
from rollout.journal import open_journal
from rollout.loading import read_scenario
from rollout.outcome import Outcome
from rollout.play import play
from rollout.scenario import Scenario

QUIET = {"name": "quiet", "title": "Nothing", "kind": "harmless", "summary": "-", "expected": {"guilty": "none"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "scenarios"
    found.mkdir()
    (found / "quiet.yaml").write_text(json.dumps(QUIET))
    return found


def run(folder: Path, journal: Path, seeds: int) -> int:
    given = ["--seeds", str(seeds), "--jobs", "1", "--scenarios", str(folder), "--policies", "all-at-once"]
    return main([*given, "--output", "json", "--journal", str(journal)])


def test_what_is_kept_is_not_played_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    journal, played = tmp_path / "runs.jsonl", list[int]()

    def counted(scenario: Scenario, seed: int, policy: str) -> Outcome:
        played.append(seed)
        return play(scenario, seed, policy)

    monkeypatch.setattr(campaign, "play", counted)
    assert run(folder, journal, 1) == 0
    first = json.loads(capsys.readouterr().out)["outcomes"]
    with journal.open("ab") as file:
        file.write(b'\n{"key": "cut of')
    assert run(folder, journal, 2) == 0
    both = json.loads(capsys.readouterr().out)["outcomes"]
    assert played == [0, 1]
    assert [each["seed"] for each in both] == [0, 1]
    assert both[0] == first[0]
    assert run(folder, journal, 2) == 0
    assert played == [0, 1]


def test_a_scenario_that_changed_is_another_run(tmp_path: Path) -> None:
    quiet = read_scenario(QUIET, "quiet")
    other = msgspec.structs.replace(quiet, title="Something")
    path = tmp_path / "runs.jsonl"
    open_journal(path).keep([quiet], [play(quiet, 0, "all-at-once")])
    again = open_journal(path)
    assert again.find(quiet, 0, "all-at-once") is not None
    assert again.find(quiet, 1, "all-at-once") is None
    assert again.find(quiet, 0, "kubefleet") is None
    assert again.find(other, 0, "all-at-once") is None


def test_a_journal_that_cannot_be_written_is_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, tmp_path / "nowhere" / "runs.jsonl", 1) == 2
    assert "--journal" in capsys.readouterr().err

"""``myriarch blame``: the example file is judged rightly, and bad input is refused with a cure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from myriarch.cli.exits import ExitCode
from myriarch.cli.main import run

EXAMPLE = Path(__file__).parents[2] / "examples" / "blame" / "two-releases.yaml"


def test_the_example_is_judged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["blame", str(EXAMPLE), "-o", "json", "--plots", str(tmp_path)]) == ExitCode.OK
    document = json.loads(capsys.readouterr().out)
    assert [(each["name"], each["ruling"]) for each in document["cause"]["releases"]] == [
        ("os-42", "Blamed"),
        ("agent-7", "Cleared"),
    ]
    assert document["cause"]["ambient"][0]["name"] == "zone b"
    first = document["attributes"]["explanations"][0]
    assert first["values"] | first["together"] == {"gpu": "a10", "driver": "535"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["attributes.svg", "cause.svg"]


def test_people_read_sentences_tables_and_plots(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["blame", str(EXAMPLE)]) == ExitCode.OK
    text = capsys.readouterr().out
    assert "os-42 is to blame" in text
    assert "0 to 15 min" in text
    assert "█" in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "holds neither groups nor places"),
        ("places: [{name: a, nodes: 3}]", "since"),
        ("{places: [{name: a, nodes: 3}], since: 2026-01-05T00:00:00, now: 2026-01-05T00:00:00Z}", "no time zone"),
        (
            "{places: [{name: a, nodes: 3}], since: 2026-01-05T00:00:00Z, now: 2026-01-05T01:00:00Z,"
            " failures: [{place: b, at: '2026-01-05T00:00:00Z'}]}",
            "is not described in the file",
        ),
        ("groups: [{attributes: {os: jammy}, failed: -1}]", "failed"),
        ("grups: []", "Did you mean groups?"),
        ("places: [", "Mend the YAML"),
    ],
)
def test_bad_files_are_refused(content: str, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "incident.yaml"
    path.write_text(content)
    assert run(["blame", str(path)]) == ExitCode.USAGE
    assert said in capsys.readouterr().err


def test_a_missing_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["blame", str(tmp_path / "none.yaml")]) == ExitCode.USAGE
    assert "none.yaml" in capsys.readouterr().err

"""Scenarios from the command line: the result in each form, the exit code, the replay, and bad files."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Cli

SCENARIO = Path(__file__).with_name("scenario.yaml")


def test_a_scenario_runs_and_the_same_seed_gives_the_same_bytes(cli: Cli, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    first = cli("simulate", SCENARIO, "--seed", 3, "-o", "json", "--trace", trace)
    assert (first.code, first.err) == (0, "")
    assert {each["name"]: each["phase"] for each in first.json["releases"]} == {
        "good": "Succeeded",
        "bad": "RolledBack",
    }
    assert first.json["invariantsBroken"] == {}
    assert len(trace.read_text().splitlines()) == first.json["traceLines"]
    assert cli("simulate", SCENARIO, "--seed", 3, "-o", "json").out == first.out


def test_the_table_says_what_came_of_it(cli: Cli) -> None:
    text = cli("simulate", SCENARIO, "--seed", 3).out
    assert text.startswith("two-releases, seed 3: 4 clusters, 40 nodes")
    assert "RolledBack" in text
    assert "expected of bad: met" in text
    assert "0 broken" in text


def test_an_expectation_not_met_fails_and_says_how_to_replay(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "hopeful.yaml"
    path.write_text(SCENARIO.read_text().replace("{release: bad, phase: RolledBack", "{release: bad, phase: Succeeded"))
    result = cli("simulate", path, "--seed", 3)
    assert result.code == 1
    assert "expected of bad:" in result.out
    assert f"myriarch simulate {path} --seed 3 --trace FILE" in result.err


def test_the_schema_is_a_document(cli: Cli) -> None:
    schema = cli("simulate", "--schema").json
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "Scenario" in schema["$defs"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fleet:", "fleat:", "fleat"),
        ("clusters: 4", "clusters: four", "'four'"),
        ("symptom: notReady", "symptom: sulking", "'sulking'"),
        ("revision: v3", "revision: v9", "'v9'"),
        ("soak: 10m", "soak: a while", "'a while'"),
    ],
)
def test_faults_of_a_scenario_name_field_value_and_cure(
    cli: Cli, tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "bad.yaml"
    text = SCENARIO.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    result = cli("simulate", path)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("error: ")
    assert said in result.err


def test_without_a_scenario(cli: Cli, tmp_path: Path) -> None:
    assert cli("simulate").code == 2
    assert "nowhere.yaml" in cli("simulate", tmp_path / "nowhere.yaml").err

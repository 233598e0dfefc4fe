"""``myriarch evidence``: samples of one's own are judged as a release would judge them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Cli


def written(path: Path, rows: list[tuple[object, ...]], head: str = "time,arm,value,size,stratum") -> Path:
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


def samples(path: Path, slower: float) -> Path:
    """60 looks at 5 updated and 45 controls in two strata; slower from the thirtieth on."""
    generator = np.random.default_rng(2)
    rows: list[tuple[object, ...]] = []
    for look in range(60):
        for unit in range(50):
            factor = slower if unit < 5 and look >= 30 else 1.0
            value = factor * generator.lognormal(3, 0.5)
            rows.append((look, "updated" if unit < 5 else "control", round(value, 3), 1, unit % 2))
    return written(path, rows)


@pytest.mark.parametrize("kind", ["Mean", "Quantile"])
def test_late_harm_is_shown_and_says_when(cli: Cli, tmp_path: Path, kind: str) -> None:
    options = ("--kind", kind, "--ceiling", 200, "--quantile", 0.9, "-o", "json")
    found = cli("evidence", "weigh", samples(tmp_path / "slow.csv", 2.0), *options).json
    assert found["verdict"] == "Harm"
    assert 30 < int(found["harmShownAt"]) < 60
    assert found["comparedWith"] == "concurrent controls"
    assert found["evidence"]["harm"] > 100
    assert len(found["looks"]) == 60
    even = cli("evidence", "weigh", samples(tmp_path / "even.csv", 1.0), *options).json
    assert even["verdict"] == "Unknown"


def test_quiet_shares_exclude_harm_above_the_tolerated(cli: Cli, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = []
    for look in range(100):
        rows += [(look, "updated", look % 2, 10, ""), (look, "control", 5, 90, "")]
    result = cli("evidence", "weigh", written(tmp_path / "s.csv", rows), "--kind", "Share", "--difference", 0.1)
    assert result.code == 0
    assert result.out.startswith("Safe: harm above the tolerated is excluded since ")
    assert "concurrent controls, 100 looks" in result.out


@pytest.mark.parametrize("kind", ["Failures", "Count"])
def test_failures_and_events_are_harm_with_their_ratio(cli: Cli, tmp_path: Path, kind: str) -> None:
    rows: list[tuple[object, ...]] = []
    for look in range(20):
        rows += [(look, "updated", look % 2, 10, "a"), (look, "control", 0, 90, "a")]
    found = cli("evidence", "weigh", written(tmp_path / "f.csv", rows), "--kind", kind, "-o", "json").json
    assert found["verdict"] == "Harm"
    assert found["bounds"]["ratio"][0] > 1


def test_history_stands_in_and_says_so(cli: Cli, tmp_path: Path) -> None:
    file = written(tmp_path / "h.csv", [(look, "updated", 30, 100, "") for look in range(5)])
    found = cli("evidence", "weigh", file, "--kind", "Count", "--history", 100, 10_000, "-o", "json").json
    assert found["verdict"] == "Harm"
    assert found["comparedWith"] == "matched history"
    refused = cli("evidence", "weigh", file, "--kind", "Mean", "--history", 100, 10_000)
    assert refused.code == 2
    assert "--kind Share" in refused.err


@pytest.mark.parametrize(
    ("head", "row", "said"),
    [
        ("time,value", (1, 2), "no column arm"),
        ("time,arm,value", (1, "canary", 2), "line 2.arm"),
        ("time,arm,value", (1, "updated", "x"), "line 2.value"),
        ("time,arm,value", (1, "updated", "-1"), "0 or more"),
    ],
)
def test_bad_files_are_refused_by_line(cli: Cli, tmp_path: Path, head: str, row: tuple[object, ...], said: str) -> None:
    result = cli("evidence", "weigh", written(tmp_path / "bad.csv", [row], head))
    assert result.code == 2
    assert said in result.err


def test_times_that_come_back_hits_above_trials_and_empty_files_are_refused(cli: Cli, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [(time, "updated", 1, 1, "") for time in (1, 2, 1)]
    assert "line 4.time" in cli("evidence", "weigh", written(tmp_path / "a.csv", rows)).err
    many = written(tmp_path / "b.csv", [(1, "updated", 5, 2, "")])
    assert "more than the size" in cli("evidence", "weigh", many, "--kind", "Share").err
    assert "has no samples" in cli("evidence", "weigh", written(tmp_path / "c.csv", [])).err
    assert "can't be read" in cli("evidence", "weigh", tmp_path / "none.csv").err
    assert cli("evidence", "weigh", many, "--kind", "Failures", "--ratio", 0).code == 2


def test_the_smallest_harm_and_the_blind_are_told(cli: Cli) -> None:
    found = cli("evidence", "smallest", "--updated", 20, "--controls", 980, "-o", "json").json
    assert not found["stratum"]["blind"]
    assert 0 < found["stratum"]["smallestShare"] < 0.5
    told = cli("evidence", "smallest", "--updated", 1, "--controls", 999, "--strata", 20, "--share").out
    assert told.startswith("the stratum: blind")
    assert "all 20 strata together: " in told

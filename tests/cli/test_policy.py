"""Ready policies are printed, and policies in files are refused for all that is wrong with them, without a hub."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import POLICY, Cli

from myriarch.policies.shipped import shipped_names

BAD = """
apiVersion: myriarch.io/v1alpha1
kind: ReleasePolicy
metadata: {name: Bad_}
spec:
  analysis: {alpha: 0.9}
  nodes: {soak: 5m, maxUnavailabel: 3}
  nodes: {soak: 5m, maxUnavailabel: 3}
  stages:
  - name: a
    waves: [{clusters: 50%}, {clusters: 20%}, {clusters: 120%}]
  - {soak: 5 minutes}
"""
WINDOW = """
apiVersion: myriarch.io/v1alpha1
kind: FreezeWindow
metadata: {name: w}
spec: {timeZone: Mars/Olympus, reason: r, weekly: [{days: [Mon], from: 12:30, until: 14:00}]}
"""


def test_the_ready_ones_are_listed_a_line_each(cli: Cli) -> None:
    lines = cli("policy", "list").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(shipped_names())
    (urgent,) = (row for row in cli("policy", "list", "-o", "json").json if row["name"] == "urgent")
    assert urgent["minimumSeconds"] == 4 * 3600 + 20 * 60
    assert urgent["purpose"].startswith("For fixes")


@pytest.mark.parametrize("name", shipped_names())
def test_what_is_shown_is_sound(cli: Cli, tmp_path: Path, name: str) -> None:
    shown = cli("policy", "show", name, "-e", "prod=production", "--name", "mine")
    assert shown.code == 0
    path = tmp_path / "p.yaml"
    path.write_text(shown.out)
    assert cli("policy", "check", path).out == f"{path}: ReleasePolicy mine: sound\n"
    assert "environment: production\n" in shown.out
    assert "environment: prod\n" not in shown.out
    assert shown.out.startswith("# For ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "hasty"), "there is no such ready policy. Give one of: careful,"),
        (("show", "urgent", "-e", "live=x"), "the policy has no environment 'live'. Rename one of: sim, prod."),
        (("show", "urgent", "-e", "prod"), "is not READY=OWN"),
        (("show", "urgent", "-e", "prod=a b"), "is no name of an object"),
        (("new", "Mine"), "is no name of an object"),
        (("check", "no-such-file"), "Give a readable file."),
    ],
)
def test_what_can_not_be_meant_is_said(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    result = cli("policy", *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_a_new_one_is_sound(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(cli("policy", "new", "mine", "-e", "live").out)
    assert cli("policy", "check", path).code == 0
    assert "  stages:\n  - name: live\n    environment: live\n" in path.read_text()


def test_all_faults_are_told_at_once_with_field_value_and_cure(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(BAD)
    result = cli("policy", "check", path, "-o", "json")
    assert result.code == 2
    (found,) = result.json
    assert not found["sound"]
    assert all(fault["problem"] and fault["cure"] for fault in found["faults"])
    assert {fault["field"] for fault in found["faults"]} == {
        "metadata.name",
        "spec.nodes",
        "spec.nodes.maxUnavailabel",
        "spec.analysis.alpha",
        "spec.stages[1].name",
        "spec.stages[1].soak",
    }
    lines = cli("policy", "check", path).err.splitlines()
    assert len(lines) == len(found["faults"])
    assert any("spec.analysis.alpha: 0.9: should be less than or equal to 0.5" in line for line in lines)
    assert any("Did you mean 'maxUnavailable'?" in line for line in lines)


def test_what_the_schema_lets_pass_is_told_though_the_schema_finds_something_else(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(POLICY.replace("clusters: 50%", "clusters: 500%").replace("name: production", "name: rehearse"))
    err = cli("policy", "check", path).err
    assert "Duplicate value" in err
    assert "clusters: '500%': is over 100%" in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [*a]", "is nested deeper than that, or holds itself"),
        ("[" * 5000 + "]" * 5000, "is nested deeper than that"),
        (
            "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40))]),
            "Write fewer al",
        ),
        ("a: !!python/object:os.system {}", "could not determine a constructor"),
        ("{apiVersion: myriarch.io/v1alpha1, kind: ReleasePolicy, metadata: 7, spec: {stages: x}}", "metadata: 7"),
        ("{apiVersion: myriarch.io/v1alpha1, kind: [a]}", "kind: ['a']: is none of Myriarch's"),
        ("{apiVersion: myriarch.io/v1alpha1, kind: ReleasePolicy, metadata: {name: a}}", "spec: '(absent)'"),
    ],
)
def test_no_file_is_a_riddle(cli: Cli, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text)
    result = cli("policy", "check", path)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_several_objects_and_files_are_checked_each_by_itself(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(f"{POLICY}---\n{WINDOW}---\n")
    (tmp_path / "other.yaml").write_text("apiVersion: v1\nkind: ConfigMap\n---\n- 1\n")
    (tmp_path / "torn.yaml").write_text("a: [")
    (tmp_path / "empty.yaml").write_text("---\n")
    names = [tmp_path / f"{name}.yaml" for name in ("two", "other", "torn", "empty")]
    result = cli("policy", "check", *names)
    assert result.code == 2
    assert result.out == f"{names[0]}: ReleasePolicy careful: sound\n"
    window, other, listed, torn, empty = result.err.splitlines()
    assert "FreezeWindow w: spec.timeZone: 'Mars/Olympus': is no time zone" in window
    assert "apiVersion: 'v1': is none of Myriarch's" in other
    assert "is no object" in listed
    assert "line 1, column 5" in torn
    assert "holds no object" in empty

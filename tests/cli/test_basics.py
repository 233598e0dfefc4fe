"""Names, forms of output, exit codes and completion: what every command shares."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import Cli

from myriarch import __version__
from myriarch.api.kinds import KINDS
from myriarch.cli.main import COMMANDS, program_name
from myriarch.cli.output import Column, Table, percent, render

BIN = Path(sys.executable).parent


def test_version(cli: Cli) -> None:
    assert cli("version").out == f"myriarch {__version__}\n"
    assert cli("version", "-o", "json").json["version"] == __version__
    assert yaml.safe_load(cli("version", "-o", "yaml").out)["version"] == __version__


def test_crds_are_all_kinds_in_both_forms(cli: Cli) -> None:
    documents = list(yaml.safe_load_all(cli("crds").out))
    assert [each["spec"]["names"]["kind"] for each in documents] == list(KINDS)
    assert cli("crds", "--output", "json").json["items"] == documents


def test_help_names_every_command_and_the_exit_codes(cli: Cli) -> None:
    result = cli("--help")
    assert result.code == 0
    assert all(f"  {name} " in result.out for name in COMMANDS)
    assert "Exit codes" in result.out


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("demo", "hub")])
def test_every_command_explains_itself(cli: Cli, name: str) -> None:
    result = cli(name, "--help")
    assert (result.code, result.err) == (0, "")
    assert f"myriarch {name}" in result.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["relase"], "Did you mean 'release'?"),
        (["release", "wach"], "Did you mean 'watch'?"),
        (["frobnicate"], "Give one of: demo, hub"),
        (["version", "--colour"], "--colour"),
        (["version", "-o", "xml"], "'xml'"),
        (["release", "status", "a", "b"], "unexpected extra argument"),
        (["fleet", "import"], "FILE"),
        (["completion", "tcsh"], "'tcsh'"),
    ],
)
def test_wrong_usage_is_told_on_stderr(cli: Cli, arguments: list[str], said: str) -> None:
    result = cli(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert result.err.startswith("error: ")
    assert said in result.err
    assert "Traceback" not in result.err


def test_as_a_plugin_of_kubectl_it_says_so(cli: Cli) -> None:
    assert program_name("/usr/bin/kubectl-myriarch") == "kubectl myriarch"
    assert program_name("/usr/bin/myriarch") == "myriarch"
    assert "Usage: kubectl myriarch release" in cli("release", "--help", program="kubectl myriarch").out


def test_kubectl_finds_the_plugin() -> None:
    kubectl = BIN / "kubectl"
    if not kubectl.exists():
        pytest.skip("kubectl is not installed beside this Python")
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    called = subprocess.run(
        [kubectl, "myriarch", "version"], capture_output=True, text=True, check=True, env=environment
    )
    assert called.stdout == f"myriarch {__version__}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_call_back(cli: Cli, shell: str) -> None:
    result = cli("completion", shell)
    assert result.code == 0
    assert f"_MYRIARCH_COMPLETE={shell}_complete" in result.out


@pytest.mark.parametrize(
    ("words", "index", "expected"),
    [
        ("myriarch re", 1, ["release"]),
        ("myriarch release r", 2, ["resume", "rollback"]),
        ("myriarch release start x --pol", 4, ["--policy", "--policy-file"]),
    ],
)
def test_completion_answers(words: str, index: int, expected: list[str]) -> None:
    environment = {
        **os.environ,
        "COMP_WORDS": words,
        "COMP_CWORD": str(index),
        "_MYRIARCH_COMPLETE": "bash_complete",
    }
    answered = subprocess.run([BIN / "myriarch"], capture_output=True, text=True, check=False, env=environment)
    assert [line.partition(",")[2] for line in answered.stdout.split()] == expected


def test_what_needs_no_hub_imports_nothing_heavy() -> None:
    code = (
        "import sys; from myriarch.cli.main import run; run(['version']);"
        "print([m for m in ('numpy', 'aiohttp', 'msgspec.json', 'rich', 'myriarch.client') if m in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert printed.stdout.splitlines()[1] == "[]"


def test_tables_align_and_hide_what_is_wide() -> None:
    table = Table((Column("name"), Column("nodes"), Column("why", wide=True)), [["a", 10, "x"], ["long-name", "", "y"]])
    assert render(table, terminal=False).splitlines() == [
        "NAME        NODES",
        "a           10",
        "long-name   <none>",
    ]
    assert "WHY" in render(table, wide=True, terminal=False)
    assert render(table, terminal=True).startswith("\x1b[1mNAME")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (1, "100%"), (0.5, "50%"), (0.00001, "<0.01%"), (0.99999, "99.99%"), (0.0123, "1.23%")],
)
def test_shares_never_round_to_none_or_all(share: float, text: str) -> None:
    assert percent(share) == text

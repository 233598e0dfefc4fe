"""The guide of plans, word for word: its files are written, its commands run, and what they print is what it shows.

``MYRIARCH_REWRITE_STORIES=1 pytest tests/cli/test_plan_guide.py`` writes what they print anew, for review in the diff.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import Cli
from tests.tidy.source import ROOT

GUIDE = ROOT / "docs" / "guides" / "plan.md"
TEXT = GUIDE.read_text("utf-8")
REWRITE = "MYRIARCH_REWRITE_STORIES"
EXPLAINS = "$ myriarch release explain"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", TEXT, re.DOTALL)


def test_the_commands_print_what_the_guide_shows(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("inventory.csv").write_text(blocks("csv")[0])
    for policy in blocks("yaml"):
        Path(f"{yaml.safe_load(policy)['metadata']['name']}.yaml").write_text(policy)
    shown = [block for block in blocks("console") if not block.startswith(EXPLAINS)]
    assert len(shown) == 3
    told = TEXT
    for block in shown:
        told = told.replace(block, "".join(_run(cli, line) for line in block.splitlines() if line.startswith("$ ")))
    if os.environ.get(REWRITE):
        GUIDE.write_text(told, "utf-8")
    assert told == TEXT


def _run(cli: Cli, line: str) -> str:
    result = cli(*line.removeprefix("$ myriarch ").split())
    assert result.code == 0, result.err
    return f"{line}\n{result.out}"


def test_the_explanation_is_one_of_those_tested() -> None:
    (block,) = (block for block in blocks("console") if block.startswith(EXPLAINS))
    stories = (ROOT / "tests" / "cli" / "explanations").glob("*.story")
    assert any(block.partition("\n")[2] in story.read_text("utf-8") for story in stories)

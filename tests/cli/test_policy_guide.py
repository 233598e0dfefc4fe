"""Every example of the guide is sound, alone and together with the others, and plans over a small fleet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from tests.cli.conftest import Cli
from tests.policies.small_fleet import CLUSTERS, SEED, small_plan
from tests.tidy.source import ROOT

from myriarch.api.policy import ReleasePolicySpec
from myriarch.cli.policy_examine import examine
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.load import dump_fleet
from myriarch.policies.shipped import shipped_names

TEXT = (ROOT / "docs" / "guides" / "policies.md").read_text("utf-8")
BLOCKS: list[dict[str, Any]] = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
WHOLE = BLOCKS[0]
PARTS = [block["spec"] for block in BLOCKS[1:] if "kind" not in block]
COMMANDS = re.findall(r"^    (myriarch .*)$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("number", range(len(PARTS)))
def test_each_part_is_sound_beside_the_three_lines(number: int) -> None:
    document = {**WHOLE, "spec": {**WHOLE["spec"], **PARTS[number]}}
    assert [fault.message for fault in examine(document)] == []
    small_plan(msgspec.convert(document["spec"], ReleasePolicySpec))


def test_all_parts_together_are_a_policy() -> None:
    spec: dict[str, Any] = {}
    for part in (WHOLE["spec"], *PARTS):
        spec |= part
    assert [fault.message for fault in examine({**WHOLE, "spec": spec})] == []
    plan = small_plan(msgspec.convert(spec, ReleasePolicySpec))
    assert [len(stage.waves) for stage in plan.stages] == [1, 4]
    assert set(spec) >= set(ReleasePolicySpec.__struct_encode_fields__)


def test_whole_objects_are_sound() -> None:
    whole = [block for block in BLOCKS if "kind" in block]
    assert [block["kind"] for block in whole] == ["ReleasePolicy", "FreezeWindow"]
    assert [fault.message for block in whole for fault in examine(block)] == []


def test_the_table_names_every_ready_policy() -> None:
    assert sorted(re.findall(r"^\| `([\w-]+)` \|", TEXT, re.MULTILINE)) == list(shipped_names())


def test_the_commands_run(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(cli("policy", "new", "mine", "-e", "prod").out)
    Path("standard.yaml").write_text(cli("policy", "show", "standard").out)
    Path("fleet.yaml").write_text(dump_fleet(default_spec(CLUSTERS, SEED)))
    assert len(COMMANDS) == 5
    for command in COMMANDS:
        result = cli(*command.split(" | ")[0].split()[1:])
        assert (result.code, result.err) == (0, ""), command

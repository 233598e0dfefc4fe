"""A scenario's mistakes are named by file, line, field, value and cure."""

from __future__ import annotations

import textwrap
from pathlib import Path

import msgspec
import pytest
import yaml
from tests.sim.scenarios import document

from myriarch.base.errors import UserFault
from myriarch.sim.faults import FAULT_CLASSES
from myriarch.sim.scenario_file import load_scenario, read_scenario, schema

GOOD = yaml.safe_dump(document(), sort_keys=False)


def fault_of(text: str) -> UserFault:
    with pytest.raises(UserFault) as caught:
        read_scenario(textwrap.dedent(text), "test.yaml")
    return caught.value


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_good_scenario_is_read() -> None:
    scenario = read_scenario(GOOD)
    assert [release.name for release in scenario.spec.releases] == ["one"]


@pytest.mark.parametrize(
    ("old", "new", "field", "cure"),
    [
        ("clusters: 6", "clusers: 6", "spec.fleet.uniform.clusers", "Did you mean 'clusters'?"),
        ("clusters: 6", "clusters: six", "spec.fleet.uniform.clusters", "Correct it"),
        ("clusters: 6", "clusters: 1", "spec.fleet.uniform.clusters", "Correct it"),
        ("soak: 10m", "soak: 10", "spec.policies[0].spec.stages[0].soak", "Write 30s"),
        ("soak: 10m", "soak: soon", "spec.policies[0].spec.stages[0].soak", "30s"),
        ("soak: 10m", "soack: 10m", "spec.policies[0].spec.stages[0].soack", "Did you mean 'soak'?"),
        ("revision: v2", "revision: v9", "spec.releases[0].revision", "Use one of: v2, v1."),
        ("policy: rules", "policy: none", "spec.releases[0].policy", "Use one of: rules."),
        ("nodes: 50%", "nodes: 150%", "spec.policies[0].spec.stages[1].waves[0].nodes", "0% to 100%"),
        ("kind: Scenario", "kind: Story", "kind", "Write kind: Scenario."),
        ("- name: v2\n", "- name: v2\n    name: v3\n", "spec.revisions[0].name", "Keep one of them."),
    ],
)
def test_a_mistake_is_named(old: str, new: str, field: str, cure: str) -> None:
    fault = fault_of(changed(old, new))
    place, _, named = fault.field.partition(": ")
    assert named == field
    assert cure in fault.cure
    name, line = place.split(":")
    assert name == "test.yaml"
    assert new.splitlines()[-1].strip() in changed(old, new).splitlines()[int(line) - 1]


@pytest.mark.parametrize(
    ("faults", "field", "cure"),
    [
        ("[{fault: earthquake}]", "spec.faults[0].fault", "controllerCrash"),
        ("[{fault: conflict, rate: 1.5}]", "spec.faults[0].rate", "Correct it"),
        ("[{fault: conflict, participants: [people]}]", "spec.faults[0].participants[0]", "'controllers' or 'agents'"),
        ("[{fault: gone, times: 3}]", "spec.faults[0].every", "how often"),
        ("[{fault: gone, times: 3, for: 5m, every: 5m}]", "spec.faults[0].every", "longer"),
        ("[{fault: deadNodes, nodes: {where: {color: red}}}]", "spec.faults[0].nodes.where", "gpuModel"),
    ],
)
def test_a_bad_fault_is_named(faults: str, field: str, cure: str) -> None:
    fault = fault_of(GOOD + f"  faults: {faults}\n")
    assert fault.field.endswith(f": {field}")
    assert cure in fault.cure


def test_exactly_one_fleet_is_wanted() -> None:
    fault = fault_of(changed("    uniform:", "    default: {clusters: 3}\n    uniform:"))
    assert "exactly one" in fault.cure


def test_a_file_that_is_no_yaml_or_not_there_is_named(tmp_path: Path) -> None:
    assert "not valid YAML" in fault_of("spec: [").problem
    with pytest.raises(UserFault, match="No such file"):
        load_scenario(tmp_path / "missing.yaml")


def test_times_of_day_and_dates_stay_text() -> None:
    windows = (
        "  freezeWindows: [{name: night, spec: {reason: rest, weekly: [{days: [Mon], from: 22:00, until: 06:30}]}}]\n"
    )
    scenario = read_scenario(GOOD + windows)
    assert scenario.spec.freeze_windows[0].spec.weekly[0].from_ == "22:00"


def test_the_schema_describes_every_fault_class_and_the_policy() -> None:
    text = msgspec.json.encode(schema()).decode()
    assert all(name in text for name in (*FAULT_CLASSES, "maxUnavailable"))
    assert schema()["$ref"].startswith("#/$defs/")

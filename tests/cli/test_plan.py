"""Plans: what they show, and everything that is refused before anything moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import POLICY, Cli
from tests.cli.server import Server, meta

from myriarch.api.component import Component, ComponentSpec, DriverName
from myriarch.api.freezewindow import FreezeWindow, FreezeWindowSpec
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.client import refs

PLAN = ("release", "plan", "-c", "agent", "-r", "v2")


def test_a_plan_says_clusters_nodes_cover_exposure_and_soaks(cli: Cli, server: Server, policy_file: Path) -> None:
    plan = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    assert (plan["clusters"], plan["nodes"]) == (3, 150)
    rehearse, production = plan["stages"]
    assert rehearse["waves"][0]["nodes"] == 10
    canary, half, rest = production["waves"]
    assert canary["covering"]
    assert (canary["coveredValues"], canary["uncovered"]) == (4, [])
    assert 4 <= canary["nodes"] <= 12
    assert canary["exposure"] == pytest.approx(canary["nodes"] / 140)
    assert half["approval"]
    assert rest["exposure"] == 1.0
    node_soak = 300
    assert plan["minimumSeconds"] == 600 + 3 * 3600 + 4 * node_soak
    text = cli(*PLAN, "--policy-file", policy_file).out
    assert "stage production (prod): 2 clusters, 140 nodes, begins when approved" in text
    assert "covers 4/4" in text


def test_the_policy_of_the_hub_counts_and_nothing_is_written(cli: Cli, server: Server, policy_file: Path) -> None:
    by_file = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    assert server.names(refs.POLICIES) == []
    assert cli("release", "start", "r", "-c", "agent", "-r", "v2", "--policy-file", policy_file).code == 0
    assert cli(*PLAN, "-p", "careful", "-o", "json").json == by_file


def test_a_selector_narrows_the_stages(cli: Cli, server: Server, policy_file: Path) -> None:
    result = cli(*PLAN, "--policy-file", policy_file, "-l", "tier=gold")
    assert result.code == 2
    assert result.err.count("matches no cluster") == 2


def test_freezes_ahead_are_warned_of(cli: Cli, server: Server, policy_file: Path) -> None:
    assert "warning" not in cli(*PLAN, "--policy-file", policy_file).out
    server.create(
        refs.FREEZE_WINDOWS, FreezeWindow(metadata=meta("halt"), spec=FreezeWindowSpec(stop=True, reason="x"))
    )
    other = FreezeWindowSpec(stop=True, reason="y", components=["other"])
    server.create(refs.FREEZE_WINDOWS, FreezeWindow(metadata=meta("elsewhere"), spec=other))
    warnings = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json["warnings"]
    assert len(warnings) == 1
    assert "halt holds forward steps now, until it is removed: x" in warnings[0]


def test_a_real_component_needs_the_revision_that_it_begins_at(cli: Cli, server: Server, policy_file: Path) -> None:
    spec = ComponentSpec(driver=DriverName.JOB, initial_revision="c1")
    server.create(refs.COMPONENTS, Component(metadata=meta("config"), spec=spec))
    server.create(refs.REVISIONS, Revision(metadata=meta("c2"), spec=RevisionSpec(component="config")))
    words = ("release", "plan", "-c", "config", "-r", "c2", "--policy-file", policy_file)
    refused = cli(*words)
    assert (refused.code, "spec.initialRevision: 'c1'" in refused.err) == (2, True), refused.err
    server.create(refs.REVISIONS, Revision(metadata=meta("c1"), spec=RevisionSpec(component="config")))
    assert cli(*words).code == 0


def test_a_plan_over_a_fleet_file_needs_no_hub(cli: Cli, policy_file: Path, tmp_path: Path) -> None:
    fleet = tmp_path / "fleet.yaml"
    inventory = tmp_path / "i.csv"
    inventory.write_text("sn,cpu_milli,memory_mib,gpu,model\na,96000,262144,0,\n")
    assert cli("fleet", "import", inventory, "--clusters", 12, "-o", fleet).code == 0
    result = cli(*PLAN, "--fleet", fleet, "--policy-file", policy_file, "-o", "json")
    assert result.code == 0, result.err
    assert result.json["clusters"] == 12
    assert cli(*PLAN, "--fleet", fleet, "-p", "careful").code == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("soak: 10m", "sok: 10m", "spec.stages[0].sok: '10m': there is no such field. Did you mean 'soak'?"),
        ("soak: 10m", "soak: 10", "spec.stages[0].soak: 10: is no duration. Write one such as 30s,"),
        ("soak: 10m", "soak: soon", "spec.stages[0].soak: 'soon': is no duration. Write one such as 30s,"),
        ("clusters: 50%", "clusters: 150%", "spec.stages[1].waves[1].clusters: '150%': is over 100%"),
        ("clusters: 50%, approval: true}, {}", "clusters: 50%}, {clusters: 10%}", "waves go backwards"),
        ("clusters: 50%", "clusters: [1]", "spec.stages[1].waves[1].clusters: [1]: "),
        ("environment: prod", "environment: moon", "spec.stages[1].environment: 'moon': matches no cluster"),
        ("  stages:", "  failure: {action: Panic}\n  stages:", "Write one of: RollBack, RollBackWave, Pause, Abort."),
        ("name: rehearse", "title: rehearse", "spec.stages[0].title"),
        ("  - name: rehearse\n    environment", "  - environment", "spec.stages[0].name: '(absent)': is required"),
        ("name: rehearse", "name: production", "is the name of another stage too"),
        ("kind: ReleasePolicy", "kind: Policy", "Write kind: ReleasePolicy."),
        ("metadata: {name: careful}", "metadata: {}", "metadata.name: '': the policy has no name"),
        ("spec:", "spec: [", "is not YAML: line"),
    ],
)
def test_faults_of_a_policy_file_name_field_value_and_cure(
    cli: Cli, server: Server, policy_file: Path, old: str, new: str, said: str
) -> None:
    assert old in POLICY
    policy_file.write_text(POLICY.replace(old, new))
    for arguments in (PLAN, ("release", "start", "r", "-c", "agent", "-r", "v2")):
        result = cli(*arguments, "--policy-file", policy_file)
        assert (result.code, result.out) == (2, "")
        assert said in result.err
        assert all(line.startswith("error: ") for line in result.err.splitlines())
    assert server.names(refs.POLICIES) == []
    assert server.names(refs.RELEASES) == []


def test_faults_of_a_file_come_before_a_clash_with_the_policy_of_the_hub(
    cli: Cli, server: Server, policy_file: Path
) -> None:
    assert cli("release", "start", "r", "-c", "agent", "-r", "v2", "--policy-file", policy_file).code == 0
    policy_file.write_text(POLICY.replace("clusters: 50%", "clusters: 150%"))
    result = cli(*PLAN, "--policy-file", policy_file)
    assert result.code == 2
    assert "is over 100%" in result.err
    assert "another policy" not in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-c", "agent", "-r", "v9", "-p", "none"], ["--revision: 'v9'", "--policy: 'none'"]),
        (["-c", "agnt", "-r", "v2", "--policy-file", "FILE"], ["--component: 'agnt'", "Give one of: agent."]),
        (["-c", "agent", "-r", "w1", "--policy-file", "FILE"], ["--revision: 'w1': is a revision of component other"]),
        (["-c", "agent", "-r", "v2"], ["--policy: '': is missing"]),
        (["-c", "agent", "-r", "v2", "-p", "bold", "--policy-file", "FILE"], ["the file holds policy careful"]),
        (["-c", "agent", "-r", "v2", "--policy-file", "/nowhere.yaml"], ["--policy-file: '/nowhere.yaml'"]),
        (["-c", "agent", "-r", "v2", "--policy-file", "FILE", "-l", "gold"], ["--selector: 'gold'"]),
        (["-c", "agent", "--policy-file", "FILE"], ["--revision"]),
    ],
)
def test_wishes_that_cannot_be_granted(
    cli: Cli, server: Server, policy_file: Path, arguments: list[str], said: list[str]
) -> None:
    given = [str(policy_file) if argument == "FILE" else argument for argument in arguments]
    result = cli("release", "start", "r", *given)
    assert result.code == 2
    assert all(text in result.err for text in said), result.err
    assert server.names(refs.RELEASES) == []
    assert server.names(refs.POLICIES) == []

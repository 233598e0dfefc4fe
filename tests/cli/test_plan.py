"""Plans: what they show, and everything that is refused before anything moves."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.cli.conftest import POLICY, Cli
from tests.cli.server import Server, meta

from myriarch.api.component import Component, ComponentSpec, DriverName
from myriarch.api.freezewindow import FreezeWindow, FreezeWindowSpec
from myriarch.api.meta import Condition, ObjectMeta
from myriarch.api.release import Release, ReleaseSpec
from myriarch.api.revision import Requirement, Revision, RevisionSpec
from myriarch.client import refs
from myriarch.client.objects import Raw

SINCE = "2026-01-01T00:00:00Z"

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


def test_what_a_release_would_wait_for_is_warned_of(cli: Cli, server: Server, policy_file: Path) -> None:
    server.create(refs.COMPONENTS, Component(metadata=meta("cni"), spec=ComponentSpec(initial_revision="cni-1")))
    for name, version in (("cni-1", "1.4.0"), ("cni-2", "2.0.0")):
        made = RevisionSpec(component="cni", version=version)
        server.create(refs.REVISIONS, Revision(metadata=meta(name), spec=made))
    asked = [Requirement(component="cni", version=">=2"), Requirement(component="kubernetes", version=">=1.0")]
    wanted = RevisionSpec(component="agent", requires=asked)
    server.create(refs.REVISIONS, Revision(metadata=meta("v3"), spec=wanted))
    server.do(lambda client: client.patch(refs.COMPONENTS, Raw, "agent", {"spec": {"after": ["cni"]}}))
    spec = ReleaseSpec(component="cni", revision="cni-2", policy="careful")
    server.create(refs.RELEASES, Release(metadata=ObjectMeta(name="c", namespace="default"), spec=spec))
    text = cli("release", "plan", "-c", "agent", "-r", "v3", "--policy-file", policy_file).out
    assert "warning: v3 requires cni >=2; 3 of 3 clusters are held until it is so: " in text
    assert "warning: release default/c of cni goes first" in text


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


def test_strata_are_shown_with_their_canaries(cli: Cli, server: Server, policy_file: Path) -> None:
    plan = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    strata = {(row["attribute"], row["value"]): row for row in plan["stages"][1]["strata"]}
    assert sorted(strata) == [
        ("os", "Debian 12"), ("os", "Ubuntu 24.04"), ("sizeClass", "large"), ("sizeClass", "medium")
    ]  # fmt: skip
    assert strata["os", "Debian 12"] == {
        "attribute": "os", "value": "Debian 12", "clusters": 2, "nodes": 70, "wanted": 2, "canaries": 2
    }  # fmt: skip
    assert plan["stages"][0]["strata"][0]["canaries"] is None, "its wave doesn't cover"
    plain = cli(*PLAN, "--policy-file", policy_file).out
    shown = cli(*PLAN, "--policy-file", policy_file, "--strata").out
    assert "strata of stage production" in shown
    assert "strata of stage" not in plain


def test_what_canaries_could_show_is_told_where_a_policy_judges_by_evidence(
    cli: Cli, server: Server, policy_file: Path
) -> None:
    policy_file.write_text(POLICY + "  analysis: {alpha: 0.05, toleratedRatio: 2}\n")
    stages = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json["stages"]
    assert "smallestTogether" not in stages[0], "its wave doesn't cover"
    assert 0 < stages[1]["smallestTogether"]["share"] <= 1
    assert {row["smallest"]["share"] is None for row in stages[1]["strata"]} == {True}, "two canaries among few nodes"
    shown = cli(*PLAN, "--policy-file", policy_file, "--strata").out
    assert "SHOWS HARM IF" in shown
    assert "all canaries together: " in shown


def test_values_that_no_healthy_cluster_shows_are_warned_of(cli: Cli, server: Server, policy_file: Path) -> None:
    silent = Condition(type="Connected", status="False", reason="Silent", message="", last_transition_time=SINCE)
    status = {"conditions": msgspec.to_builtins([silent])}
    server.do(lambda client: client.patch(refs.CLUSTERS, Raw, "prod-a", {"status": status}, subresource="status"))
    plan = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    assert plan["stages"][1]["withoutHealthyCluster"] == ["sizeClass=large"]
    (warning,) = plan["warnings"]
    assert warning == "no healthy cluster of stage production shows 1 values, no canary meets them: sizeClass=large"


def test_pairs_that_clusters_have_not_counted_are_warned_of(cli: Cli, server: Server, policy_file: Path) -> None:
    policy_file.write_text(POLICY + "  coverage: {pairs: [[os, kernel], [os, sizeClass]]}\n")
    plan = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    assert plan["warnings"] == ["3 clusters have not counted kernel+os: its values there are not in the plan"]
    assert {row["attribute"] for row in plan["stages"][1]["strata"]} == {"os", "sizeClass", "os+sizeClass"}


def test_pairs_of_a_fleet_file_are_counted_and_covered(cli: Cli, policy_file: Path, tmp_path: Path) -> None:
    fleet = tmp_path / "fleet.yaml"
    inventory = tmp_path / "i.csv"
    nodes = [f"p{n},96000,262144,0,\nq{n},96000,262144,8,A10\n" for n in range(20)]
    inventory.write_text("sn,cpu_milli,memory_mib,gpu,model\n" + "".join(nodes))
    assert cli("fleet", "import", inventory, "--clusters", 12, "-o", fleet).code == 0
    policy_file.write_text(POLICY + "  coverage: {perValue: 1, pairs: [[kernel, gpuModel], [provider, os]]}\n")
    plan = cli(*PLAN, "--fleet", fleet, "--policy-file", policy_file, "-o", "json").json
    rows = [row for stage in plan["stages"][1:] for row in stage["strata"]]
    for pair in ("gpuModel+kernel", "os+provider"):
        of_pair = [row for row in rows if row["attribute"] == pair]
        assert of_pair
        assert all(row["canaries"] == 1 for row in of_pair)
    bad = POLICY + "  coverage: {pairs: [[kernel, colour]]}\n"
    policy_file.write_text(bad)
    refused = cli(*PLAN, "--fleet", fleet, "--policy-file", policy_file)
    assert refused.code == 2
    assert "spec.coverage.pairs[0][1]: 'colour': is no attribute of nodes or clusters. Choose among" in refused.err


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
        ("  stages:", "  failure: {action: Panic}\n  stages:", "Write one of: RollBack, RollBackWave, Pause, Abort"),
        ("name: rehearse", "title: rehearse", "spec.stages[0].title"),
        ("  - name: rehearse\n    environment", "  - environment", "spec.stages[0].name: '(absent)': is required"),
        ("name: rehearse", "name: production", "is the name of another stage too"),
        ("kind: ReleasePolicy", "kind: Policy", "Write kind: ReleasePolicy."),
        ("metadata: {name: careful}", "metadata: {}", "metadata.name: '': the policy has no name"),
        ("spec:", "spec: [", "is not YAML: line"),
        ("    soak: 10m", "    soak: 10m\n    soak: 20m", "spec.stages[0].soak: 'line 10': stands in line 9 too"),
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

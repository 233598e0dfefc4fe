"""What a plan says of time and of what is in the way; two policies side by side; a plan held against the simulator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.cli.conftest import POLICY, Cli
from tests.cli.server import Server, meta

from myriarch.api.cluster import Access, Cluster, ClusterSpec
from myriarch.api.freezewindow import FreezeWindow, FreezeWindowSpec, Once
from myriarch.api.meta import Condition
from myriarch.api.release import Phase
from myriarch.base.clock import real_now, rfc3339
from myriarch.client import refs
from myriarch.client.objects import Raw
from myriarch.fleet.defaults import uniform_spec
from myriarch.fleet.load import dump_fleet

PLAN = ("release", "plan", "-c", "agent", "-r", "v2")
BRIEF = """
apiVersion: myriarch.io/v1alpha1
kind: ReleasePolicy
metadata: {name: brief}
spec: {stages: [{name: production, environment: prod, soak: 5m}]}
"""


@pytest.fixture
def fleet_file(tmp_path: Path) -> Path:
    path = tmp_path / "fleet.yaml"
    path.write_text(dump_fleet(uniform_spec(5, 6, 1)))
    return path


def test_times_are_told_with_what_they_assume(cli: Cli, server: Server, policy_file: Path) -> None:
    plan = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    assert plan["assumed"]["nodeSeconds"] == 120.0
    assert plan["minimumSeconds"] < plan["expectedSeconds"] < plan["worstSeconds"]
    assert plan["approvals"] == ["production", "production/2"]
    waves = [wave for stage in plan["stages"] for wave in stage["waves"]]
    assert sum(wave["expectedSeconds"] for wave in waves) == pytest.approx(plan["expectedSeconds"], abs=1)
    begins = [wave["beginsAfterSeconds"] for wave in waves]
    assert begins == sorted(begins)
    assert all(wave["exposureAtLeast"] <= wave["exposure"] for wave in waves)
    text = cli(*PLAN, "--policy-file", policy_file).out
    assert "and 2 approvals of people; a node takes about 2m (assumed: nothing of it was released yet" in text


def test_the_watch_is_told_and_not_counted(cli: Cli, server: Server, policy_file: Path) -> None:
    usual = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    policy_file.write_text(policy_file.read_text().replace("spec:\n", "spec:\n  watch: {for: 15d}\n", 1))
    watched = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    assert (usual["watchSeconds"], watched["watchSeconds"]) == (0.0, 15 * 86400.0)
    assert watched["expectedSeconds"] == pytest.approx(usual["expectedSeconds"], abs=1)
    assert ", then watched for 15d; a node takes" in cli(*PLAN, "--policy-file", policy_file).out


def test_how_long_a_node_takes_can_be_said(cli: Cli, server: Server, policy_file: Path) -> None:
    usual = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    longer = cli(*PLAN, "--policy-file", policy_file, "--node-update", "20m", "-o", "json").json
    assert longer["assumed"] == {"nodeSeconds": 1200.0, "source": "as said", "text": "a node takes about 20m (as said)"}
    assert longer["expectedSeconds"] > usual["expectedSeconds"] + 3600
    assert longer["worstSeconds"] == usual["worstSeconds"]
    for wrong in ("soon", "0s", "-5m"):
        refused = cli(*PLAN, "--policy-file", policy_file, "--node-update", wrong)
        assert (refused.code, refused.out) == (2, "")
        assert f"--node-update: '{wrong}'" in refused.err
        assert "Write one such as 90s, 5m or 1h." in refused.err


def test_how_long_a_node_takes_is_measured_in_the_last_release(cli: Cli, server: Server, policy_file: Path) -> None:
    policy = msgspec.yaml.decode(POLICY)["spec"]
    begun, seconds = datetime(2026, 1, 5, tzinfo=UTC), 0.0
    timeline = []
    for stage, waves in (("rehearse", 1), ("production", 3)):
        for wave in range(waves):
            for phase, lasts in (("Advancing", 3 * 3600), ("Soaking", 3600), ("Gated", 0)):
                at = begun + timedelta(seconds=seconds)
                timeline.append({"at": at.isoformat(), "phase": phase, "stage": stage, "wave": wave})
                seconds += lasts
    server.release("r0", phase="Succeeded", attempt=1, policy=policy, timeline=timeline, endedAt="2026-01-06T00:00:00Z")
    server.release("r1", phase="RolledBack", attempt=2, policy=policy, endedAt="2026-01-07T00:00:00Z")
    assumed = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json["assumed"]
    assert assumed["source"] == "measured in release r0"
    assert 600 < assumed["nodeSeconds"] < 3600


def test_freezes_and_silence_ahead_are_conflicts(cli: Cli, server: Server, policy_file: Path) -> None:
    (full,) = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json["conflicts"]
    assert full["message"].startswith("nodes that aren't ready use up the budget of 1 units (sim-a)"), "1 of 10 isn't"
    soon = datetime.fromtimestamp(real_now(), UTC) + timedelta(minutes=5)
    once = Once(
        from_=soon.strftime("%Y-%m-%dT%H:%M:%S"), until=(soon + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%S")
    )
    window = FreezeWindowSpec(once=[once], environments=["sim"], reason="audit")
    server.create(refs.FREEZE_WINDOWS, FreezeWindow(metadata=meta("audit"), spec=window))
    silent = Condition(
        type="Connected", status="False", reason="Silent", message="", last_transition_time=rfc3339(real_now())
    )
    status = {"conditions": msgspec.to_builtins([silent])}
    for name in ("prod-a", "prod-b"):
        server.do(lambda client, n=name: client.patch(refs.CLUSTERS, Raw, n, {"status": status}, subresource="status"))
    plan = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    assert [(each["kind"], each["place"]) for each in plan["conflicts"]] == [
        ("Freeze", "rehearse/1"), ("Budget", "rehearse"), ("Silent", "production/1")
    ]  # fmt: skip
    text = cli(*PLAN, "--policy-file", policy_file).out
    assert "freeze: freeze window audit holds wave rehearse/1: audit, from " in text
    assert "conflict: 2 units (prod-a, prod-b) of wave production/1 can't be heard, 1 may be" in text


def test_a_stop_leaves_no_time(cli: Cli, server: Server, policy_file: Path) -> None:
    stop = FreezeWindow(metadata=meta("stop"), spec=FreezeWindowSpec(stop=True, reason="x"))
    server.create(refs.FREEZE_WINDOWS, stop)
    plan = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json
    assert (plan["expectedSeconds"], plan["worstSeconds"]) == (None, None)
    assert [each["kind"] for each in plan["conflicts"]] == ["NeverOpens", "Budget"]
    assert "never expected, never at worst" in cli(*PLAN, "--policy-file", policy_file).out


def test_two_policies_side_by_side(cli: Cli, server: Server, policy_file: Path, tmp_path: Path) -> None:
    brief = tmp_path / "brief.yaml"
    brief.write_text(BRIEF)
    compared = cli(*PLAN, "--policy-file", policy_file, "--against", brief, "-o", "json").json
    rows = {row["name"]: row for row in compared["comparison"]}
    assert [plan["policy"] for plan in compared["plans"]] == ["careful", "brief"]
    assert rows["stages"]["values"] == [2, 1]
    assert rows["approvals"]["values"][1] == []
    assert rows["expected"]["values"][0] > rows["expected"]["values"][1]
    assert rows["exposed at the first gate"]["texts"][1] == "100%"
    assert rows["harm found there if"]["texts"][1] == "2 fail, 1.43%"
    assert rows["100% exposed after"]["texts"][1] == "0s"
    text = cli(*PLAN, "--policy-file", policy_file, "--against", brief).out
    assert "CAREFUL" in text
    server.create(refs.POLICIES, msgspec.convert(msgspec.yaml.decode(BRIEF), Raw))
    by_name = cli(*PLAN, "--policy-file", policy_file, "--against", "brief", "-o", "json").json
    assert by_name["comparison"] == compared["comparison"]


def test_a_ready_policy_can_be_compared_with(cli: Cli, policy_file: Path, fleet_file: Path) -> None:
    words = (*PLAN, "--fleet", fleet_file, "--policy-file", policy_file, "--against")
    compared = cli(*words, "standard", "-o", "yaml")
    assert compared.code == 0, compared.err
    assert msgspec.yaml.decode(compared.out)["plans"][1]["policy"] == "standard"
    refused = cli(*words, "standart")
    assert (refused.code, refused.out) == (2, "")
    assert "--against: 'standart': is no policy. Give a file, or a ready policy: careful, " in refused.err
    assert cli(*words, "nowhere.yaml").code == 2


def test_a_plan_is_held_against_the_simulator(cli: Cli, policy_file: Path, fleet_file: Path) -> None:
    words = (*PLAN, "--fleet", fleet_file, "--policy-file", policy_file, "--check", 2)
    checked = cli(*words, "-o", "json")
    assert checked.code == 0, checked.out
    assert checked.json["holds"]
    assert [trial["phase"] for trial in checked.json["trials"]] == [Phase.SUCCEEDED] * 2
    assert [wave["place"] for wave in checked.json["waves"]] == [
        "rehearse/1", "production/1", "production/2", "production/3"
    ]  # fmt: skip
    assert checked.err.splitlines()[0].startswith("trial 1 of 2: Succeeded after ")


def test_a_wrong_plan_fails_its_check(cli: Cli, policy_file: Path, fleet_file: Path) -> None:
    wrong = cli(
        *PLAN, "--fleet", fleet_file, "--policy-file", policy_file, "--check", 1, "--node-update", "1h"
    )  # fmt: skip
    assert wrong.code == 1
    assert "much shorter than expected" in wrong.out
    assert "The plan does not hold." in wrong.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--check", "2"], "--check: 2: runs the release on a simulated fleet and needs --fleet"),
        (["--fleet", "FLEET", "--check", "1", "--against", "careful"], "Leave --against out."),
        (["--fleet", "FLEET", "--check", "9999"], "9999"),
    ],
)
def test_options_that_do_not_go_together(
    cli: Cli, policy_file: Path, fleet_file: Path, arguments: list[str], said: str
) -> None:
    given = [str(fleet_file) if word == "FLEET" else word for word in arguments]
    refused = cli(*PLAN, "--policy-file", policy_file, *given)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err


def test_agents_that_are_too_old_are_told(cli: Cli, server: Server, policy_file: Path) -> None:
    old = Cluster(metadata=meta("far"), spec=ClusterSpec(environment="prod", access=Access.PULL))
    server.create(refs.CLUSTERS, old)
    assert "Agents" not in {each["kind"] for each in _conflicts(cli, policy_file)}
    policy_file.write_text(POLICY + "  budgets: {nodes: {gangs: [{label: job, kind: SameWave}]}}\n")
    (told,) = (each for each in _conflicts(cli, policy_file) if each["kind"] == "Agents")
    assert told["message"].startswith("1 clusters are held: agents too old for gangs")
    assert told["message"].endswith("far")


def _conflicts(cli: Cli, policy_file: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = cli(*PLAN, "--policy-file", policy_file, "-o", "json").json["conflicts"]
    return found

"""Starting, seeing and steering releases through the hub's API."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.conftest import POLICY, Cli
from tests.cli.server import Server

from myriarch.client import refs

NOW = "2026-01-05T10:00:00Z"
LATER = "2026-01-05T12:30:00Z"
POLICY_SPEC = yaml.safe_load(POLICY)["spec"]


def standing(phase: str, **more: Any) -> dict[str, Any]:
    return {"phase": phase, "startedAt": NOW, "stageName": "rehearse", "waves": 1, "policy": POLICY_SPEC, **more}


def tally(environment: str, **counts: Any) -> dict[str, Any]:
    return {"environment": environment, "clusters": 1, "nodes": 100, **counts}


def test_start_writes_one_release_and_says_what_to_watch(cli: Cli, server: Server, policy_file: Path) -> None:
    result = cli("release", "start", "r1", "-c", "agent", "-r", "v2", "--policy-file", policy_file, "--seed", 4)
    assert result.code == 0, result.err
    assert "releasepolicy/careful created" in result.out
    assert "myriarch release watch r1" in result.out
    spec = server.get(refs.RELEASES, "r1")["spec"]
    assert (spec["component"], spec["revision"], spec["policy"], spec["seed"]) == ("agent", "v2", "careful", 4)
    plugged = cli("release", "start", "r2", "-c", "agent", "-r", "v2", "-p", "careful", program="kubectl myriarch")
    assert "kubectl myriarch release watch r2" in plugged.out
    again = cli("release", "start", "r1", "-c", "agent", "-r", "v2", "-p", "careful")
    assert again.code == 2
    assert "there is a release of this name" in again.err


def test_a_file_that_differs_from_the_hubs_policy_is_refused(cli: Cli, server: Server, policy_file: Path) -> None:
    assert cli("release", "start", "r1", "-c", "agent", "-r", "v2", "--policy-file", policy_file).code == 0
    assert cli("release", "start", "r2", "-c", "agent", "-r", "v2", "--policy-file", policy_file).code == 0
    policy_file.write_text(POLICY.replace("10m", "20m"))
    result = cli("release", "start", "r3", "-c", "agent", "-r", "v2", "--policy-file", policy_file)
    assert result.code == 2
    assert "another policy of this name" in result.err
    assert server.names(refs.RELEASES) == ["r1", "r2"]


def test_status_tells_phase_reason_holds_and_counts(cli: Cli, server: Server) -> None:
    server.release(
        "r1",
        **standing("Soaking", reason="Settled", message="wave 1 has settled", holds=["soaks another 60 s"]),
        environments=[tally("sim", begun=50, updated=49, failed=1, exposure=0.5)],
        timeline=[{"at": NOW, "phase": "Advancing", "stage": "rehearse", "wave": 0, "reason": "Started"}],
    )
    text = cli("release", "status", "r1").out
    for part in ("Soaking, stage rehearse (1 of 2), wave 1 of 1", "wave 1 has settled", "soaks another 60 s", "50%"):
        assert part in text
    assert "r1" in cli("release", "status").out
    server.tell("r1", phase="Succeeded", endedAt=LATER)
    assert cli("release", "status").out == "No release is underway.\n"
    assert "took 2h30m" in cli("release", "status", "r1").out
    assert cli("release", "status", "r1", "-o", "json").json["status"]["phase"] == "Succeeded"


def test_status_tells_which_values_no_canary_met(cli: Cli, server: Server) -> None:
    lost = [
        {"stage": "production", "attribute": "kernel", "value": str(number), "why": "c1 is not heard"}
        for number in range(7)
    ]
    server.release("r1", **standing("Gated"), uncovered=lost, uncoveredCount=40)
    text = cli("release", "status", "r1").out
    assert "Uncovered:   kernel=0 in stage production: c1 is not heard" in text
    assert "kernel=4" in text
    assert "kernel=5" not in text
    assert "and 35 more" in text


def test_history_is_newest_first_and_by_component(cli: Cli, server: Server) -> None:
    server.release("old", **standing("Succeeded"))
    server.release("new", **{**standing("RolledBack"), "startedAt": LATER})
    rows = cli("release", "history").out.splitlines()[1:]
    assert [row.split()[0] for row in rows] == ["new", "old"]
    assert cli("release", "history", "-c", "other").out == "There is no release.\n"
    assert cli("release", "history", "old", "-o", "json").json == []


def test_pause_and_resume(cli: Cli, server: Server) -> None:
    server.release("r1", **standing("Advancing"))
    assert cli("release", "pause", "r1").out == "release/r1 paused\n"
    assert server.get(refs.RELEASES, "r1")["spec"]["paused"] is True
    assert cli("release", "pause", "r1").out == "release/r1 paused already\n"
    assert cli("release", "resume", "r1").out == "release/r1 resumed\n"
    assert not server.get(refs.RELEASES, "r1")["spec"].get("paused")
    assert cli("release", "resume", "r1").out == "release/r1 resumed already\n"


def test_resume_after_harm_accepts_the_failures_by_name(cli: Cli, server: Server) -> None:
    server.release("r1", **{**standing("Paused", reason="Harm"), "stageName": "production", "wave": 1})
    assert cli("release", "resume", "r1", "--by", "ada", "--reason", "known fault").code == 0
    (approval,) = server.get(refs.RELEASES, "r1")["spec"]["approvals"]
    assert (approval["what"], approval["by"]) == ("harm/production/2", "ada")


def test_approve_gives_what_is_waited_for(cli: Cli, server: Server) -> None:
    server.release("r1", **standing("Gated", holds=["waits for approval 'production'"]))
    assert cli("release", "approve", "r1").out == "release/r1 approved\n"
    assert cli("release", "approve", "r1", "production/2").code == 0
    given = [each["what"] for each in server.get(refs.RELEASES, "r1")["spec"]["approvals"]]
    assert given == ["production", "production/2"]
    assert cli("release", "approve", "r1", "production").out == "release/r1 approved already\n"
    for wrong in ("staging", "production/9", "production/0"):
        result = cli("release", "approve", "r1", wrong)
        assert result.code == 2
        assert repr(wrong) in result.err
    server.tell("r1", holds=[])
    assert "waits for no approval" in cli("release", "approve", "r1").err


def test_abort_and_rollback_give_orders(cli: Cli, server: Server) -> None:
    server.release("r1", **standing("Advancing"))
    assert cli("release", "abort", "r1").out == "release/r1 aborted\n"
    assert server.get(refs.RELEASES, "r1")["spec"]["order"] == "Abort"
    server.tell("r1", phase="Aborted")
    assert cli("release", "rollback", "r1").out == "release/r1 rolling back\n"
    assert server.get(refs.RELEASES, "r1")["spec"]["order"] == "RollBack"


def test_rolling_back_what_succeeded_is_a_release_of_what_was_proven_before(cli: Cli, server: Server) -> None:
    server.release("r1", **standing("Succeeded"))
    result = cli("release", "rollback", "r1")
    assert result.code == 0, result.err
    assert server.get(refs.RELEASES, "r1-rollback")["spec"]["revision"] == "v1"
    server.release("r2", **{**standing("Succeeded"), "startedAt": LATER})
    overtaken = cli("release", "rollback", "r1")
    assert overtaken.code == 2
    assert "r2 has moved agent since" in overtaken.err


@pytest.mark.parametrize("verb", ["pause", "resume", "abort", "approve", "rollback", "status", "watch"])
def test_a_release_that_there_is_not(cli: Cli, server: Server, verb: str) -> None:
    server.release("r1", **standing("Advancing"))
    result = cli("release", verb, "r9")
    assert result.code == 2
    assert "release: 'r9': the hub has no such release in namespace default. Give one of: r1." in result.err


@pytest.mark.parametrize("verb", ["pause", "resume", "abort", "approve"])
def test_what_has_ended_takes_no_orders(cli: Cli, server: Server, verb: str) -> None:
    server.release("r1", **standing("RolledBack"))
    result = cli("release", verb, "r1")
    assert result.code == 2
    assert "has ended (RolledBack)" in result.err


def test_watch_follows_to_the_end_and_tells_by_its_code(cli: Cli, server: Server) -> None:
    entry = {"at": NOW, "phase": "Advancing", "stage": "rehearse", "wave": 0, "reason": "Started", "message": "begins"}
    server.release("r1", **standing("Advancing", timeline=[entry]), environments=[tally("sim", updated=1)])
    end = {"at": LATER, "phase": "RolledBack", "reason": "AllBack", "message": "every node is back"}
    changes = [
        {"environments": [tally("sim", updated=40, exposure=0.4)]},
        {"phase": "RolledBack", "message": "every node is back", "timeline": [entry, end], "endedAt": LATER},
    ]
    timers = [threading.Timer(0.3 * (n + 1), server.tell, ["r1"], change) for n, change in enumerate(changes)]
    for timer in timers:
        timer.start()
    result = cli("release", "watch", "r1", "--timeout", 20)
    assert result.code == 1
    assert result.err == "error: release/r1 ended RolledBack: every node is back\n"
    assert f"{NOW}  Advancing rehearse/1  Started: begins" in result.out
    assert "sim 40/100 updated, 40% exposed" in result.out
    assert result.out.splitlines()[-1] == f"{LATER}  RolledBack  AllBack: every node is back"


def test_watch_of_what_succeeded_and_of_what_does_not_end(cli: Cli, server: Server) -> None:
    server.release("good", **standing("Succeeded"))
    done = cli("release", "watch", "good", "-o", "json")
    assert done.code == 0
    assert done.json["phase"] == "Succeeded"
    server.release("slow", **standing("Soaking"))
    late = cli("release", "watch", "slow", "--timeout", 0.3)
    assert late.code == 1
    assert "has not ended after 0.3 s" in late.err


def test_stop_and_lift(cli: Cli, server: Server) -> None:
    assert cli("stop").code == 2
    assert cli("stop", "--reason", "smoke").code == 0
    spec = server.get(refs.FREEZE_WINDOWS, "stop")["spec"]
    assert spec["stop"] is True
    assert spec["reason"].startswith("smoke (stopped by ")
    assert cli("stop", "--reason", "fire").code == 0
    assert server.get(refs.FREEZE_WINDOWS, "stop")["spec"]["reason"].startswith("fire")
    assert cli("stop", "--lift").out == "stop lifted: releases go on\n"
    assert server.names(refs.FREEZE_WINDOWS) == []
    assert cli("stop", "--lift").out == "no stop is in force\n"

"""A run: deterministic, blind to the scenario, true in its numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.sim.scenarios import document, policy, run, scenario

from myriarch.base.errors import ProgrammerError
from myriarch.sim import simulate as simulate_module
from myriarch.sim.faults import FAULT_CLASSES
from myriarch.sim.poison import poison
from myriarch.sim.random_scenario import random_scenario
from myriarch.sim.scenario_file import load_scenario
from myriarch.sim.simulate import simulate

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "scenarios").glob("*.yaml"))
QUICK: dict[str, Any] = {"nodes": {"soak": "2m", "failureGrace": "1m", "maxUnavailable": "50%"}}
HARMFUL = [{"name": "v2", "component": "agent", "effects": [{"symptom": "notReady", "delay": "3m"}]}]


def test_a_good_release_reaches_every_node() -> None:
    result = run()
    (release,) = result.releases
    assert (release.phase, release.exposure) == ("Succeeded", {"prod": 1.0, "sim": 1.0})
    assert release.nodes_on_revision == release.nodes == result.nodes
    assert release.harmed_unit_seconds == 0
    assert release.first_harm_to_decision_seconds is None


def test_a_harmful_release_is_caught_where_it_is_rehearsed() -> None:
    result = run(revisions=HARMFUL, policies=[policy(**QUICK)])
    (release,) = result.releases
    assert (release.phase, release.reason) == ("RolledBack", "Harm")
    assert release.exposure.get("prod", 0.0) == 0.0
    assert release.nodes_on_revision == 0
    assert release.nodes_reverted > 0
    assert release.harmed_unit_seconds > 0
    assert release.first_harm_to_decision_seconds is not None
    assert release.first_harm_to_decision_seconds >= 60  # the grace of the policy


def test_the_same_seed_gives_the_same_trace_byte_for_byte() -> None:
    code = (
        "from myriarch.sim.random_scenario import random_scenario\n"
        "from myriarch.sim.simulate import simulate\n"
        "import sys\n"
        "print(''.join(simulate(random_scenario(20), 20, keep_trace=True)[1].lines))"
    )
    outputs = []
    for hash_seed in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
        outputs.append(done.stdout)
    assert outputs[0].count(b"\n") > 100
    assert outputs[0] == outputs[1] == outputs[2]


def test_another_seed_gives_another_run() -> None:
    traces = {simulate(scenario(), seed)[0].trace for seed in (1, 2)}
    assert len(traces) == 2


def test_nothing_reads_the_scenario_once_the_fleet_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run poisons its scenario; without poison the same comes out, so nothing was there to be read."""
    wanted = simulate(random_scenario(5), 5)[0].trace
    monkeypatch.setattr(simulate_module, "poison", lambda _scenario: None)
    assert simulate(random_scenario(5), 5)[0].trace == wanted


def test_poison_lets_nobody_read() -> None:
    mine = scenario(revisions=HARMFUL)
    revision = mine.spec.revisions[0]
    poison(mine)
    with pytest.raises(ProgrammerError):
        str(revision.effects)
    with pytest.raises(ProgrammerError):
        list(mine.spec)  # type: ignore[call-overload]


@pytest.mark.parametrize("fault", FAULT_CLASSES)
def test_a_good_release_survives_every_fault_class(fault: str) -> None:
    """Nodes that go slow look harmed, and may be taken for it; nothing else may stop the release."""
    every: dict[str, Any] = {"fault": fault, "at": "30s", "for": "3m", "every": "9m", "times": 10}
    besides: dict[str, Any] = {}
    if fault == "otherRelease":
        every |= {"component": "net", "revision": "n2", "policy": "rules"}
        besides["components"] = [{"name": "agent"}, {"name": "net", "initialRevision": "n1"}]
        besides["revisions"] = [{"name": "v2", "component": "agent"}, {"name": "n2", "component": "net"}]
    result = run(faults=[every], policies=[policy(**QUICK)], **besides)
    assert result.faults[fault] > 1
    phases = {"Succeeded", "RolledBack"} if fault == "slowNodes" else {"Succeeded"}
    assert result.releases[0].phase in phases
    assert any(met.fault == fault for met in result.coverage)


def test_expectations_say_what_was_found_instead() -> None:
    wanted = [{"release": "one", "phase": "RolledBack", "exposureAtMost": {"prod": 0.5}, "within": "5m"}]
    result, _ = simulate(scenario(expectations=wanted), 1)
    (expected,) = result.expectations
    assert not expected.met
    assert not result.good
    assert [text.split()[0] for text in expected.found] == ["phase", "exposure", "ended"]


def test_people_pause_resume_and_abort() -> None:
    actions = [
        {"do": "pause", "when": "Advancing", "after": "1m"},
        {"do": "resume", "when": "Paused", "after": "10m"},
        {"do": "abort", "when": "Advancing", "wave": "prod/1", "after": "30s"},
        {"do": "rollback", "when": "Aborted", "after": "5m"},
    ]
    result = run(releases=[{**document()["spec"]["releases"][0], "actions": actions}])
    (release,) = result.releases
    assert release.phase == "RolledBack"
    phases = [transition.split()[0] for transition in release.transitions]
    assert [phase for phase in phases if phase in ("Paused", "Aborted", "RollingBack")] == [
        "Paused",
        "Aborted",
        "RollingBack",
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_come_out_as_they_expect(path: Path) -> None:
    result, _ = simulate(load_scenario(path), 1, folder=path.parent)
    assert result.good, (result.violations, result.expectations)

"""The campaign: its scenarios cover the engine's table, its report tells what was not met."""

from __future__ import annotations

import json

import pytest

from myriarch.api.release import Phase
from myriarch.engine.phases import TRANSITIONS, Event
from myriarch.sim.campaign import FULL_SEEDS, USUAL_SEEDS, Tally, conclude, main, run_seed
from myriarch.sim.campaign_report import cell_name, empty_cells
from myriarch.sim.faults import FAULT_CLASSES
from myriarch.sim.random_scenario import random_document, random_scenario
from myriarch.sim.simulate import simulate

ROUND = len(TRANSITIONS)


def test_every_transition_meets_every_fault_class_by_plan_within_500_seeds() -> None:
    planned = set()
    for seed in range(500):
        phase, event = list(TRANSITIONS)[seed % ROUND]
        planned |= {cell_name(phase, event, fault["fault"]) for fault in random_document(seed)["spec"]["faults"]}
    assert not set(empty_cells(dict.fromkeys(planned, 1)))


def test_a_seed_is_always_the_same_scenario() -> None:
    assert random_document(11) == random_document(11)
    assert random_document(11) != random_document(11 + ROUND)


@pytest.mark.parametrize("number", range(0, ROUND, 5))
def test_a_draft_leads_to_its_transition(number: int) -> None:
    """Without faults, so that nothing leads the release astray."""
    phase, event = list(TRANSITIONS)[number]
    scenario = random_scenario(number)
    if event is not Event.WAVE_UNSETTLED:
        scenario.spec.faults = []
    result, _ = simulate(scenario, number)
    assert not result.violations
    assert f"{phase} {event}" in result.transitions


@pytest.mark.parametrize("seed", [3, 20, 1000, 2990, 5241, 5903, 8235, 8874, 9704])
def test_a_seed_breaks_nothing_also_against_its_twin_without_crashes(seed: int) -> None:
    assert run_seed(seed).problems == []


def test_an_empty_reachable_cell_fails_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    cells = {cell_name(p, e, fault): 1 for p, e in TRANSITIONS for fault in FAULT_CLASSES}
    tally = Tally(seeds=FULL_SEEDS)
    tally.cells.update(cells)
    assert conclude(tally, "table") == 0
    del tally.cells["Soaking Harm partition"]
    assert conclude(tally, "table") == 1
    assert "never met: Soaking Harm partition" in capsys.readouterr().err


def test_in_the_usual_number_of_seeds_only_a_transition_that_nothing_met_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tally = Tally(seeds=USUAL_SEEDS)
    tally.cells.update({cell_name(p, e, fault): 1 for p, e in TRANSITIONS for fault in FAULT_CLASSES})
    del tally.cells["Soaking Harm partition"]
    assert conclude(tally, "table") == 0
    for fault in FAULT_CLASSES:
        tally.cells.pop(cell_name(Phase.SOAKING, Event.HARM, fault), None)
    assert conclude(tally, "table") == 1
    assert "never met: Soaking Harm" in capsys.readouterr().err


def test_the_command_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "1", "--start", "7", "--output", "json", "--jobs", "1"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["seeds"], report["failed"]) == (1, [])
    assert report["cells"]

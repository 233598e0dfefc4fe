"""Every pair of phase and event, and the laws that shape the table."""

from __future__ import annotations

import itertools

import pytest

from myriarch.api.release import Phase
from myriarch.engine.phases import BACKWARD, ENDED, FORWARD, TRANSITIONS, UNDERWAY, Event, diagram, step

ANY = "Abort Aborted, RollBack RollingBack, Supersede Superseded"
HARMS = "Harm RollingBack, HarmHeld RollbackHeld, HarmAborts Aborted"
PAUSES = "Pause Paused, HarmPauses Paused, HarmHolds Advancing"

EXPECTED = {
    Phase.PENDING: "Start Advancing, Abort Aborted, RollBack RolledBack, Supersede Superseded",
    Phase.ADVANCING: f"WaveSettled Soaking, {PAUSES}, {HARMS}, {ANY}",
    Phase.SOAKING: f"WaveUnsettled Advancing, SoakPassed Gated, {PAUSES}, {HARMS}, {ANY}",
    Phase.GATED: "WaveUnsettled Advancing, GatePassed Advancing, LastGatePassed Succeeded, WatchBegun Watching, "
    f"{PAUSES}, {HARMS}, {ANY}",
    Phase.WATCHING: "WatchPassed Succeeded, Supersede Succeeded, Abort Aborted, RollBack RollingBack, "
    f"{PAUSES}, {HARMS}",
    Phase.PAUSED: f"Resume Advancing, HarmPauses Paused, HarmHolds Paused, {HARMS}, {ANY}",
    Phase.ROLLING_BACK: "AllBack RolledBack, WaveBack Paused, TryAgain Pending, Abort Aborted, Supersede Superseded",
    Phase.ROLLBACK_HELD: "RollbackApproved RollingBack, Abort Aborted, Supersede Superseded",
    Phase.ABORTED: "RollBack RollingBack",
    Phase.ROLLED_BACK: "",
    Phase.SUCCEEDED: "",
    Phase.SUPERSEDED: "",
}


def _expected() -> dict[tuple[Phase, Event], Phase]:
    return {
        (phase, Event(event)): Phase(target)
        for phase, text in EXPECTED.items()
        for event, target in (pair.split() for pair in text.split(", ") if pair)
    }


@pytest.mark.parametrize(("phase", "event"), list(itertools.product(Phase, Event)), ids=str)
def test_every_pair_of_phase_and_event(phase: Phase, event: Event) -> None:
    assert step(phase, event) == _expected().get((phase, event))


def _reachable(start: Phase, without: frozenset[Event] = frozenset()) -> set[Phase]:
    reached, waiting = {start}, [start]
    while waiting:
        phase = waiting.pop()
        for (source, event), target in TRANSITIONS.items():
            if source is phase and event not in without and target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


def test_forward_phases_follow_one_another_only_through_a_gate() -> None:
    by_gate = frozenset({Event.GATE_PASSED, Event.LAST_GATE_PASSED, Event.WATCH_BEGUN})
    assert Phase.SUCCEEDED in _reachable(Phase.PENDING)
    assert Phase.SUCCEEDED not in _reachable(Phase.PENDING, by_gate)
    assert {source for (source, event) in TRANSITIONS if event in by_gate} == {Phase.GATED}
    assert Phase.GATED not in _reachable(Phase.PENDING, frozenset({Event.SOAK_PASSED}))
    assert {source for (source, event) in TRANSITIONS if event is Event.SOAK_PASSED} == {Phase.SOAKING}
    assert Phase.SOAKING not in _reachable(Phase.PENDING, frozenset({Event.WAVE_SETTLED}))


def test_going_back_is_one_way() -> None:
    for phase in BACKWARD:
        but_for = frozenset({Event.WAVE_BACK, Event.TRY_AGAIN})
        assert not _reachable(phase, but_for) & (FORWARD | {Phase.PAUSED, Phase.SUCCEEDED})
    assert [target for (_, event), target in TRANSITIONS.items() if event is Event.TRY_AGAIN] == [Phase.PENDING]
    assert [target for (_, event), target in TRANSITIONS.items() if event is Event.WAVE_BACK] == [Phase.PAUSED]


def test_the_ended_stay_ended_but_for_an_aborted_release_that_is_ordered_back() -> None:
    leaving = {(source, event) for source, event in TRANSITIONS if source in ENDED}
    assert leaving == {(Phase.ABORTED, Event.ROLL_BACK)}


def test_every_phase_is_of_one_kind_and_can_end() -> None:
    kinds = [FORWARD, frozenset({Phase.PAUSED}), BACKWARD, ENDED]
    assert sorted(phase for kind in kinds for phase in kind) == sorted(Phase)
    assert FORWARD | {Phase.PAUSED} > UNDERWAY
    assert all(_reachable(phase) & ENDED for phase in Phase)
    assert _reachable(Phase.PENDING) == set(Phase)


def test_the_diagram_shows_every_transition_once() -> None:
    lines = diagram().splitlines()
    assert len(lines) == len(set(lines)) == 2 + len(TRANSITIONS) + len(ENDED)
    assert all(f"    {source} --> {target}: {event}" in lines for (source, event), target in TRANSITIONS.items())

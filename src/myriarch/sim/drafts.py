"""Scripts that lead a release into a chosen transition of the engine.

Each transition of the table has a draft: which effects the revision has, which failure rule and approvals the
policy, and what people do. The campaign varies the rest at random. A draft only makes its transition likely;
faults may lead the release elsewhere, and that counts too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from myriarch.api.policy import FailureAction
from myriarch.api.release import Phase
from myriarch.engine.phases import Event
from myriarch.sim.scenario import Deed

STAGE = "sim"
"""Drafts play in the first stage: what comes before a transition costs time, and changes nothing."""


@dataclass
class Draft:
    """The directed part of a scenario; plain values as the scenario's file has them.

    ``soak`` is of every wave, ``node_soak`` of every node; ``gates`` makes every wave wait for approval, which
    comes after ``approve_after``. ``follower`` is when a second release is created. ``brisk`` moves all nodes of
    a cluster at once and lets no cluster take anything back by itself; ``joining`` lets nodes join a first wave
    that asks for half of them. ``attempts``: how often the first stage is tried. ``watch`` is of a release that is
    everywhere; empty without.
    """

    effects: list[dict[str, Any]] = field(default_factory=list)
    failure_action: FailureAction = FailureAction.ROLL_BACK
    reversible: bool = True
    soak: str = "8m"
    node_soak: str = "1m"
    gates: bool = False
    approve_after: str = "15m"
    stage_approval: str | None = None
    actions: list[dict[str, Any]] = field(default_factory=list)
    follower: dict[str, Any] | None = None
    joining: bool = False
    watch: str = ""
    brisk: bool = False
    attempts: int = 1


def draft_for(phase: Phase, event: Event) -> Draft:
    """The draft that leads to ``event`` in ``phase``."""
    draft = Draft()
    _reach(draft, phase)
    match event:
        case Event.HARM | Event.HARM_HELD | Event.HARM_PAUSES | Event.HARM_ABORTS:
            _harm(draft, phase, event)
        case Event.ALL_BACK | Event.ROLLBACK_APPROVED | Event.GATE_PASSED | Event.LAST_GATE_PASSED:
            pass
        case Event.WATCH_BEGUN:
            draft.watch = "20m"
        case Event.WAVE_UNSETTLED:
            draft.joining = True
        case Event.WAVE_BACK:
            draft.failure_action = FailureAction.ROLL_BACK_WAVE
        case Event.TRY_AGAIN:
            draft.attempts = 2
        case Event.PAUSE | Event.RESUME:
            draft.actions.append(_act(Deed(event.value.lower()), phase, "3m"))
        case Event.ABORT | Event.ROLL_BACK:
            draft.actions.append(_act(Deed(event.value.lower()), phase, _DELAY.get(phase, "2m")))
        case Event.SUPERSEDE:
            draft.follower = {"phase": phase, "after": _DELAY.get(phase, "2m")}
        case _:
            pass
    return draft


_DELAY = {Phase.ROLLING_BACK: "40s", Phase.ADVANCING: "1m", Phase.PENDING: "6m"}


def _act(do: Deed, when: Phase, after: str, **more: Any) -> dict[str, Any]:
    return {"do": do, "when": when, "after": after, **more}


def _reach(draft: Draft, phase: Phase) -> None:
    """What brings a release into ``phase`` and keeps it there for a while."""
    match phase:
        case Phase.PENDING:
            draft.stage_approval = "25m"
        case Phase.SOAKING:
            draft.soak = "25m"
        case Phase.GATED:
            draft.gates = True
            draft.approve_after = "25m"
        case Phase.WATCHING:
            draft.soak, draft.watch = "2m", "6h"
        case Phase.PAUSED:
            draft.actions.append(_act(Deed.PAUSE, Phase.ADVANCING, "1m"))
        case Phase.ROLLING_BACK | Phase.ROLLBACK_HELD:
            draft.effects = [_effect("notReady", "0s")]
            draft.node_soak, draft.brisk = "4m", True
            draft.reversible = phase is Phase.ROLLING_BACK
        case Phase.ABORTED:
            draft.actions.append(_act(Deed.ABORT, Phase.ADVANCING, "2m"))
        case _:
            pass


_SHOWS_AFTER = {
    Phase.ADVANCING: "0s",
    Phase.SOAKING: "6m",
    Phase.GATED: "20m",
    Phase.WATCHING: "3h",
    Phase.PAUSED: "5m",
}


def _harm(draft: Draft, phase: Phase, event: Event) -> None:
    """An effect that strikes while the release is in ``phase``."""
    delay = _SHOWS_AFTER[phase]
    draft.effects, draft.brisk = [_effect("notReady", delay)], True
    if phase is Phase.ADVANCING:
        draft.node_soak = "6m"
    if phase is Phase.GATED:
        draft.soak, draft.approve_after = "2m", "60m"
    draft.reversible = event is not Event.HARM_HELD
    if event is Event.HARM_PAUSES:
        draft.failure_action = FailureAction.PAUSE
    if event is Event.HARM_ABORTS:
        draft.failure_action = FailureAction.ABORT


def _effect(symptom: str, delay: str) -> dict[str, Any]:
    return {"symptom": symptom, "delay": delay}

"""Whatever sources answer and whenever: a release never goes past a gate that has not passed, and Fail is harm."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest
from tests.engine.runner import Runner
from tests.engine.world import Level, Node, Unit, World

from myriarch.api.gates import Verdict, When
from myriarch.api.policy import ReleasePolicySpec
from myriarch.api.release import Phase
from myriarch.engine.gate_standing import awaited_gates, gate_approval
from myriarch.engine.phases import ENDED, Event
from myriarch.engine.rules import fleet_rules
from myriarch.gates.question import Answer

BEGAN = 1_767_600_000.0
HOOK = {"server": {"url": "https://gate.example"}, "key": {"name": "s", "key": "k"}}
POLICY = msgspec.convert(
    {
        "stages": [
            {"name": "a", "environment": "a", "soak": "10m", "waves": [{"clusters": 1}, {}]},
            {"name": "b", "environment": "b", "soak": "5m"},
        ],
        "gates": [
            {"name": "open", "when": "Before", "webhook": HOOK},
            {"name": "along", "when": "During", "interval": "2m", "samples": 2, "webhook": HOOK},
            {"name": "behind", "interval": "3m", "waves": [1], "webhook": HOOK},
            {"name": "person", "stages": ["b"], "when": "Before", "approval": {}},
            {"name": "changes", "stages": ["a"], "when": "Before", "diff": {}},
        ],
    },
    ReleasePolicySpec,
)
OPENS = (Event.START, Event.GATE_PASSED, Event.LAST_GATE_PASSED)


def _runner() -> Runner:
    world = World(Level.CLUSTERS, BEGAN)
    for name, environment in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        world.join(Unit(name, [Node({})], environment, {}, "", at_once=9))
    return Runner(world, POLICY)


def _shuffle(runner: Runner, dice: np.random.Generator, harmless: bool) -> None:
    """Sources change their minds, fall silent, and people approve."""
    for gate in POLICY.gates:
        draw = dice.random()
        if draw < 0.1:
            runner.sources.say.pop(gate.name, None)
        elif draw < 0.5 or (harmless and draw > 0.6):
            runner.sources.say[gate.name] = Answer(Verdict.PASS, "")
        else:
            verdict = Verdict.HOLD if harmless or gate.diff is not None or draw < 0.9 else Verdict.FAIL
            runner.sources.say[gate.name] = Answer(verdict, "")
    if dice.random() < 0.2:
        whats = {gate_approval("person", "b/1"), gate_approval("changes", "a/1"), gate_approval("changes", "a/2")}
        runner.orders = replace(runner.orders, approvals=runner.orders.approvals | whats)


def _play(seed: int, harmless: bool) -> list[Event]:
    dice = np.random.default_rng(seed)
    runner = _runner()
    events: list[Event] = []
    for _ in range(600):
        turn = runner.turn()
        before = turn.before
        for transition in turn.decision.transitions:
            events.append(transition.event)
            if transition.event in OPENS:
                here = replace(before, phase=transition.source, stage=before.stage, wave=before.wave)
                for gate in awaited_gates(turn.plan, runner.rules(), turn.observed, here):
                    approved = gate_approval(gate.rule.name, gate.place) in turn.observed.orders.approvals
                    answer = turn.observed.gates.get((gate.rule.name, gate.place))
                    if (gate.rule.by_person or gate.rule.approvable) and approved:
                        continue
                    assert answer is not None, (seed, gate)
                    assert answer.verdict is Verdict.PASS, (seed, gate)
                    assert turn.now - answer.at <= gate.rule.stale_seconds, (seed, gate)
            before = replace(before, phase=transition.target, stage=transition.stage, wave=transition.wave)
        if turn.decision.memory.phase in ENDED:
            break
        assert turn.decision.wake_at > turn.now
        runner.sources.ask(turn.decision, turn.now)
        _shuffle(runner, dice, harmless)
        runner.world.advance_to(runner.world.now + 30.0)
    return events


@pytest.mark.parametrize("seed", range(12))
def test_nothing_passes_a_gate_that_has_not_passed(seed: int) -> None:
    events = _play(seed, harmless=False)
    assert events == [] or events[0] is Event.START


@pytest.mark.parametrize("seed", range(6))
def test_holds_and_silence_are_never_harm_and_end(seed: int) -> None:
    events = _play(seed, harmless=True)
    assert Event.HARM not in events
    assert events[-1] is Event.LAST_GATE_PASSED


def test_without_gates_nothing_is_awaited() -> None:
    runner = _runner()
    turn = runner.ask(runner.memory)
    bare = fleet_rules(msgspec.structs.replace(POLICY, gates=[]))
    for phase in Phase:
        assert awaited_gates(turn.plan, bare, turn.observed, replace(runner.memory, phase=phase)) == ()


def test_each_phase_awaits_its_own_gates() -> None:
    runner = _runner()
    turn = runner.ask(runner.memory)
    found = {
        phase: [gate.rule.when for gate in awaited_gates(turn.plan, runner.rules(), turn.observed, memory)]
        for phase in Phase
        for memory in [replace(runner.memory, phase=phase)]
    }
    assert set(found[Phase.PENDING]) == {When.BEFORE}
    assert set(found[Phase.SOAKING]) == {When.DURING}
    assert set(found[Phase.GATED]) == {When.DURING, When.AFTER, When.BEFORE}
    resting = set(Phase) - {Phase.PENDING, Phase.SOAKING, Phase.GATED}
    assert not any(found[phase] for phase in resting)

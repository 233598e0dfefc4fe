"""How the gates stand: which count now, what they wait for, which have failed, when each is asked next.

Whoever asks the sources (``gates/``, by way of ``controllers/release/gating.py``) hands in what they answered as plain
values (``Observed.gates``), by gate and place. Three rules:

1. Silence holds: no answer, or one that is too old where a gate is asked again and again, lets nothing pass.
2. A Fail is harm, and the failure rule says what then; before the first wave nothing is out yet, so it only holds.
3. Answers belong to a place, such as ``production/2``: what a gate said of one wave says nothing of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from myriarch.api.gates import Verdict, When
from myriarch.api.release import Phase
from myriarch.engine.gate_rules import GateRule
from myriarch.engine.gates import harm_approval, next_place
from myriarch.engine.harm import Harm
from myriarch.engine.memory import Memory
from myriarch.engine.metric_standing import metric_holds, next_metric_at, unproven
from myriarch.engine.observed import GateAnswer, Observed
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.rules import Rules


@dataclass(frozen=True, slots=True)
class Awaited:
    """A gate that counts now, at a ``place`` as people name it, and when it is to be asked next (Unix seconds)."""

    rule: GateRule
    stage: int
    wave: int
    place: str
    ask_at: float


def awaited_gates(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory) -> tuple[Awaited, ...]:
    """The gates that count where the release stands, in the order of the policy."""
    if not rules.gates:
        return ()
    return tuple(
        _awaited(plan, rule, place, observed, memory)
        for place, times in _places(plan, memory)
        for rule in rules.gates
        if rule.when in times and rule.counts_in(plan.stages[place[0]].name, place[1])
    )


def _places(plan: ReleasePlan, memory: Memory) -> list[tuple[tuple[int, int], tuple[When, ...]]]:
    """The (stage, wave) of which gates count now, and which gates: those before it, during it, after it."""
    here = (memory.stage, memory.wave)
    match memory.phase:
        case Phase.PENDING:
            return [((0, 0), (When.BEFORE,))]
        case Phase.SOAKING:
            return [(here, (When.DURING,))]
        case Phase.GATED:
            following = next_place(plan, memory)
            opening: list[tuple[tuple[int, int], tuple[When, ...]]] = [(following, (When.BEFORE,))] if following else []
            return [(here, (When.DURING, When.AFTER)), *opening]
        case _:
            return []


def _awaited(plan: ReleasePlan, rule: GateRule, place: tuple[int, int], observed: Observed, memory: Memory) -> Awaited:
    name = f"{plan.stages[place[0]].name}/{place[1] + 1}"
    answer = observed.gates.get((rule.name, name))
    approved = rule.approvable and gate_approval(rule.name, name) in observed.orders.approvals
    return Awaited(rule, *place, name, float("inf") if approved else _ask_at(rule, answer, memory))


def _ask_at(rule: GateRule, answer: GateAnswer | None, memory: Memory) -> float:
    if rule.by_person or rule.metric:
        return float("inf")
    if answer is None:
        return memory.since
    if answer.verdict is Verdict.PASS and not rule.repeats:
        return float("inf")
    return answer.at + (rule.poll_seconds if answer.last is Verdict.HOLD else rule.interval_seconds)


def gate_approval(name: str, place: str) -> str:
    """What a person approves to pass the gate ``name`` at ``place``."""
    return f"gate/{name}/{place}"


def failed_gate(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory) -> Harm | None:
    """The first gate that counts now and has failed; none while nothing is out yet."""
    if memory.phase is Phase.PENDING:
        return None
    for gate in awaited_gates(plan, rules, observed, memory):
        answer = observed.gates.get((gate.rule.name, gate.place))
        if answer is not None and answer.verdict is Verdict.FAIL:
            return Harm(f"gate {gate.rule.name} failed at {gate.place}: {answer.message}", {})
    return None


def gate_holds(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> tuple[str, ...]:
    """What the gates that count now, and the metrics, wait for, in sentences; empty where all have passed."""
    accepted = harm_approval(plan, memory) in observed.orders.approvals
    gates = awaited_gates(plan, rules, observed, memory)
    found = tuple(text for gate in gates for text in _hold(gate, rules, observed, memory, accepted, now))
    return found + metric_holds(plan, rules, observed, memory, now)


def _hold(gate: Awaited, rules: Rules, observed: Observed, memory: Memory, accepted: bool, now: float) -> Iterator[str]:
    rule = gate.rule
    approval = gate_approval(rule.name, gate.place)
    if (rule.by_person or rule.approvable) and approval in observed.orders.approvals:
        return
    if rule.by_person:
        yield f"gate {rule.name} waits for approval {approval!r}"
        return
    if rule.metric:
        if why := unproven(rules, memory, gate.place, rule.metric):
            yield f"gate {rule.name} holds: {why}; waits for approval {approval!r}"
        return
    answer = observed.gates.get((rule.name, gate.place))
    if answer is None:
        yield f"gate {rule.name} has not answered yet: silence holds"
    elif answer.verdict is Verdict.PASS:
        if now - answer.at > rule.stale_seconds:
            yield f"gate {rule.name} has not answered for {now - answer.at:.0f} s: silence holds"
    elif answer.verdict is Verdict.HOLD or not accepted:
        word = "fails" if answer.verdict is Verdict.FAIL else "holds"
        waits = f"; waits for approval {approval!r}" if rule.approvable else ""
        yield f"gate {rule.name} {word}: {answer.message}{waits}"


def next_ask_at(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> float:
    """Unix seconds at which the next gate or metric is to be asked; infinite where none is. One that is due is being
    asked: its answer will be heard."""
    moments = (gate.ask_at for gate in awaited_gates(plan, rules, observed, memory))
    return min((*(at for at in moments if at > now), next_metric_at(rules, memory, now)))

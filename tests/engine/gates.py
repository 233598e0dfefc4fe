"""Gates of a toy world: sources that answer at once what a story makes them say, or keep silent."""

from __future__ import annotations

from dataclasses import dataclass, field

from myriarch.api.gates import GateResult, Verdict
from myriarch.base.clock import parse_rfc3339
from myriarch.engine.decision import Decision
from myriarch.engine.gate_standing import Awaited, awaited_gates
from myriarch.engine.observed import GateAnswer
from myriarch.gates.question import Answer, Question, result_of


@dataclass(slots=True)
class Sources:
    """``say`` is what each gate's source answers from now on, by name; one that is not in it is silent."""

    say: dict[str, Answer] = field(default_factory=dict)
    results: dict[tuple[str, str], GateResult] = field(default_factory=dict)

    def answers(self) -> dict[tuple[str, str], GateAnswer]:
        """As the engine wants them."""
        return {
            key: GateAnswer(each.verdict, each.answer, each.message, parse_rfc3339(each.at))
            for key, each in self.results.items()
        }

    def ask(self, decision: Decision, now: float) -> bool:
        """Ask what is due; whether anything was answered."""
        due = [
            gate
            for gate in awaited_gates(decision.plan, decision.rules, decision.observed, decision.memory)
            if gate.ask_at <= now and gate.rule.name in self.say
        ]
        for gate in due:
            self._answer(gate, now)
        return bool(due)

    def _answer(self, gate: Awaited, now: float) -> None:
        before = self.results.get((gate.rule.name, gate.place))
        question = Question(
            gate.rule.name, "default/r", "u", 1, "os", "v2", ("v1",), "", gate.wave + 1, gate.place,
            before.answered if before else 0,
        )  # fmt: skip
        answer = self.say[gate.rule.name]
        self.results[gate.rule.name, gate.place] = result_of(question, answer, before, gate.rule.samples, now)


def said(words: list[str]) -> Answer:
    """``Pass``, ``Fail too many errors``."""
    return Answer(Verdict(words[0]), " ".join(words[1:]) or "as told")

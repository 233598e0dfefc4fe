"""A question to a gate's source, its answer, and how answers in a row become a verdict.

Plain values: a question is made of what the hub knows of the release and its wave, an answer is a verdict with its
evidence. Neither ever holds a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from myriarch.api.gates import EVIDENCE_MAX_CHARS, GateResult, Verdict
from myriarch.base.clock import rfc3339_micro
from myriarch.base.hashing import stable_hash


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for. ``release`` is namespace/name, ``uid`` its own; ``place`` is 'STAGE/WAVE', the wave from 1.

    ``clusters`` take part in the wave, ``controls`` are of its stage and untouched yet; ``values`` are those of each
    attribute that the wave's clusters have. ``answered``: how many verdicts were given here before.
    """

    gate: str
    release: str
    uid: str
    attempt: int
    component: str
    revision: str
    previous: tuple[str, ...]
    stage: str
    wave: int
    place: str
    answered: int
    clusters: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """The same whenever this very question is asked again, such as after a crash."""
        return f"{stable_hash(0, self.uid, self.attempt, self.gate, self.place, self.answered):016x}"


@dataclass(frozen=True, slots=True)
class Answer:
    """``value`` was compared with ``threshold``, where something was measured."""

    verdict: Verdict
    message: str
    value: float | None = None
    threshold: str = ""


def silence(message: str) -> Answer:
    """No answer that can be used: it always holds."""
    return Answer(Verdict.HOLD, message)


def result_of(question: Question, answer: Answer, before: GateResult | None, samples: int, now: float) -> GateResult:
    """What the gate says with this answer: a verdict once ``samples`` in a row agree; until then, it holds."""
    same = before is not None and before.answer is answer.verdict and answer.verdict is not Verdict.HOLD
    agreeing = before.agreeing + 1 if before is not None and same else 1
    enough = agreeing >= samples or answer.verdict is Verdict.HOLD
    message = clean(answer.message)
    if not enough:
        message = (
            f"{message[: EVIDENCE_MAX_CHARS - _ROOM]} ({agreeing} of {samples} answers in a row: {answer.verdict})"
        )
    return GateResult(
        name=question.gate,
        place=question.place,
        verdict=answer.verdict if enough else Verdict.HOLD,
        message=message,
        at=rfc3339_micro(now),
        value=answer.value,
        threshold=answer.threshold,
        answered=question.answered + (answer.verdict is not Verdict.HOLD),
        answer=answer.verdict,
        agreeing=min(agreeing, AGREEING_MAX),
    )


AGREEING_MAX: Final = 1000
_ROOM: Final = 60


def clean(text: str) -> str:
    """Others' words, as one line of bounded length without control characters."""
    words = " ".join("".join(each if each.isprintable() else " " for each in text[: 4 * EVIDENCE_MAX_CHARS]).split())
    return words if len(words) <= EVIDENCE_MAX_CHARS else words[: EVIDENCE_MAX_CHARS - 1] + "…"

"""What ``decide`` answers."""

from __future__ import annotations

from dataclasses import dataclass

from myriarch.api.release import Phase
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Codes
from myriarch.engine.phases import Event
from myriarch.engine.population import Ints


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of the state machine, with its reason (one CamelCase word) and a sentence for people."""

    event: Event
    source: Phase
    target: Phase
    stage: int
    wave: int
    reason: str
    message: str


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """The orders to the units are declarative: what each should be told now, not what to do next.

    way int8[n] (``Way``; NONE leaves a unit alone) and ceiling int64[n]. ``holds`` says in sentences what is
    waited for; ``wake_at`` (Unix seconds) is when to decide again though nothing is heard.
    """

    way: Codes
    ceiling: Ints
    memory: Memory
    transitions: tuple[Transition, ...]
    holds: tuple[str, ...]
    wake_at: float

"""What ``decide`` answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from myriarch.api.release import Phase
from myriarch.engine.hold import Hold, Wake
from myriarch.engine.holds import holds, wake
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Codes, Observed
from myriarch.engine.phases import Event
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Ints
from myriarch.engine.rules import Rules


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


@dataclass(frozen=True, eq=False)
class Decision:
    """The orders to the units are declarative: what each should be told now, not what to do next.

    way int8[n] (``Way``; NONE leaves a unit alone) and ceiling int64[n]; holding int64[n]: of how many held strata each
    is to know, None where none is held. What it was decided from is kept, because
    most agents' turns ask for neither ``holds`` nor ``wake_at``: they are worked out for those who do.
    """

    way: Codes
    ceiling: Ints
    memory: Memory
    transitions: tuple[Transition, ...]
    plan: ReleasePlan
    rules: Rules
    observed: Observed
    now: float
    holding: Ints | None = None

    @property
    def tries_again(self) -> bool:
        """Whether the release has gone back and begins anew: whoever asked gives it a new attempt, and no orders."""
        return any(each.event is Event.TRY_AGAIN for each in self.transitions)

    @cached_property
    def waits(self) -> tuple[Hold, ...]:
        """What is waited for, and what is to be told beside it."""
        return holds(self.plan, self.rules, self.observed, self.memory, self.now)

    @property
    def holds(self) -> tuple[str, ...]:
        """In sentences, what is waited for."""
        return tuple(hold.message for hold in self.waits if hold.blocks)

    @cached_property
    def wake(self) -> Wake:
        """When to decide again though nothing is heard, and why."""
        return wake(self.plan, self.rules, self.observed, self.memory, self.now)

    @property
    def wake_at(self) -> float:
        """Unix seconds: when to decide again though nothing is heard."""
        return self.wake.at

"""How long a wave soaks: its own time at least, and longer while the evidence raises a suspicion.

Few failures among few canaries prove nothing and mean something. Where a policy has an analysis, a wave that shows
half of what harm takes soaks on until it is one thing or the other: harm is found by ``harm.py`` at any moment, and
quiet lets the suspicion fade as nodes beside the updated ones fail too. When ``maxSoak`` has passed and it is still
neither, the policy says what is done.
"""

from __future__ import annotations

from dataclasses import dataclass

from myriarch.api.analysis import Undecided
from myriarch.api.release import Phase
from myriarch.engine.harm import Harm
from myriarch.engine.memory import Memory
from myriarch.engine.metric_standing import soaks_for
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.rules import Rules


@dataclass(frozen=True, slots=True)
class Soak:
    """Of the wave that soaks now. Moments in Unix seconds; ``suspicion`` is a sentence, empty where there is none."""

    least_until: float
    most_until: float
    suspicion: str

    @property
    def ends_at(self) -> float:
        """When time alone ends it."""
        return self.most_until if self.suspicion else self.least_until


def soak_of(plan: ReleasePlan, rules: Rules, memory: Memory) -> Soak:
    """The soak of the current wave, which began when the phase did."""
    least = memory.since + plan.stages[memory.stage].waves[memory.wave].soak_seconds
    analysis = rules.analysis
    if analysis is None or not memory.evidence.raises_suspicion(analysis.alpha):
        waits = soaks_for(plan, rules, memory) if rules.metrics else ""
        return Soak(least, least + rules.max_soak_seconds if waits else least, waits)
    times = f"{memory.evidence.times():,.3g} times likelier with harm than without it"
    return Soak(least, least + rules.max_soak_seconds, f"what is seen is {times} (harm at {1 / analysis.alpha:,.0f})")


def undecided(plan: ReleasePlan, rules: Rules, memory: Memory, now: float) -> Harm | None:
    """The suspicion that outlasted the longest soak, for a policy that doesn't let it pass."""
    analysis = rules.analysis
    if analysis is None or memory.phase is not Phase.SOAKING or analysis.undecided is Undecided.PASS:
        return None
    soak = soak_of(plan, rules, memory)
    if not soak.suspicion or now < soak.most_until:
        return None
    return Harm(f"undecided after the longest soak: {soak.suspicion}", {})

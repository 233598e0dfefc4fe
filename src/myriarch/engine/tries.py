"""A first stage that is tried again: harm in the rehearsal must repeat itself before it is final.

An experiment that may have failed because of the laboratory is repeated. A rehearsal costs nothing but time, and once
all of its stage is updated nobody is left to compare with: there, trouble of the simulated environment looks like harm.
Real harm repeats itself, trouble of the laboratory seldom does; where each try of a harmless release is taken back
with the chance alpha, both are with its square.

So a policy may say how often the first stage is tried (``stages[0].attempts``). When the failure rule takes back a
release that has not left that stage, it goes back as ever; then, instead of ending, it begins anew: Pending, under a
new attempt, with no evidence. It waits until the stage is quiet, so that an outage ends first. A stage that does not
become quiet ends the release: what doesn't heal after going back may well be its doing.

Only harm that the failure rule finds is tried again. What was ordered, superseded or taken along by another release is
not; nor what can't be reversed; nor a rollback that left a unit stuck or unheard: a person has to look there.

The new attempt's number is the caller's to give (``controllers/release``): old orders and reports are of the old one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from myriarch.api.release import Phase
from myriarch.engine.evidence import Evidence
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Observed
from myriarch.engine.outages import begun_again
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.rules import Rules

TRIED_AGAIN: Final = "TriedAgain"
"""Reason of a release that has gone back and begins anew."""

NEVER_QUIET: Final = "NeverQuiet"
"""Reason of a release that ends because its first stage did not become well after it had gone back."""

QUIET_SECONDS: Final = 900.0
"""So long nothing is begun after all is back: what failed with the try has shown itself by then."""

QUIET_MOST_SECONDS: Final = 6 * 3600.0
"""So long it waits at most until the nodes of the stage are well."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """``down`` nodes of the first stage, of which ``borne`` are ordinary; until when (Unix seconds) it waits in any
    case, and at most."""

    down: int
    borne: int
    least_until: float
    most_until: float

    @property
    def loud(self) -> bool:
        """Whether more nodes are down than any fleet has."""
        return self.down > self.borne


def tries_left(rules: Rules, memory: Memory) -> bool:
    """Whether a release that goes back because of harm would be tried again, as far as its policy says."""
    return memory.stage == 0 and memory.tried + 1 < rules.attempts and not memory.wave_only


def may_try_again(rules: Rules, observed: Observed, memory: Memory, harm_reason: str) -> bool:
    """Whether a release that is back begins anew; ``harm_reason`` is how one goes back that the failure rule took."""
    orders = observed.orders
    ordered = orders.roll_back or orders.back_with or orders.abort or orders.superseded
    return tries_left(rules, memory) and memory.reason == harm_reason and orders.reversible and not ordered


def again_text(plan: ReleasePlan, rules: Rules, memory: Memory) -> str:
    """In a sentence, which try begins and why the last one was taken back."""
    number = memory.tried + 2
    return f"try {number} of {rules.attempts} of stage {plan.stages[0].name}; taken back before: {memory.message}"


def begun_anew(memory: Memory) -> Memory:
    """``memory`` of the next try: nothing of what was seen in the last one counts, or is held or blamed."""
    fresh = Memory(phase=memory.phase, since=memory.since, reason=memory.reason, message=memory.message)
    outages = memory.evidence.outages
    evidence = Evidence(outages=None if outages is None else begun_again(outages))
    return replace(fresh, tried=memory.tried + 1, evidence=evidence)


def quiet_of(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory) -> Quiet | None:
    """How quiet the first stage is; None where the release waits for no such thing."""
    if not memory.tried or memory.phase is not Phase.PENDING:
        return None
    down, borne = 0, 0
    if observed.down is not None:
        here = plan.stages[0].members & observed.present
        down = int(observed.down[here].sum())
        nodes = int(plan.population.weight[here].sum())
        borne = max(rules.minimum - 1, int(rules.tolerance.floor(nodes)))
    return Quiet(down, borne, memory.since + QUIET_SECONDS, memory.since + QUIET_MOST_SECONDS)

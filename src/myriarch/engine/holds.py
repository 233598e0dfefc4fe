"""Why a release is not moving, in sentences, and when to look again though nothing is heard."""

from __future__ import annotations

import numpy as np

from myriarch.api.release import Phase
from myriarch.engine.directions import jitter_seconds, wished_ceilings
from myriarch.engine.events import PAUSES_FOR_A_PERSON
from myriarch.engine.gates import harm_approval, missing_approval, missing_stage_approval, silence
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Observed, Way
from myriarch.engine.phases import ENDED
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools
from myriarch.engine.rules import Rules
from myriarch.engine.standing import involved, rollback_standing, wave_standing

NAMED_UNITS = 3


def holds(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> tuple[str, ...]:
    """What the release waits for; empty where it has ended."""
    if memory.phase in ENDED:
        return ()
    match memory.phase:
        case Phase.PENDING:
            return _pending(plan, observed)
        case Phase.PAUSED:
            if memory.reason in PAUSES_FOR_A_PERSON:
                return (f"waits for approval {harm_approval(plan, memory)!r} to go on",)
            return ("paused by order",)
        case Phase.ROLLBACK_HELD:
            return ("the component is not reversible: waits for approval 'rollback'",)
        case Phase.ROLLING_BACK:
            return _rolling_back(plan, rules, observed, memory, now)
    return _forward(plan, rules, observed, memory, now)


def _pending(plan: ReleasePlan, observed: Observed) -> tuple[str, ...]:
    if observed.orders.paused:
        return ("paused by order",)
    approval = missing_stage_approval(plan, observed, 0)
    return (f"waits for approval {approval!r}",) if approval else ()


def _rolling_back(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> tuple[str, ...]:
    standing = rollback_standing(plan, rules, observed, memory, now)
    found = []
    if standing.lacking.any():
        found.append(f"{_units(plan, standing.lacking)} still to bring back")
    if standing.silent.any():
        found.append(f"{_units(plan, standing.silent)} silent")
    return tuple(found)


def _forward(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> tuple[str, ...]:
    found: list[str] = []
    standing = wave_standing(plan, rules, observed, memory, now)
    if memory.phase is Phase.ADVANCING:
        if standing.lacking.any():
            found.append(f"{_units(plan, standing.lacking)} not yet settled")
        if standing.silent.any():
            found.append(f"{_units(plan, standing.silent)} silent")
    if memory.phase is Phase.SOAKING:
        soak = plan.stages[memory.stage].waves[memory.wave].soak_seconds
        found.append(f"soaks another {max(memory.since + soak - now, 0):.0f} s")
    if memory.phase is Phase.GATED:
        approval = missing_approval(plan, observed, memory)
        if approval:
            found.append(f"waits for approval {approval!r}")
        quiet = silence(plan, rules, observed, memory, now)
        if quiet.holds:
            found.append(f"{quiet.units} units are silent: silence holds")
    frozen = observed.frozen & observed.present & (wished_ceilings(plan, memory) > 0)
    if frozen.any():
        found.append(f"frozen: {observed.freeze_reason}")
    return tuple(found)


def _units(plan: ReleasePlan, chosen: Bools) -> str:
    indices = np.flatnonzero(chosen)
    names = ", ".join(plan.population.names[int(i)] for i in indices[:NAMED_UNITS])
    more = ", …" if len(indices) > NAMED_UNITS else ""
    return f"{len(indices)} units ({names}{more})"


def wake_at(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> float:
    """Unix seconds of the next moment at which time alone may change the decision; infinite where none."""
    if memory.phase in ENDED or memory.phase in (Phase.PAUSED, Phase.ROLLBACK_HELD, Phase.PENDING):
        return float("inf")
    if memory.phase is Phase.ROLLING_BACK:
        return min(
            rollback_standing(plan, rules, observed, memory, now).patience_at,
            _next_jitter(plan, rules, observed, memory, now),
        )
    moments = [wave_standing(plan, rules, observed, memory, now).patience_at]
    if observed.frozen.any():
        moments.append(observed.thaw_at)
    if memory.phase is Phase.SOAKING:
        moments.append(memory.since + plan.stages[memory.stage].waves[memory.wave].soak_seconds)
    if memory.phase is Phase.GATED:
        moments.append(silence(plan, rules, observed, memory, now).until)
    return min(moments)


def _next_jitter(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> float:
    waiting = involved(plan, observed, memory) & (observed.asserted != Way.REVERT)
    moments = memory.since + jitter_seconds(plan, rules)[waiting]
    later = moments[moments > now]
    return float(later.min()) if len(later) else float("inf")

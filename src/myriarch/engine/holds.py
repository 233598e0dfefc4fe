"""Why a release is not moving, in sentences, and when to look again though nothing is heard."""

from __future__ import annotations

from myriarch.api.release import Phase
from myriarch.engine.budget_holds import budget_holds
from myriarch.engine.directions import jitter_seconds, wished_ceilings
from myriarch.engine.events import PAUSES_FOR_A_PERSON
from myriarch.engine.gate_standing import gate_holds, next_ask_at
from myriarch.engine.gates import harm_approval, missing_approval, missing_stage_approval, silence
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_HOLD, TOLD_REVERT, Observed
from myriarch.engine.phases import ENDED
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.rules import Rules
from myriarch.engine.soak import soak_of
from myriarch.engine.standing import involved, name_units, rollback_standing, wave_standing

FROZEN = "frozen"
"""How the hold of a freeze window begins; the name and reason of the window follow."""


def holds(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> tuple[str, ...]:
    """What the release waits for; empty where it has ended."""
    if memory.phase in ENDED:
        return ()
    match memory.phase:
        case Phase.PENDING:
            return _pending(plan, observed) + gate_holds(plan, rules, observed, memory, now)
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
        found.append(f"{name_units(plan, standing.lacking)} still to bring back")
    if standing.silent.any():
        found.append(f"{name_units(plan, standing.silent)} silent")
    return tuple(found)


def _forward(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> tuple[str, ...]:
    found: list[str] = []
    standing = wave_standing(plan, rules, observed, memory, now)
    if memory.phase is Phase.ADVANCING:
        if standing.lacking.any():
            found.append(f"{name_units(plan, standing.lacking)} not yet settled")
        if standing.silent.any():
            found.append(f"{name_units(plan, standing.silent)} silent")
        found += budget_holds(plan, rules, observed, standing.lacking)
    if memory.phase is Phase.SOAKING:
        soak = soak_of(plan, rules, memory)
        if soak.suspicion and now >= soak.least_until:
            found.append(f"soaks on, {max(soak.most_until - now, 0):.0f} s at most: {soak.suspicion}")
        else:
            found.append(f"soaks another {max(soak.least_until - now, 0):.0f} s")
    if memory.phase is Phase.GATED:
        approval = missing_approval(plan, observed, memory)
        if approval:
            found.append(f"waits for approval {approval!r}")
        quiet = silence(plan, rules, observed, memory, now)
        if quiet.holds:
            found.append(f"{quiet.units} units are silent: silence holds")
    found += gate_holds(plan, rules, observed, memory, now)
    frozen = observed.frozen & observed.present & (wished_ceilings(plan, memory) > 0)
    if frozen.any():
        found.append(f"{FROZEN}: {observed.freeze_reason}")
    return tuple(found)


def wake_at(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> float:
    """Unix seconds of the next moment at which time alone may change the decision; infinite where none."""
    if memory.phase is Phase.SUCCEEDED:
        return observed.thaw_at if (observed.frozen & (observed.asserted == TOLD_HOLD)).any() else float("inf")
    if memory.phase is Phase.ROLLED_BACK:
        return _next_jitter(plan, rules, observed, memory, now)
    if memory.phase is Phase.PENDING:
        return next_ask_at(plan, rules, observed, memory, now)
    if memory.phase in ENDED or memory.phase in (Phase.PAUSED, Phase.ROLLBACK_HELD):
        return float("inf")
    moments = [_next_recorded(rules, observed, now)]
    if memory.phase is Phase.ROLLING_BACK:
        moments.append(rollback_standing(plan, rules, observed, memory, now).patience_at)
        moments.append(_next_jitter(plan, rules, observed, memory, now))
        return min(moments)
    moments.append(wave_standing(plan, rules, observed, memory, now).patience_at)
    moments.append(_next_given_up(rules, observed, now))
    moments.append(next_ask_at(plan, rules, observed, memory, now))
    if observed.frozen.any():
        moments.append(observed.thaw_at)
    if memory.phase is Phase.SOAKING:
        soak = soak_of(plan, rules, memory)
        moments.append(soak.least_until if now < soak.least_until else soak.ends_at)
    if memory.phase is Phase.GATED:
        moments.append(silence(plan, rules, observed, memory, now).until)
    return min(moments)


def _next_jitter(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> float:
    waiting = involved(plan, observed, memory) & (observed.asserted != TOLD_REVERT)
    moments = memory.since + jitter_seconds(plan, rules)[waiting]
    later = moments[moments > now]
    return float(later.min()) if len(later) else float("inf")


def _next_recorded(rules: Rules, observed: Observed, now: float) -> float:
    """When the next dead unit is recorded and leaves its budget to others."""
    if not rules.budgets:
        return float("inf")
    silent = observed.silent_seconds[observed.present & ((observed.unavailable > 0) | ~observed.reachable)]
    left = rules.dead_after_seconds - silent[silent < rules.dead_after_seconds]
    return now + float(left.min()) if len(left) else float("inf")


def _next_given_up(rules: Rules, observed: Observed, now: float) -> float:
    """When the next failed unit has been so for too long, and is taken back."""
    failed = observed.failed_seconds[observed.present & observed.reachable & (observed.failed > 0)]
    left = rules.revert_failed_after_seconds - failed[failed < rules.revert_failed_after_seconds]
    return now + float(left.min()) if len(left) else float("inf")

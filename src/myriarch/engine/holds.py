"""Why a release is not moving, and when to look again though nothing is heard.

Each hold is a sentence with what can be told of it besides (``hold.py``). A part of the engine that adds one may give
the bare sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.holds import HoldKind
from myriarch.api.release import Phase
from myriarch.engine.acquittal import ACQUITTED, held_until
from myriarch.engine.budget_holds import budget_holds
from myriarch.engine.directions import jitter_seconds, wished_ceilings
from myriarch.engine.events import PAUSES_FOR_A_PERSON, WEIGHING
from myriarch.engine.gate_standing import gate_holds, next_ask_at
from myriarch.engine.gates import harm_approval, missing_approval, missing_stage_approval, next_place, silence
from myriarch.engine.held_units import next_told_at
from myriarch.engine.hold import NEVER, Hold, Wake, hold_of, soonest
from myriarch.engine.memory import Memory
from myriarch.engine.observed import TOLD_HOLD, TOLD_REVERT, Observed
from myriarch.engine.phases import ENDED
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, count
from myriarch.engine.rules import Rules
from myriarch.engine.soak import soak_of
from myriarch.engine.standing import involved, name_units, rollback_standing, wave_standing
from myriarch.engine.tries import quiet_of
from myriarch.engine.watching import next_outage_at

FROZEN = "frozen"
"""How the hold of a freeze window begins; the name and reason of the window follow."""

OUTDATED = "agents too old"
"""How the reason begins where clusters are held like frozen ones, because their agents would overstep the policy."""

Told = list[Hold | str]


def holds(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> tuple[Hold, ...]:
    """What the release waits for; empty where it has ended."""
    if memory.phase in ENDED:
        return ()
    return tuple(hold_of(each) for each in _holds(plan, rules, observed, memory, now))


def _holds(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Told:
    match memory.phase:
        case Phase.PENDING:
            return [*_pending(plan, rules, observed, memory), *_gates(plan, rules, observed, memory, now)]
        case Phase.PAUSED:
            if memory.reason in PAUSES_FOR_A_PERSON:
                text = f"waits for approval {harm_approval(plan, memory)!r} to go on"
                return [Hold(HoldKind.HARM, text, memory.since)]
            if memory.reason == WEIGHING:
                return [Hold(HoldKind.HARM, memory.message, memory.since, memory.since + rules.weigh_seconds)]
            if memory.reason in ACQUITTED:
                text = f"holds until what failed is well again: {memory.message}"
                return [Hold(HoldKind.OTHER, text, memory.since, held_until(rules, memory))]
            return [Hold(HoldKind.PAUSE, "paused by order", memory.since)]
        case Phase.ROLLBACK_HELD:
            text = "the component is not reversible: waits for approval 'rollback'"
            return [Hold(HoldKind.APPROVAL, text, memory.since)]
        case Phase.ROLLING_BACK:
            return _rolling_back(plan, rules, observed, memory, now)
    return _forward(plan, rules, observed, memory, now)


def _pending(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory) -> Told:
    found: Told = []
    quiet = quiet_of(plan, rules, observed, memory)
    if quiet is not None:
        text = f"waits until the stage is quiet, then begins {memory.message}"
        if quiet.loud:
            text = f"waits until nodes of the stage are well ({quiet.down} are down), then begins {memory.message}"
        until = quiet.most_until if quiet.loud else quiet.least_until
        found.append(Hold(HoldKind.OTHER, text, memory.since, until))
    if observed.orders.paused:
        return [*found, Hold(HoldKind.PAUSE, "paused by order")]
    approval = missing_stage_approval(plan, observed, 0)
    return [*found, Hold(HoldKind.APPROVAL, f"waits for approval {approval!r}")] if approval else found


def _rolling_back(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Told:
    standing = rollback_standing(plan, rules, observed, memory, now)
    found: Told = []
    if standing.lacking.any():
        text = f"{name_units(plan, standing.lacking)} still to bring back"
        found.append(Hold(HoldKind.BACK, text, memory.since, units=count(standing.lacking)))
    found += _silent(plan, observed, standing.silent, standing.patience_at, now)
    stuck = involved(plan, observed, memory) & (observed.stuck > 0)
    if stuck.any():
        text = f"{name_units(plan, stuck)} with stuck nodes: not waited for, named when the rollback ends"
        found.append(Hold(HoldKind.STUCK, text, units=count(stuck), blocks=False))
    return found


def _silent(plan: ReleasePlan, observed: Observed, silent: Bools, patience_at: float, now: float) -> Iterator[Hold]:
    if silent.any():
        since = now - float(observed.silent_seconds[silent].max())
        text = f"{name_units(plan, silent)} silent"
        yield Hold(HoldKind.SILENCE, text, since, patience_at, count(silent))


def _forward(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Told:
    found: Told = []
    if memory.phase is Phase.WATCHING:
        text = "it is everywhere and judged on; nothing else waits for that"
        return [Hold(HoldKind.WATCH, text, memory.since, memory.watched_until, blocks=False)]
    if memory.phase is Phase.ADVANCING:
        found += _advancing(plan, rules, observed, memory, now)
    if memory.phase is Phase.SOAKING:
        found.append(_soaking(plan, rules, memory, now))
    if memory.phase is Phase.GATED:
        approval = missing_approval(plan, observed, memory)
        if approval:
            found.append(Hold(HoldKind.APPROVAL, f"waits for approval {approval!r}", memory.since))
        if observed.orders.stays_open and next_place(plan, memory) is None:
            found.append(observed.orders.stays_open)
        quiet = silence(plan, rules, observed, memory, now)
        if quiet.holds:
            text = f"{quiet.units} units are silent: silence holds"
            found.append(Hold(HoldKind.SILENCE, text, until=quiet.until, units=quiet.units))
    found += _gates(plan, rules, observed, memory, now)
    found += [hold_of(text, HoldKind.RELEASE) for text in observed.waits]
    frozen = observed.frozen & observed.present & (wished_ceilings(plan, memory) > 0)
    if frozen.any() and observed.freeze_reason:
        kind = HoldKind.AGENTS if observed.freeze_reason.startswith(OUTDATED) else HoldKind.FREEZE
        found.append(Hold(kind, f"{FROZEN}: {observed.freeze_reason}", until=observed.thaw_at, units=count(frozen)))
    return found


def _advancing(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Iterator[Hold]:
    standing = wave_standing(plan, rules, observed, memory, now)
    if standing.lacking.any():
        text = f"{name_units(plan, standing.lacking)} not yet settled"
        yield Hold(HoldKind.UNSETTLED, text, memory.since, units=count(standing.lacking))
    yield from _silent(plan, observed, standing.silent, standing.patience_at, now)
    for text in budget_holds(plan, rules, observed, standing.lacking):
        yield hold_of(text, HoldKind.BUDGET)


def _soaking(plan: ReleasePlan, rules: Rules, memory: Memory, now: float) -> Hold:
    soak = soak_of(plan, rules, memory)
    if soak.suspicion and now >= soak.least_until:
        text = f"soaks on, {max(soak.most_until - now, 0):.0f} s at most: {soak.suspicion}"
        return Hold(HoldKind.SUSPICION, text, memory.since, soak.most_until)
    text = f"soaks another {max(soak.least_until - now, 0):.0f} s"
    return Hold(HoldKind.SOAK, text, memory.since, soak.least_until)


def _gates(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> list[Hold]:
    return [hold_of(text, HoldKind.GATE) for text in gate_holds(plan, rules, observed, memory, now)]


def wake(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Wake:
    """The next moment at which time alone may change the decision, and what may change then."""
    return soonest(_wakes(plan, rules, observed, memory, now))


def _wakes(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Iterator[Wake]:
    """All such moments; later ones than the first may be left out."""
    yield Wake(held_until(rules, memory), "the failure rule decides after all")
    if memory.phase is Phase.PAUSED and memory.reason == WEIGHING:
        yield Wake(memory.since + rules.weigh_seconds, "the failure rule decides after all")
    yield Wake(next_told_at(plan, rules, observed, memory, now), SPREAD)
    match memory.phase:
        case Phase.SUCCEEDED:
            if (observed.frozen & (observed.asserted == TOLD_HOLD)).any():
                yield Wake(observed.thaw_at, THAWS)
        case Phase.ROLLED_BACK:
            yield Wake(_next_jitter(plan, rules, observed, memory, now), SPREAD)
        case Phase.PENDING:
            yield Wake(next_ask_at(plan, rules, observed, memory, now), ASKS)
            quiet = quiet_of(plan, rules, observed, memory)
            if quiet is not None:
                yield Wake(quiet.least_until if now < quiet.least_until else quiet.most_until, QUIET)
        case Phase.ROLLING_BACK:
            yield Wake(_next_recorded(rules, observed, now), DEAD)
            yield Wake(rollback_standing(plan, rules, observed, memory, now).patience_at, PATIENCE)
            yield Wake(_next_jitter(plan, rules, observed, memory, now), SPREAD)
        case Phase.ADVANCING | Phase.SOAKING | Phase.GATED | Phase.WATCHING:
            yield from _forward_wakes(plan, rules, observed, memory, now)


THAWS = "a freeze window ends or begins"
SPREAD = "the next clusters of the rollback are told, spread over its first minute"
ASKS = "the next gate is asked"
DEAD = "a dead unit is passed over, and leaves its budget to others"
PATIENCE = "the patience with a silent unit ends"
GIVEN_UP = "a unit has been failed for too long, and is taken back"
SOAKED = "the soak ends"
QUIET = "the stage has been quiet for long enough, or was never so"


def _forward_wakes(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> Iterator[Wake]:
    yield Wake(_next_recorded(rules, observed, now), DEAD)
    yield Wake(wave_standing(plan, rules, observed, memory, now).patience_at, PATIENCE)
    yield Wake(_next_given_up(rules, observed, now), GIVEN_UP)
    yield Wake(next_ask_at(plan, rules, observed, memory, now), ASKS)
    yield Wake(next_outage_at(plan, rules, observed, memory, now), "a cluster has been out for long enough to count")
    if observed.frozen.any():
        yield Wake(observed.thaw_at, THAWS)
    if memory.phase is Phase.WATCHING:
        yield Wake(memory.watched_until, "the watch ends")
    if memory.phase is Phase.SOAKING:
        soak = soak_of(plan, rules, memory)
        yield Wake(soak.least_until if now < soak.least_until else soak.ends_at, SOAKED)
    if memory.phase is Phase.GATED:
        yield Wake(silence(plan, rules, observed, memory, now).until, PATIENCE)


def _next_jitter(plan: ReleasePlan, rules: Rules, observed: Observed, memory: Memory, now: float) -> float:
    waiting = involved(plan, observed, memory) & (observed.asserted != TOLD_REVERT)
    moments = memory.since + jitter_seconds(plan, rules)[waiting]
    later = moments[moments > now]
    return float(later.min()) if len(later) else NEVER


def _next_recorded(rules: Rules, observed: Observed, now: float) -> float:
    """When the next dead unit is recorded and leaves its budget to others."""
    if not rules.budgets:
        return NEVER
    silent = observed.silent_seconds[observed.present & ((observed.unavailable > 0) | ~observed.reachable)]
    left = rules.dead_after_seconds - silent[silent < rules.dead_after_seconds]
    return now + float(left.min()) if len(left) else NEVER


def _next_given_up(rules: Rules, observed: Observed, now: float) -> float:
    """When the next failed unit has been so for too long, and is taken back."""
    failed = observed.failed_seconds[observed.present & observed.reachable & (observed.failed > 0)]
    left = rules.revert_failed_after_seconds - failed[failed < rules.revert_failed_after_seconds]
    return now + float(left.min()) if len(left) else NEVER

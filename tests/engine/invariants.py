"""The invariants of a release, each a checker that is shown every moment of a played case.

They look at the toy world itself, not at what was observed of it, so that a wrong observation is no excuse. The
numbers are those of the design: I1 budgets, I2 gates and soaks, I3 rollback, I4 retries, I6 freezes, I7 exposure,
I8 ends, I11 newcomers; WAKE says that time alone changes nothing before the engine asks to be woken.
"""

from __future__ import annotations

import msgspec
import numpy as np
from tests.engine.cases import TICK_SECONDS, Case, Moment, at_rest
from tests.engine.runner import news, told
from tests.engine.world import UNDER_WAY, Level, State, Unit

from myriarch.api.policy import FailureAction, NodeRules
from myriarch.api.release import Phase
from myriarch.engine.amounts import parse_amount
from myriarch.engine.decide import MAX_TRANSITIONS, decide
from myriarch.engine.gates import harm_approval
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Way
from myriarch.engine.phases import ENDED, Event
from myriarch.engine.rules import LONG_DEAD_SECONDS

GATES = (Event.GATE_PASSED, Event.LAST_GATE_PASSED)


class Broken(AssertionError):
    """An invariant does not hold."""


def require(holds: bool, number: str, text: str, moment: Moment) -> None:
    if not holds:
        raise Broken(f"{number} at tick {moment.tick}: {text}")


class Checker:
    """Sees every moment in order, then the last one again."""

    def look(self, case: Case, moment: Moment) -> None:
        """Judge one moment. Raises Broken."""

    def end(self, case: Case, moment: Moment) -> None:
        """Judge the end. Raises Broken."""


class Budgets(Checker):
    """I1: no order makes more units unavailable than a budget allows; dead ones use it up for a while."""

    def look(self, case: Case, moment: Moment) -> None:
        if case.level is Level.CLUSTERS:
            self._concurrency(moment)
            return
        turn = moment.turn
        disturbed = [i for i, unit in enumerate(turn.units) if _newly_disturbed(moment, i, unit)]
        if not disturbed:
            return
        out = {i for i, unit in enumerate(turn.units) if unit.present and _out(unit, turn.now)} | set(disturbed)
        present = sum(unit.present for unit in turn.units)
        policy = moment.runner.policy
        assert isinstance(policy, NodeRules)
        limit = parse_amount(policy.max_unavailable, "").at_most(present)
        require(len(out) <= limit, "I1", f"{len(out)} of {present} out", moment)
        if policy.max_unavailable_per_zone is None:
            return
        for zone in sorted({turn.units[i].zone for i in disturbed}):
            here = sum(unit.present and unit.zone == zone for unit in turn.units)
            count = sum(turn.units[i].zone == zone for i in out)
            limit = parse_amount(policy.max_unavailable_per_zone, "").at_most(here)
            require(count <= limit, "I1", f"{count} out in {zone}", moment)

    def _concurrency(self, moment: Moment) -> None:
        turn, rules = moment.turn, moment.runner.rules()
        way, before = turn.decision.way, turn.observed
        members = turn.plan.stages[turn.decision.memory.stage].members & before.present
        heard = before.reachable & before.present
        starting = heard & (way == Way.FORWARD) & (before.granted == 0)
        forward = starting | (heard & (way == Way.FORWARD) & [_unfinished(unit) for unit in turn.units])
        if starting.any():
            limit = rules.in_flight.at_most(int(members.sum()))
            require(int(forward.sum()) <= limit, "I1", f"{int(forward.sum())} clusters advance, {limit} may", moment)
        reverting = heard & (way == Way.REVERT) & (before.asserted != Way.REVERT)
        back = heard & (way == Way.REVERT) & [unit.off_target > unit.said.stuck for unit in turn.units]
        if reverting.any():
            limit = rules.rollback_in_flight.at_most(int(before.present.sum()))
            require(int(back.sum()) <= limit, "I1", f"{int(back.sum())} clusters revert, {limit} may", moment)


def _newly_disturbed(moment: Moment, index: int, unit: Unit) -> bool:
    way, before = moment.turn.decision.way[index], moment.turn.observed
    if not unit.reachable or _out(unit, moment.turn.now):
        return False
    if way == Way.FORWARD:
        return not unit.nodes[0].begun
    return bool(way == Way.REVERT and before.asserted[index] != Way.REVERT and unit.off_target)


def _out(unit: Unit, now: float) -> bool:
    if not unit.reachable:
        return now - unit.silent_since < LONG_DEAD_SECONDS
    return unit.nodes[0].out


def _unfinished(unit: Unit) -> bool:
    return unit.begun < min(unit.told[1], unit.movable) or unit.count(*UNDER_WAY) > 0


class Gates(Checker):
    """I2: a gate opens only after the whole soak of a wave that is done, approved and without harm."""

    def __init__(self) -> None:
        self._soaks_since = float("inf")

    def look(self, case: Case, moment: Moment) -> None:
        for transition in moment.turn.decision.transitions:
            if transition.event in GATES:
                self._passed(case, moment)
            if transition.target is Phase.SOAKING:
                self._soaks_since = moment.turn.now
            elif transition.source is Phase.SOAKING and transition.event is not Event.SOAK_PASSED:
                self._soaks_since = float("inf")

    def _passed(self, case: Case, moment: Moment) -> None:
        turn, orders = moment.turn, moment.runner.orders
        stage = turn.plan.stages[turn.before.stage]
        if len([t for t in turn.decision.transitions if t.event in GATES]) > 1:
            return  # several gates in one turn: the stages between them are empty or wait for nothing
        wave = stage.waves[turn.before.wave]
        soaked = turn.now - self._soaks_since
        require(soaked >= wave.soak_seconds, "I2", f"{stage.name} soaked {soaked:g} s only", moment)
        place = f"{stage.name}/{turn.before.wave + 1}"
        require(not wave.approval or place in orders.approvals, "I2", f"{place} is not approved", moment)
        following = turn.decision.memory.stage
        name = turn.plan.stages[following].name
        wants = following != turn.before.stage and turn.plan.stages[following].approval
        require(not wants or name in orders.approvals, "I2", f"{name} is not approved", moment)
        for index in np.flatnonzero(wave.ceiling):
            unit = turn.units[index]
            out = not unit.present or unit.self_reverted or turn.observed.asserted[index] == Way.REVERT
            done = unit.begun >= min(int(wave.ceiling[index]), unit.movable) and not unit.count(State.MOVING)
            held = [node for node in unit.nodes if node.begun and not node.stuck and unit.holds(node)]
            done &= all(node.state is State.BACK for node in held)
            require(out or not unit.reachable or done, "I2", f"{unit.name} of {place} is not done", moment)
        self._no_harm(moment)

    def _no_harm(self, moment: Moment) -> None:
        turn, rules = moment.turn, moment.runner.rules()
        accepted = harm_approval(turn.plan, turn.before) in moment.runner.orders.approvals
        if rules.action in (FailureAction.PAUSE, FailureAction.ROLL_BACK_WAVE) and accepted:
            return
        here = turn.plan.stages[turn.before.stage].members & (turn.observed.asserted != Way.REVERT)
        judged = [unit for unit, member in zip(turn.units, here, strict=True) if member and unit.reachable]
        failed = sum(unit.count(State.FAILED) for unit in judged)
        begun = sum(unit.begun for unit in turn.units)
        harmless = failed < rules.minimum or failed <= rules.tolerance.floor(begun)
        require(harmless, "I2", f"{failed} of {begun} failed", moment)


class Rollback(Checker):
    """I3: a rollback ends with every reachable unit back, but for what is stuck; the others follow when heard."""

    def look(self, case: Case, moment: Moment) -> None:
        if any(t.event is Event.ALL_BACK for t in moment.turn.decision.transitions):
            self._all_back(moment)

    def end(self, case: Case, moment: Moment) -> None:
        if moment.runner.memory.phase is Phase.ROLLED_BACK:
            self._all_back(moment)

    def _all_back(self, moment: Moment) -> None:
        for unit in moment.turn.units:
            left = [node for node in unit.nodes if node.begun and node.state is not State.BACK and not node.stuck]
            free = not unit.present or not unit.reachable
            require(free or not left, "I3", f"{unit.name} has {len(left)} nodes not back", moment)


class Retries(Checker):
    """I4: to decide again, from memory read back, changes nothing, whether the orders were written or not."""

    def look(self, case: Case, moment: Moment) -> None:
        turn, runner = moment.turn, moment.runner
        again = decide(turn.plan, runner.rules(), turn.observed, turn.before, turn.now)
        same = np.array_equal(again.way, turn.decision.way) and np.array_equal(again.ceiling, turn.decision.ceiling)
        require(same and again.memory == turn.decision.memory, "I4", "the same question has two answers", moment)
        if len(turn.decision.transitions) == MAX_TRANSITIONS or _dull(moment):
            return
        after = runner.ask(msgspec.convert(msgspec.json.decode(msgspec.json.encode(runner.memory)), Memory))
        # A unit that is told anew has not yet said that it knows: its wave is looked at anew, which is no step forward.
        moved = [t for t in after.decision.transitions if t.event is not Event.WAVE_UNSETTLED]
        require(not moved, "I4", f"{moved} by asking again", moment)
        require(told(after) == told(turn), "I4", f"{told(turn)}, then {told(after)}", moment)


class Freezes(Checker):
    """I6: no frozen unit is told to go forward, or further; going back is another matter."""

    def look(self, case: Case, moment: Moment) -> None:
        turn = moment.turn
        frozen = turn.observed.frozen & turn.observed.present
        forward = frozen & (turn.decision.way == Way.FORWARD)
        raised = frozen & (turn.decision.ceiling > turn.observed.granted)
        require(not (forward | raised).any(), "I6", "a frozen unit goes forward", moment)


class Exposure(Checker):
    """I7: no unit begins more nodes than the waves whose turn has come allow it, wherever it is."""

    def __init__(self) -> None:
        self._allowed: dict[str, int] = {}

    def look(self, case: Case, moment: Moment) -> None:
        turn, memory = moment.turn, moment.turn.decision.memory
        waves = [stage.waves[-1] for stage in turn.plan.stages[: memory.stage]]
        waves.append(turn.plan.stages[memory.stage].waves[memory.wave])
        started = memory.phase is not Phase.PENDING
        total = 0
        for index, unit in enumerate(turn.units):
            allowed = max(int(wave.ceiling[index]) for wave in waves) * started
            self._allowed[unit.name] = max(allowed, self._allowed.get(unit.name, 0))
            limit = self._allowed[unit.name]
            require(unit.begun <= limit, "I7", f"{unit.name} began {unit.begun} nodes, {limit} may", moment)
            require(turn.decision.ceiling[index] <= limit, "I7", f"{unit.name} is told more than {limit}", moment)
            total += unit.begun
        sum_allowed = sum(wave.nodes for wave in waves)
        require(moment.membership_changed or total <= sum_allowed, "I7", f"{total} > {sum_allowed} began", moment)


class Ends(Checker):
    """I8: once faults have healed, the release ends, and it stays ended."""

    def look(self, case: Case, moment: Moment) -> None:
        if moment.turn.before.phase in ENDED:
            allowed = (Phase.ROLLING_BACK,) if moment.turn.before.phase is Phase.ABORTED else ()
            moved = [t.target for t in moment.turn.decision.transitions]
            require(not moved or moved[0] in allowed, "I8", f"ended, and then {moved}", moment)

    def end(self, case: Case, moment: Moment) -> None:
        phase, holds = moment.runner.memory.phase, moment.turn.decision.holds
        require(at_rest(case, moment.runner), "I8", f"still {phase}: {'; '.join(holds)}", moment)


class Newcomers(Checker):
    """I11: when a release has succeeded, every unit that was heard stands at its grant, newcomers too."""

    def look(self, case: Case, moment: Moment) -> None:
        if all(t.event is not Event.LAST_GATE_PASSED for t in moment.turn.decision.transitions):
            return
        turn = moment.turn
        for index, unit in enumerate(turn.units):
            ceiling = max(int(stage.waves[-1].ceiling[index]) for stage in turn.plan.stages)
            excused = not unit.present or not unit.reachable or unit.self_reverted
            excused = excused or turn.decision.way[index] == Way.REVERT or turn.observed.frozen[index]
            last = turn.plan.stages[-1].members[index]
            if last and not excused:
                require(unit.begun >= min(ceiling, unit.movable), "I11", f"{unit.name} is left behind", moment)


class Wakes(Checker):
    """WAKE: time alone changes nothing before ``wake_at``, and ``wake_at`` lies ahead."""

    def look(self, case: Case, moment: Moment) -> None:
        turn, runner, world = moment.turn, moment.runner, moment.runner.world
        if moment.lost or len(turn.decision.transitions) == MAX_TRANSITIONS or _dull(moment):
            return
        again = runner.ask(runner.memory)
        wake = again.decision.wake_at
        require(wake > turn.now, "WAKE", "asks to be woken at once", moment)
        world.now = min(wake - 0.5, turn.now + TICK_SECONDS)
        if world.now > turn.now:
            later = runner.ask(runner.memory)
            same = told(later) == told(again) and later.decision.transitions == again.decision.transitions
            require(same, "WAKE", f"{told(again)} turned {told(later)} by time alone", moment)
        world.now = turn.now


def _dull(moment: Moment) -> bool:
    """Nothing came of this turn; of such turns every fifth is looked at closely."""
    return moment.tick % 5 > 0 and not moment.turn.decision.transitions and not news(moment.turn)


def all_checkers() -> list[Checker]:
    return [Budgets(), Gates(), Rollback(), Retries(), Freezes(), Exposure(), Ends(), Newcomers(), Wakes()]

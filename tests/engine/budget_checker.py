"""I1 for budgets by groups: looks at the toy world and at the policy's words, never at how the engine counts.

Whenever an order disturbs a unit that was well, no group that it belongs to has more units out than its budget, and no
more domains have units in flight than may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.engine.cases import Case, Moment
from tests.engine.invariants import Checker, require
from tests.engine.world import UNDER_WAY, Level, State, Unit

from myriarch.api.budgets import Budgets, GangKind
from myriarch.api.policy import NodeRules
from myriarch.base.durations import parse_duration
from myriarch.engine.amounts import parse_amount
from myriarch.engine.observed import Way
from myriarch.engine.rules import LONG_DEAD_SECONDS


@dataclass(frozen=True, slots=True)
class Group:
    """Units by name, of which so many may be out."""

    name: str
    units: frozenset[str]
    limit: int


class GroupBudgets(Checker):
    """I1, group by group."""

    def look(self, case: Case, moment: Moment) -> None:
        budgets = budgets_of(moment)
        if budgets is None:
            return
        disturbed = {unit.name for unit in moment.turn.units if _disturbed(moment, unit)}
        if not disturbed:
            return
        flying = {unit.name for unit in moment.turn.units if unit.present and _flying(moment, unit)} | disturbed
        out = {unit.name for unit in moment.turn.units if unit.present and _out(moment, unit)} | flying
        present = [unit for unit in moment.turn.units if unit.present]
        for group in (*groups_of(budgets, present), *_everyone(moment, present)):
            if group.units & disturbed:
                gone = sorted(group.units & out)
                require(len(gone) <= group.limit, "I1", f"{group.name}: {gone} out, {group.limit} may", moment)
        for domain in budgets.domains:
            if domain.max_domains is not None:
                named = {unit.name: unit.labels.get(domain.label) for unit in present}
                limit = parse_amount(domain.max_domains, "").at_most(len(set(named.values())))
                used = {named[name] for name in flying}
                opened = {named[name] for name in disturbed}
                before = {named[name] for name in flying - disturbed}
                require(len(used) <= limit or not opened - before, "I1", f"{domain.label}: {used} in flight", moment)


def budgets_of(moment: Moment) -> Budgets | None:
    policy = moment.runner.policy
    return moment.runner.budgets if isinstance(policy, NodeRules) else policy.budgets.clusters


def groups_of(budgets: Budgets, present: Iterable[Unit]) -> Iterator[Group]:
    """All groups with a limit."""
    units = list(present)
    for domain in budgets.domains:
        for value in sorted({unit.labels.get(domain.label) for unit in units}, key=str):
            named = frozenset(unit.name for unit in units if unit.labels.get(domain.label) == value)
            if domain.max_unavailable is not None:
                limit = parse_amount(domain.max_unavailable, "").at_most(len(named))
                yield Group(f"{domain.label}={value}", named, limit)
    for role in budgets.roles:
        named = frozenset(unit.name for unit in units if role.selector.matches(unit.labels))
        yield Group(role.name, named, parse_amount(role.max_unavailable, "").at_most(len(named)))
    for gang in budgets.gangs:
        for value in sorted({unit.labels[gang.label] for unit in units if gang.label in unit.labels}):
            named = frozenset(unit.name for unit in units if unit.labels.get(gang.label) == value)
            if gang.kind is GangKind.NEVER_TOGETHER:
                yield Group(f"gang {value}", named, 1)


def _everyone(moment: Moment, present: list[Unit]) -> Iterator[Group]:
    policy = moment.runner.policy
    if isinstance(policy, NodeRules):
        limit = parse_amount(policy.max_unavailable, "").at_most(len(present))
        yield Group("maxUnavailable", frozenset(unit.name for unit in present), limit)
    elif policy.budgets.clusters is not None and policy.budgets.clusters.returning is not None:
        named = frozenset(unit.name for unit in present if unit.returned)
        yield Group("returning", named, parse_amount(policy.budgets.clusters.returning, "").at_most(len(named)))


def _row(moment: Moment, unit: Unit) -> int:
    return moment.turn.units.index(unit)


def _disturbed(moment: Moment, unit: Unit) -> bool:
    """Whether this turn's order begins to move a unit that was well."""
    row = _row(moment, unit)
    before, way = moment.turn.observed, moment.turn.decision.way[row]
    if not unit.present or not unit.reachable or _busy(moment, unit):
        return False
    if way == Way.FORWARD:
        more = bool(moment.turn.decision.ceiling[row] > before.granted[row]) or before.asserted[row] != Way.FORWARD
        return more and unit.begun < min(int(moment.turn.decision.ceiling[row]), len(unit.nodes))
    return bool(way == Way.REVERT and before.asserted[row] != Way.REVERT and unit.off_target)


def _busy(moment: Moment, unit: Unit) -> bool:
    """Whether it is out by our hand already, before this turn's orders."""
    nodes = moment.runner.world.level is Level.NODES
    if nodes:
        node = unit.nodes[0]
        given_up = node.stuck and node.state is State.FAILED and moment.turn.now - node.failed_at >= _dead_after(moment)
        return node.out and not given_up
    row = _row(moment, unit)
    way, ceiling = moment.turn.observed.asserted[row], int(moment.turn.observed.granted[row])
    unfinished = way == Way.FORWARD and unit.begun < min(ceiling, len(unit.nodes))
    return bool(unit.count(*UNDER_WAY) > 0 or unfinished or (way == Way.REVERT and unit.off_target > unit.said.stuck))


def _flying(moment: Moment, unit: Unit) -> bool:
    if not unit.reachable:
        return False
    return _busy(moment, unit)


def _out(moment: Moment, unit: Unit) -> bool:
    if unit.reachable:
        return _flying(moment, unit)
    return moment.turn.now - unit.silent_since < _dead_after(moment)


def _dead_after(moment: Moment) -> float:
    policy, budgets = moment.runner.policy, budgets_of(moment)
    usual = LONG_DEAD_SECONDS if isinstance(policy, NodeRules) else parse_duration(policy.unreachable.after)
    return usual if budgets is None or budgets.dead is None else parse_duration(budgets.dead.after)

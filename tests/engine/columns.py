"""A toy world as the engine sees it: population, plan and observation.

What the controllers do for clusters and the agents for nodes is done here in its plainest form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from tests.engine.kinds import with_kinds
from tests.engine.world import Level, State, Unit, World

from myriarch.api.budgets import Budgets
from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.hashing import hash_names
from myriarch.engine.cover import cover_nodes
from myriarch.engine.observed import FailureNote, Observed, Orders, Tally, Way
from myriarch.engine.pairs import with_pairs
from myriarch.engine.partition import label_column, partitions_of
from myriarch.engine.plan import ReleasePlan, plan_nodes, plan_release
from myriarch.engine.population import Bools, Ints, Population, Value

SYMPTOM = "notReady"


@dataclass(frozen=True, slots=True)
class NodeGrant:
    """What a cluster may do: so many nodes, these values among them."""

    ceiling: int
    cover: dict[str, int] = field(default_factory=dict)


def population_of(units: Sequence[Unit], seed: int, budgets: Budgets | None = None) -> Population:
    values = sorted({(k, v) for unit in units for node in unit.nodes for k, v in node.attributes.items()})
    where = {pair: i for i, pair in enumerate(values)}
    strata = np.zeros((len(units), len(values)), np.int64)
    for row, unit in enumerate(units):
        for node in unit.nodes:
            for pair in node.attributes.items():
                strata[row, where[pair]] += 1
    names = [unit.name for unit in units]
    zones = sorted({unit.zone for unit in units if unit.zone})
    keys = () if budgets is None else budgets.labels
    columns = {key: label_column([unit.labels.get(key) for unit in units]) for key in keys}
    return Population(
        order=hash_names(seed, names),
        weight=np.array([len(unit.nodes) for unit in units], np.int64),
        strata=strata,
        values=tuple(Value(*pair) for pair in values),
        domain=np.array([zones.index(unit.zone) if unit.zone else -1 for unit in units], np.int64),
        names=names,
        partitions={} if budgets is None else partitions_of(budgets, columns, len(units)),
    )


def plan_clusters(spec: ReleasePolicySpec, units: Sequence[Unit], population: Population) -> ReleasePlan:
    members, groups = [], []
    for stage in spec.stages:
        chosen = [
            unit.present
            and (stage.environment is None or stage.environment == unit.environment)
            and (stage.selector is None or stage.selector.matches(unit.labels))
            for unit in units
        ]
        members.append(np.array(chosen, np.bool_))
        groups.append([_group(wave.group.matches, units) if wave.group else None for wave in stage.waves])
    paired = with_pairs(with_kinds(population, units), spec.coverage.pairs)
    return plan_release(spec, paired, members, groups)


def _group(matches: object, units: Sequence[Unit]) -> Bools:
    assert callable(matches)
    return np.array([matches(unit.labels) for unit in units], np.bool_)


def plan_grant(grant: NodeGrant, units: Sequence[Unit], population: Population) -> ReleasePlan:
    """Nodes that began stay chosen; then those that cover; then by hash."""
    begun = np.array([unit.told[1] > 0 for unit in units], np.bool_)
    free = np.array([unit.present and unit.reachable for unit in units], np.bool_)
    wanted = np.array([grant.cover.get(str(value), 0) for value in population.values], np.int64)
    covering = cover_nodes(population.strata > 0, wanted, population.order, free, begun)
    by_hash = np.argsort(population.order, kind="stable")
    rest = by_hash[free[by_hash] & ~begun[by_hash] & ~np.isin(by_hash, covering)]
    chosen = begun.copy()
    chosen[np.concatenate([covering, rest])[: max(grant.ceiling - int(begun.sum()), 0)]] = True
    return plan_nodes(population, chosen.astype(np.int64))


def observe(
    world: World,
    units: Sequence[Unit],
    plan: ReleasePlan,
    frozen: Sequence[str],
    orders: Orders,
    thaw: float,
    why: str,
    held: int = 0,
) -> Observed:
    """The units as they last said they were; whether they can be heard is known without their saying. Where so many
    strata are ``held``, failures of units that have not heard of all count for nothing."""
    now = world.now
    nodes = world.level is Level.NODES
    told_way = np.array([unit.told[0] for unit in units], np.int8)
    told_ceiling = _ints(unit.told[1] for unit in units)
    said_way = np.array([unit.said.way for unit in units], np.int8)
    same_way = said_way == told_way
    if not world.literal:
        same_way |= (said_way != Way.REVERT) & (told_way != Way.REVERT) & (said_way != Way.NONE)
    reachable = np.array([unit.reachable for unit in units], np.bool_)
    # Who has done all that it was told has nothing to hold, nor to go on with: else an old report would count anew
    # whenever a freeze comes or goes.
    same_way |= np.array([_at_its_end(unit) for unit in units], np.bool_) & (told_way != Way.REVERT)
    same_hold = np.array([unit.said.hold == len(unit.told_hold) for unit in units], np.bool_)
    heard = np.array([unit.said.hold >= held for unit in units], np.bool_)
    stuck = _ints(unit.said.stuck for unit in units)
    back = _ints(unit.said.states.count(State.BACK) for unit in units)
    begun = _ints(unit.said.begun for unit in units)
    out = _ints(sum(s in (State.MOVING, State.RETURNING, State.FAILED) for s in u.said.states) for u in units)
    failed = _ints(unit.said.states.count(State.FAILED) for unit in units)
    return Observed(
        present=np.array([unit.present for unit in units], np.bool_),
        reachable=reachable,
        silent_seconds=np.array([_silent_seconds(unit, now) for unit in units]),
        asserted=told_way,
        granted=told_ceiling,
        echoed=same_hold & same_way & (_ints(unit.said.ceiling for unit in units) == told_ceiling),
        settled=np.array([unit.said.settled for unit in units], np.bool_),
        busy=np.array([_busy(unit) for unit in units], np.bool_) & (reachable if nodes else True),
        begun=begun,
        updated=_ints(unit.said.states.count(State.NEW) for unit in units),
        failed=failed,
        unavailable=np.where(~reachable & nodes, 1, out),
        off_target=np.where(reachable, begun - back, 0),
        stuck=stuck,
        failed_seconds=np.array([_failed_seconds(unit, now) for unit in units]),
        self_reverted=np.array([unit.self_reverted for unit in units], np.bool_),
        frozen=np.array([unit.name in frozen for unit in units], np.bool_),
        thaw_at=thaw,
        freeze_reason=why,
        tallies=tuple(_tally(stage.members & heard, units, plan.population.values) for stage in plan.stages),
        failures=tuple(n for i, stage in enumerate(plan.stages) for n in _failures(stage.members & heard, units, i)),
        holding=_ints(len(unit.told_hold) for unit in units) if held else None,
        heard_of=_ints(unit.said.hold for unit in units) if held else None,
        orders=orders,
        returned=np.array([unit.returned for unit in units], np.bool_),
    )


def _ints(values: object) -> Ints:
    return np.array(list(values), np.int64)  # type: ignore[call-overload]


def _at_its_end(unit: Unit) -> bool:
    said = unit.said
    return said.way in (Way.FORWARD, Way.HOLD) and said.settled and said.begun >= min(said.ceiling, len(unit.nodes))


def _busy(unit: Unit) -> bool:
    return State.MOVING in unit.said.states or State.RETURNING in unit.said.states


def _silent_seconds(unit: Unit, now: float) -> float:
    """Since when it is silent, or stuck."""
    if not unit.reachable:
        return now - unit.silent_since
    node = unit.nodes[0]
    return now - node.failed_at if node.stuck and node.state is State.FAILED else 0.0


def _failed_seconds(unit: Unit, now: float) -> float:
    failed = [node.failed_at for node in unit.nodes if node.state is State.FAILED]
    return now - min(failed) if failed and State.FAILED in unit.said.states else 0.0


def _tally(members: Bools, units: Sequence[Unit], values: tuple[Value, ...]) -> Tally:
    where = {(v.attribute, v.value): i for i, v in enumerate(values)}
    updated, failed = np.zeros(len(values)), np.zeros(len(values), np.int64)
    for index in np.flatnonzero(members):
        unit = units[int(index)]
        if unit.told[0] is Way.REVERT:
            continue
        for node, state in zip(unit.nodes, unit.said.states, strict=True):
            for pair in node.attributes.items():
                updated[where[pair]] += state is State.NEW
                failed[where[pair]] += state is State.FAILED
    return Tally(updated, failed)


def _failures(members: Bools, units: Sequence[Unit], stage: int) -> tuple[FailureNote, ...]:
    notes = []
    for unit in (unit for unit, member in zip(units, members, strict=True) if member):
        failed = [i for i, state in enumerate(unit.said.states) if state is State.FAILED]
        if failed:
            names = tuple(f"{unit.name}-{i}" if len(unit.nodes) > 1 else unit.name for i in failed)
            notes.append(FailureNote(SYMPTOM, dict(unit.nodes[failed[0]].attributes), len(failed), names[:5], stage))
    return tuple(notes)

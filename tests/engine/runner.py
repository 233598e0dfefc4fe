"""Drives a toy world by the engine, a turn at a time: look, decide, tell. It forgets nothing but what it is made to.

``Runner`` is the smallest honest controller: memory is written before orders are, orders are declarative, and both
may be lost on the way (``tell=False`` loses them).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import numpy as np
from tests.engine.columns import NodeGrant, observe, plan_clusters, plan_grant, population_of
from tests.engine.gates import Sources
from tests.engine.world import NEVER, Pair, State, Unit, World

from myriarch.api.budgets import Budgets
from myriarch.api.freezewindow import FreezeWindowSpec
from myriarch.api.policy import NodeRules, ReleasePolicySpec
from myriarch.engine.decide import decide
from myriarch.engine.decision import Decision
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Observed, Orders, Way
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.rules import Rules, fleet_rules, node_rules
from myriarch.engine.windows import freeze_at


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One turn: when, what was seen, what was decided, and by which plan over which units."""

    now: float
    units: tuple[Unit, ...]
    plan: ReleasePlan
    observed: Observed
    before: Memory
    decision: Decision


@dataclass(slots=True)
class Runner:
    """``windows`` hold every unit that ``selects`` names (all where it is empty), while they are in force. ``budgets``
    are those of a grant; a policy has its own."""

    world: World
    policy: ReleasePolicySpec | NodeRules
    grant: NodeGrant = field(default_factory=lambda: NodeGrant(0))
    orders: Orders = field(default_factory=Orders)
    windows: dict[str, tuple[FreezeWindowSpec, tuple[str, ...]]] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    sources: Sources = field(default_factory=Sources)
    seed: int = 0
    sort_by_name: bool = True
    budgets: Budgets | None = None
    _planned: tuple[object, ReleasePlan] | None = None

    def rules(self) -> Rules:
        policy = self.policy
        return node_rules(policy, self.budgets) if isinstance(policy, NodeRules) else fleet_rules(policy)

    def units(self) -> tuple[Unit, ...]:
        units = self.world.units
        return tuple(units[name] for name in (sorted(units) if self.sort_by_name else list(units)))

    def plan(self, units: tuple[Unit, ...]) -> ReleasePlan:
        if isinstance(self.policy, NodeRules):
            return plan_grant(self.grant, units, population_of(units, self.seed, self.budgets))
        who = [(unit.name, unit.present, unit.environment, dict(unit.labels)) for unit in units]
        if self._planned is None or self._planned[0] != who:
            population = population_of(units, self.seed, self.policy.budgets.clusters)
            plan = plan_clusters(self.policy, units, population)
            self._planned = (who, plan)
        return self._planned[1]

    def look(self, units: tuple[Unit, ...], plan: ReleasePlan, held: int = 0) -> Observed:
        frozen: set[str] = set()
        thaw, reasons = NEVER, []
        for spec, selects in self.windows.values():
            freeze = freeze_at(spec, self.world.now)
            thaw = min(thaw, freeze.changes_at)
            if freeze.active:
                reasons.append(spec.reason)
                frozen |= set(selects or self.world.units)
        observed = observe(self.world, units, plan, sorted(frozen), self.orders, thaw, "; ".join(reasons), held)
        down = np.asarray([unit.count(State.FAILED) + self.world.lost.get(unit.name, 0) for unit in units], np.int64)
        return msgspec.structs.replace(observed, gates=self.sources.answers(), down=down)

    def ask(self, memory: Memory) -> Turn:
        """Decide, and leave everything as it is."""
        units = self.units()
        plan = self.plan(units)
        observed = self.look(units, plan, len(memory.held))
        decision = decide(plan, self.rules(), observed, memory, self.world.now)
        return Turn(self.world.now, units, plan, observed, memory, decision)

    def turn(self, *, tell: bool = True) -> Turn:
        turn = self.ask(self.memory)
        self.memory = turn.decision.memory
        if tell:
            self.tell(turn)
        return turn

    def tell(self, turn: Turn, *, only: set[str] | None = None) -> None:
        """Write the orders; the units hear them when time passes. A release that begins anew has no orders yet."""
        if turn.decision.tries_again:
            self.world.begin_anew()
            return
        held = holds(turn)
        for unit, way, ceiling in zip(turn.units, turn.decision.way, turn.decision.ceiling, strict=True):
            if only is None or unit.name in only:
                self.world.tell(unit.name, Way(int(way)), int(ceiling), held[unit.name])


def holds(turn: Turn) -> dict[str, tuple[Pair, ...]]:
    """The values that each unit is told to leave out."""
    values = [(value.attribute, value.value) for value in turn.decision.memory.held]
    numbers = turn.decision.holding
    return {unit.name: tuple(values[: 0 if numbers is None else int(numbers[i])]) for i, unit in enumerate(turn.units)}


def told(turn: Turn) -> dict[str, tuple[int, int]]:
    """What each unit is told, by name."""
    pairs = zip(turn.decision.way.tolist(), turn.decision.ceiling.tolist(), strict=True)
    return dict(zip([unit.name for unit in turn.units], pairs, strict=True))


def news(turn: Turn) -> list[int]:
    """Units that are told something else than before."""
    observed, decision = turn.observed, turn.decision
    changed = (decision.way != observed.asserted) | (decision.ceiling != observed.granted)
    if decision.holding is not None:
        changed |= decision.holding != [len(unit.told_hold) for unit in turn.units]
    return [int(i) for i in np.flatnonzero(changed)]

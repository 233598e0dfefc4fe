"""What the other components of a cluster do to its nodes, as the node level of one component must heed it.

Several releases may move the nodes of one cluster at once. A node that one of them moves is begun by no other; what
any of them makes unavailable uses up the budgets of all; and while two move, the stricter budgets hold for both. A
release begins, where it may choose, nodes that no other release in flight has begun: so each has updated nodes of its
own to be judged by, and others beside them.

Going back is held up by none of this: it frees nodes, and waits for nobody's forward step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec
import numpy as np

from myriarch.agent.health import STANDING_ATTEMPT
from myriarch.agent.limits import Limits
from myriarch.api.cluster import ComponentStatus, Direction, Grant
from myriarch.base.clock import parse_rfc3339
from myriarch.drivers.driver import Bools, Driver
from myriarch.engine.budget_rules import EVERYONE, ZONE, BudgetRule
from myriarch.engine.observed import Observed
from myriarch.engine.partition import Partition, partitions_of
from myriarch.engine.population import Population, some
from myriarch.engine.rules import Rules

MOVED_BY_OTHERS: Final = "nodes that another component moves"
_FIRST: Final = np.uint64(1)
_LAST: Final = np.uint64(63)


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """Of all other components: the nodes that they move now, and those that their releases in flight have begun,
    bool[n] each; the budgets of those that move, with the groups that these speak of."""

    moving: Bools
    begun: Bools
    budgets: tuple[BudgetRule, ...] = ()
    partitions: Mapping[str, Partition] = field(default_factory=dict)

    def strictest(self, rules: Rules) -> Rules:
        """``rules`` with the budgets of the others too."""
        return replace(rules, budgets=(*rules.budgets, *self.budgets)) if self.budgets else rules

    def grouped(self, population: Population) -> Population:
        """``population`` with the groups that the budgets of the others speak of, those nodes last in its order that
        another release has begun."""
        order = (population.order >> _FIRST) | (self.begun.astype(np.uint64) << _LAST)
        return replace(population, order=order, partitions={**population.partitions, **self.partitions})

    def seen(self, observed: Observed) -> Observed:
        """``observed``, with what others move: in nobody's hands but theirs, and out for everybody's budgets."""
        if not some(self.moving):
            return observed
        return msgspec.structs.replace(
            observed,
            busy=observed.busy | self.moving,
            unavailable=np.maximum(observed.unavailable, self.moving.astype(np.int64)),
            frozen=observed.frozen | self.moving,
            freeze_reason=observed.freeze_reason or MOVED_BY_OTHERS,
        )


class Neighbours:
    """All components that are granted something in one cluster, in one turn."""

    def __init__(
        self, driver: Driver, grants: Sequence[tuple[Grant, Limits]], told: Mapping[str, ComponentStatus], now: float
    ) -> None:
        self._driver = driver
        self._now = now
        self._told = told
        self._grants = {grant.component: (grant, limits) for grant, limits in grants}
        # What moves a cluster as one takes no single node in hand.
        self._parts = {name: self._part(name) for name in self._grants if not driver.whole(name)}

    def of(self, component: str) -> Beside | None:
        """What the others do; None where there are none that count."""
        others = [part for name, part in self._parts.items() if name != component]
        if not others or component not in self._parts:
            return None
        moving = np.logical_or.reduce([part.moving for part in others])
        begun = np.logical_or.reduce([part.begun for part in others])
        budgets = tuple(rule for part in others for rule in part.budgets)
        partitions = {key: group for part in others for key, group in part.partitions.items()}
        return Beside(moving, begun, budgets, partitions)

    def note(self, component: str) -> None:
        """``component`` has had its turn: look again."""
        if component in self._parts:
            self._parts[component] = self._part(component)

    def _part(self, component: str) -> Beside:
        """What the one component does."""
        grant, limits = self._grants[component]
        states = self._driver.observe(component, self._now)
        moving = states.moving & states.present
        in_flight = not grant.proven and grant.attempt != STANDING_ATTEMPT
        begun = states.started & states.present & (states.attempt == grant.attempt)
        begun &= states.target == self._driver.number_of(component, grant.revision)
        if not in_flight:
            begun = np.zeros_like(moving)
        if not some(moving) and not (in_flight and self._wants(grant)):
            return Beside(moving, begun)
        rules = [self._named(component, rule) for rule in limits.rules.budgets]
        return Beside(moving, begun, tuple(rules), self._partitions(component, grant))

    def _wants(self, grant: Grant) -> bool:
        """Whether it may begin nodes, and has not said that it is done."""
        if grant.direction is not Direction.FORWARD:
            return False
        if grant.forward_until is not None and self._now >= parse_rfc3339(grant.forward_until):
            return False
        told = self._told.get(grant.component)
        done = told is not None and told.settled and told.attempt == grant.attempt
        return not (done and told is not None and told.observed_ceiling == grant.ceiling)

    def _partitions(self, component: str, grant: Grant) -> dict[str, Partition]:
        if grant.budgets is None:
            return {}
        size = len(self._driver.names)
        found = partitions_of(grant.budgets, self._driver.labels(grant.budgets.labels), size)
        return {f"{component}/{key}": group for key, group in found.items()}

    @staticmethod
    def _named(component: str, rule: BudgetRule) -> BudgetRule:
        """Roles of one name may mean other nodes to another component."""
        plain = rule.partition in (EVERYONE, ZONE)
        partition = rule.partition if plain else f"{component}/{rule.partition}"
        return replace(rule, name=f"{component}: {rule.name}", partition=partition)

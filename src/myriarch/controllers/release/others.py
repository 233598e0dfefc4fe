"""What the other releases in flight mean to one: clusters that they move are out for its budgets too.

Two kinds of budgets look beyond a single release. Those of a policy over clusters (``budgets.clusters``) count what any
release moves, and an environment's ``maxConcurrentClusters`` bounds how many of its clusters all releases together
have in flight. Where they leave room for some only, the release with the higher priority goes first, and among equals
the newer one: what it still wants to begin in its wave is taken for the other releases.

What another release was told lately and no watch shows yet counts as begun, so that two releases that are decided in
one process never take the same room. Releases decided by two replicas may, for as long as a watch takes.

Going back is held up by none of this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec
import numpy as np

from myriarch.api.release import Phase, Release
from myriarch.base.errors import UserFault
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.running import Running, Runnings
from myriarch.controllers.release.starting import is_over, key_of
from myriarch.engine.amounts import Amount, parse_amount
from myriarch.engine.budget_rules import BudgetRule
from myriarch.engine.decision import Decision
from myriarch.engine.directions import wished_ceilings
from myriarch.engine.observed import TOLD_FORWARD, TOLD_HOLD, TOLD_REVERT, Observed
from myriarch.engine.partition import NO_GROUP, Partition
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Ints, some
from myriarch.engine.rules import Rules

FIELD: Final = "spec.maxConcurrentClusters"
NONE: Final = Amount(count=0)


class Others:
    """Of every release, the others."""

    def __init__(self, caches: Caches, table: FleetTable, runnings: Runnings) -> None:
        self._caches = caches
        self._table = table
        self._runnings = runnings
        self._known: set[str] = set()

    def observed(self, observed: Observed, release: Release) -> Observed:
        """``observed``, with the clusters that are out because of other releases."""
        found = np.zeros(self._table.size, np.bool_)
        others = list(self._in_flight(release))
        self._forget_ended({key_of(other) for other in (*others, release)})
        for other in others:
            running = self._runnings.of(other)
            found |= _moving(running, self._table)
            if running.wanting is not None and _rank(other) > _rank(release):
                found |= _sized(running.wanting, self._table.size) > 0
        return msgspec.structs.replace(observed, elsewhere=found) if some(found) else observed

    def limited(self, plan: ReleasePlan, rules: Rules) -> tuple[ReleasePlan, Rules]:
        """Plan and rules with the budgets of the environments."""
        budgets: list[BudgetRule] = []
        partitions: dict[str, Partition] = {}
        for environment in sorted(self._caches.environments.cache.values(), key=lambda each: each.name):
            amount = environment.spec.max_concurrent_clusters
            if amount is None:
                continue
            name = f"environment {environment.name}: maxConcurrentClusters"
            try:
                at_most = parse_amount(amount, FIELD)
            except UserFault as fault:  # what can't be read lets nothing begin, and is told as the reason
                name, at_most = f"environment {environment.name}: {fault.message}", NONE
            budgets.append(BudgetRule(name, name, at_most, forward_only=True))
            here = self._table.matching(environment.name, None)
            partitions[name] = Partition(np.where(here, 0, NO_GROUP), 1)
        if not budgets:
            return plan, rules
        population = replace(plan.population, partitions={**plan.population.partitions, **partitions})
        return ReleasePlan(plan.stages, population), replace(rules, budgets=(*rules.budgets, *budgets))

    def note(self, running: Running, decision: Decision) -> bool:
        """Keep what was decided, for the other releases; whether it makes room for some of them."""
        running.intended = np.where(decision.way == TOLD_FORWARD, decision.ceiling, 0)
        before, running.wanting = running.wanting, _wanting(decision)
        if before is None:
            return False
        return some(_sized(before, len(decision.way)) > running.wanting)

    def keys(self, release: Release) -> list[ObjectKey]:
        """The other releases in flight."""
        return [ObjectKey(other.metadata.namespace or "", other.name) for other in self._in_flight(release)]

    def _forget_ended(self, in_flight: set[str]) -> None:
        """Those of other replicas have no turn here in which they would be forgotten."""
        for key in sorted(self._known - in_flight):
            if all(component.status.active_release != key for component in self._caches.components.cache.values()):
                self._runnings.forget(key)
        self._known = in_flight

    def _in_flight(self, release: Release) -> Iterator[Release]:
        for other in self._caches.releases.cache.values():
            begun = other.status.attempt > 0 and other.status.policy is not None
            if begun and other.spec.component != release.spec.component and not is_over(other):
                yield other


def _rank(release: Release) -> tuple[int, str, str]:
    """The higher goes first."""
    return release.spec.priority, release.metadata.creation_timestamp or "", key_of(release)


def _wanting(decision: Decision) -> Ints:
    """int64[n], 1 for clusters that the release would begin now, had they room."""
    observed = decision.observed
    if decision.memory.phase is not Phase.ADVANCING:
        return np.zeros(len(decision.way), np.int64)
    able = observed.present & observed.reachable & ~observed.frozen & ~observed.self_reverted
    wished = wished_ceilings(decision.plan, decision.memory)
    wanting: Bools = able & (decision.way != TOLD_REVERT)
    wanting &= (wished > decision.ceiling) | ((decision.way == TOLD_HOLD) & (observed.begun < observed.granted))
    return wanting.astype(np.int64)


def _moving(running: Running, table: FleetTable) -> Bools:
    """bool[n]: clusters in which the release has something in hand, or was lately told to."""
    columns = running.columns
    asserted, left = columns.asserted, columns.count("begun") - columns.count("updated") - columns.count("failed")
    moving = (asserted == TOLD_FORWARD) | (asserted == TOLD_REVERT) | ((asserted == TOLD_HOLD) & (left > 0))
    moving &= ~columns.settled & (columns.count("granted") > 0)
    if running.intended is not None:
        moving |= _sized(running.intended, table.size) > columns.count("granted")
    moving &= np.isinf(table.silent_since) & table.present  # who is silent is out already
    found: Bools = moving
    return found


def _sized(column: Ints, size: int) -> Ints:
    """As long as the fleet's table, which has grown since."""
    return np.pad(column, (0, size - len(column))) if len(column) < size else column[:size]

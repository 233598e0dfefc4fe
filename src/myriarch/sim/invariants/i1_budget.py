"""I1: unavailability by our hand never exceeds a budget, in a cluster and in each of its zones.

Checked at the moment when nodes that were available begin to move: then the nodes that are unavailable or
moving may be no more than ``maxUnavailable``. Nodes that have long been down on their own don't count (they
are tolerated and recorded); nodes that were unavailable already cost nothing to move.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.policy import NodeRules
from myriarch.engine.amounts import parse_amount
from myriarch.engine.rules import LONG_DEAD_SECONDS
from myriarch.sim.invariants.checker import Checker
from myriarch.sim.truth import Bools, Nodes


class Budget(Checker):
    name = "I1"

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        size = before.size
        began = after.moving.copy()
        began[:size] &= ~before.moving & before.ready & before.present
        began[size:] = False
        if not began.any():
            return
        rules = self._rules(after, int(after.part["attempt"][began].min()))
        if not rules:
            return
        down = after.present & (~after.ready | after.moving) & ~_long_down(after)
        total = int(after.present.sum())
        limit = max(parse_amount(each.max_unavailable, "maxUnavailable").at_most(total) for each in rules)
        if int(down.sum()) > limit:
            text = f"{after.cluster}: {int(down.sum())} of {total} nodes unavailable, {limit} allowed"
            self.broken(after.at, text)
        self._check_zones(after, down, began, rules)

    def _rules(self, after: Nodes, attempt: int) -> list[NodeRules]:
        """Rules under which nodes of ``attempt`` may move: those of its grants, and of all later ones."""
        written = self.seen.grants.get((after.cluster, after.component), [])
        found: list[NodeRules] = []
        for each in written:
            if each.grant.attempt >= attempt and each.grant.rules not in found:
                found.append(each.grant.rules)
        return found

    def _check_zones(self, after: Nodes, down: Bools, began: Bools, rules: list[NodeRules]) -> None:
        amounts = [each.max_unavailable_per_zone for each in rules]
        if None in amounts:
            return
        zones = after.base["zone"]
        for zone in np.unique(zones[began]):
            here = (zones == zone) & after.present
            total = int(here.sum())
            limit = max(parse_amount(amount, "zone").at_most(total) for amount in amounts if amount is not None)
            count = int((down & here).sum())
            if count > limit:
                name = self.witness.fleet.world.vocabulary.values["zone"][int(zone)]
                text = f"{after.cluster}, zone {name}: {count} of {total} nodes unavailable, {limit} allowed"
                self.broken(after.at, text)


def _long_down(after: Nodes) -> Bools:
    found: Bools = ~after.ready & ~after.moving & (after.at - after.base["since"] >= LONG_DEAD_SECONDS)
    return found

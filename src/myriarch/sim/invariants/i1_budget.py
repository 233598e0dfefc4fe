"""I1: unavailability by our hand never exceeds a budget, in a cluster and in each of its zones.

Checked at the moment when nodes that were available begin to move: then the nodes that are unavailable or
moving may be no more than ``maxUnavailable``. Nodes that have long been down on their own don't count (they
are tolerated and recorded); nodes that were unavailable already cost nothing to move.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.policy import NodeRules
from myriarch.engine.amounts import parse_amount
from myriarch.sim.invariants.checker import Checker
from myriarch.sim.invariants.moves import beginning, flying, grants_behind, out
from myriarch.sim.truth import Bools, Nodes


class Budget(Checker):
    name = "I1"

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        began = beginning(before, after)
        grants = grants_behind(self.seen, after, began) if began.any() else []
        if not grants:
            return
        rules = [grant.rules for grant in grants]
        down = out(after, flying(self.witness, after), grants)
        total = int(after.present.sum())
        limit = max(parse_amount(each.max_unavailable, "maxUnavailable").at_most(total) for each in rules)
        if int(down.sum()) > limit:
            text = f"{after.cluster}: {int(down.sum())} of {total} nodes unavailable, {limit} allowed"
            self.broken(after.at, text)
        self._check_zones(after, down, began, rules)

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

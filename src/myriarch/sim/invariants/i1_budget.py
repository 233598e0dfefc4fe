"""I1: unavailability by our hand never exceeds a budget, in a cluster and in each of its zones.

Checked at the moment when nodes that were available begin to move: then the nodes that are unavailable or
moving may be no more than ``maxUnavailable``. Nodes that have long been down on their own don't count (they
are tolerated and recorded); nodes that were unavailable already cost nothing to move.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myriarch.api.cluster import Grant
from myriarch.api.policy import NodeRules
from myriarch.base.durations import parse_duration
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
        grants = self._grants(after, int(after.part["attempt"][began].min()))
        if not grants:
            return
        rules = [grant.rules for grant in grants]
        down = after.present & (~after.ready | after.moving) & ~_long_down(after, grants)
        total = int(after.present.sum())
        limit = max(parse_amount(each.max_unavailable, "maxUnavailable").at_most(total) for each in rules)
        if int(down.sum()) > limit:
            text = f"{after.cluster}: {int(down.sum())} of {total} nodes unavailable, {limit} allowed"
            self.broken(after.at, text)
        self._check_zones(after, down, began, rules)

    def _grants(self, after: Nodes, attempt: int) -> list[Grant]:
        """Grants under which nodes of ``attempt`` may move: its own, and all later ones; of like rules the first."""
        written = self.seen.grants.get((after.cluster, after.component), [])
        found: dict[str, Grant] = {}
        for each in written:
            if each.grant.attempt >= attempt:
                found.setdefault(repr((each.grant.rules, each.grant.budgets)), each.grant)
        return list(found.values())

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


def _long_down(after: Nodes, grants: Sequence[Grant]) -> Bools:
    """Nodes that are passed over as dead: how soon, and how many of them, their grants may say."""
    down = ~after.ready & ~after.moving & after.present
    silent = after.at - after.base["since"]
    found = np.zeros_like(down)
    for grant in grants:
        dead = grant.budgets.dead if grant.budgets is not None else None
        passed = down & (silent >= (LONG_DEAD_SECONDS if dead is None else parse_duration(dead.after)))
        if dead is not None:
            tolerated = parse_amount(dead.tolerated, "tolerated").at_most(int(after.present.sum()))
            passed[np.flatnonzero(passed)[np.argsort(-silent[passed], kind="stable")][tolerated:]] = False
        found |= passed
    return found

"""What the checkers of budgets share: which nodes begin to move, under which grants, and which are out meanwhile.

Nodes that have long been down on their own don't count, as many as the grants tolerate; those that were unavailable
already cost nothing to move. A node that another component moves is as much out as one that this component does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myriarch.api.cluster import Grant
from myriarch.base.durations import parse_duration
from myriarch.engine.amounts import parse_amount
from myriarch.engine.rules import LONG_DEAD_SECONDS
from myriarch.sim.truth import Bools, Nodes, look
from myriarch.sim.witness import Seen, Witness


def beginning(before: Nodes, after: Nodes) -> Bools:
    """bool[n]: nodes that were available and begin to move."""
    size = before.size
    began = after.moving.copy()
    began[:size] &= ~before.moving & before.ready & before.present
    began[size:] = False
    return began


def grants_behind(seen: Seen, after: Nodes, began: Bools) -> list[Grant]:
    """Grants under which nodes that ``began`` may move: those of their attempts, and all later ones; of like rules the
    first."""
    attempt = int(after.part["attempt"][began].min())
    found: dict[str, Grant] = {}
    for each in seen.grants.get((after.cluster, after.component), []):
        if each.grant.attempt >= attempt:
            found.setdefault(repr((each.grant.rules, each.grant.budgets)), each.grant)
    return list(found.values())


def flying(witness: Witness, after: Nodes) -> Bools:
    """bool[n]: nodes that some component moves; one that was removed on the way is nobody's any more."""
    found = after.moving.copy()
    for component in witness.components:
        if component != after.component:
            found |= look(witness.fleet, after.cluster, component, after.at).moving[: after.size]
    return found & after.present


def out(after: Nodes, moving: Bools, grants: Sequence[Grant]) -> Bools:
    """bool[n]: nodes that use up the budgets of ``grants``."""
    return after.present & (~after.ready | moving) & ~_long_dead(after, moving, grants)


def _long_dead(after: Nodes, moving: Bools, grants: Sequence[Grant]) -> Bools:
    """Nodes that are passed over as dead: how soon, and how many of them, their grants may say."""
    down = ~after.ready & ~moving & after.present
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

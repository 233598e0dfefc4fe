"""I10: a cluster cut off from the hub works on inside the grant that it last heard, and no further.

It begins no node after ``forwardUntil``, and none beyond the ceiling that it knew when it was cut off. Once
it can be heard again it must not be found in the middle of a step that nobody ends.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.cluster import Direction
from myriarch.base.clock import parse_rfc3339
from myriarch.sim.invariants.checker import Checker
from myriarch.sim.ledger import starts
from myriarch.sim.truth import Nodes
from myriarch.sim.witness import Granted

ROUNDING_SECONDS = 1.0
"""Times in grants are whole seconds."""

LONGEST_STEP_SECONDS = 6 * 3600.0


class Autonomy(Checker):
    name = "I10"

    def nodes_changed(self, before: Nodes, after: Nodes) -> None:
        for attempt in starts(before, after):
            heard = self._heard(after, attempt)
            self._check_time(after, attempt, heard)
            self._check_ceiling(after, attempt, heard)

    def _heard(self, nodes: Nodes, attempt: int) -> list[Granted]:
        """Grants of the attempt that the cluster's agent can have heard."""
        cut_at = self.witness.fleet.cut_off.get(nodes.cluster, float("inf"))
        written = self.seen.grants.get((nodes.cluster, nodes.component), [])
        return [each for each in written if each.grant.attempt == attempt and each.at <= cut_at]

    def _check_time(self, after: Nodes, attempt: int, heard: list[Granted]) -> None:
        latest = -float("inf")
        for each in heard:
            if each.grant.direction is Direction.FORWARD:
                until = each.grant.forward_until
                latest = max(latest, float("inf") if until is None else parse_rfc3339(until))
        if after.at > latest + ROUNDING_SECONDS:
            text = (
                f"{after.cluster}: began nodes of attempt {attempt} {after.at - latest:.0f} s after its grant expired"
            )
            self.broken(after.at, text)

    def _check_ceiling(self, after: Nodes, attempt: int, heard: list[Granted]) -> None:
        if after.cluster not in self.witness.fleet.cut_off or any(each.grant.all_nodes for each in heard):
            return
        ceiling = max((each.grant.ceiling for each in heard), default=0)
        begun = int((self.scene.ledger.account(after).began(attempt) & after.present).sum())
        if begun > ceiling:
            text = f"{after.cluster}: cut off with a ceiling of {ceiling}, {begun} nodes have begun"
            self.broken(after.at, text)

    def ended(self, at: float) -> None:
        for plan in self.witness.fleet.plans:
            for component in self.witness.components:
                nodes = self.witness.nodes(plan.name, component)
                left = nodes.present & nodes.moving & ~nodes.stuck & (at - nodes.base["since"] > LONGEST_STEP_SECONDS)
                if left.any():
                    first = int(np.flatnonzero(left)[0])
                    self.broken(at, f"{plan.name}: node n{first:04d} is still in the middle of a step")

"""Guards taken out of the program, one patch each, and the invariant that must then be found broken.

The simulator, and what it judges by, stays as it is. Each has a scenario in which it matters. Those of what can go
wrong between a hub and its members, of gates and of evidence are in ``later_mutations.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
import pytest
from tests.sim.scenarios import policy

from myriarch.agent.node_level import NodeLevel
from myriarch.api.cluster import Grant
from myriarch.controllers.release import running
from myriarch.controllers.release.columns import ReleaseColumns
from myriarch.controllers.release.granting import Granting
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.engine import decide as decide_module
from myriarch.engine import events
from myriarch.fleet.node_labels import LABEL_REGION, LABEL_ZONE

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Mutation:
    """``spec`` are parts of the scenario; within so many ``seeds`` it must be caught."""

    name: str
    patch: Patch
    caught_by: str
    spec: dict[str, Any]
    seeds: int = 3


def ignore_the_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent begins every node, whatever the grant says."""
    real = NodeLevel.turn

    def turn(self: NodeLevel, grant: Grant, *rest: Any) -> Any:
        return real(self, msgspec.structs.replace(grant, ceiling=10_000, cover=[]), *rest)

    monkeypatch.setattr(NodeLevel, "turn", turn)


def ignore_max_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent moves any number of nodes at once."""
    real = NodeLevel.turn

    def turn(self: NodeLevel, grant: Grant, limits: Any, *rest: Any) -> Any:
        rules = replace(limits.rules, budgets=())
        return real(self, grant, replace(limits, rules=rules), *rest)

    monkeypatch.setattr(NodeLevel, "turn", turn)


def ignore_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent forgets that zones have a budget of their own."""
    real = NodeLevel.turn

    def turn(self: NodeLevel, grant: Grant, limits: Any, *rest: Any) -> Any:
        rules = replace(limits.rules, budgets=limits.rules.budgets[:1])
        return real(self, grant, replace(limits, rules=rules), *rest)

    monkeypatch.setattr(NodeLevel, "turn", turn)


def ignore_budgets_over_clusters(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub lets every cluster of a wave begin at once."""
    real = running.fleet_rules

    def fleet_rules(spec: Any) -> Any:
        return replace(real(spec), budgets=())

    monkeypatch.setattr(running, "fleet_rules", fleet_rules)


def skip_the_soak(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine takes every soak for passed."""
    real = decide_module.next_event

    def next_event(plan: Any, rules: Any, observed: Any, memory: Any, now: float) -> Any:
        return real(plan, rules, observed, replace(memory, since=0.0), now)

    monkeypatch.setattr(decide_module, "next_event", next_event)


def pass_every_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine takes every gate of the policy for passed."""
    monkeypatch.setattr(events, "gate_holds", lambda *_: ())


def take_old_news_for_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """The controller takes what a cluster said of its last attempt, or ceiling, for news of this one."""
    real = ReleaseColumns.update

    def update(self: ReleaseColumns, row: int) -> None:
        real(self, row)
        status = self._table.clusters[row].component(self.component)
        if status is not None and status.settled:
            self._flags["echoed"][row] = self._flags["settled"][row] = True

    monkeypatch.setattr(ReleaseColumns, "update", update)


def ignore_freezes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The controller doesn't look at freeze windows."""
    real = ReleaseColumns.observed

    def observed(self: ReleaseColumns, plan: Any, frozen: Any, *rest: Any, **more: Any) -> Any:
        return real(self, plan, np.zeros_like(frozen), *rest, **more)

    monkeypatch.setattr(ReleaseColumns, "observed", observed)
    monkeypatch.setattr(Granting, "_until", lambda *_given: None, raising=False)


def forget_a_cluster_in_rollback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The controller believes that the last cluster has nothing to bring back."""
    real = ReleaseColumns.observed

    def observed(self: ReleaseColumns, *given: Any, **more: Any) -> Any:
        found = real(self, *given, **more)
        for column in (found.granted, found.begun, found.off_target):
            column[-1:] = 0
        found.asserted[-1:] = 0
        return found

    monkeypatch.setattr(ReleaseColumns, "observed", observed)


def go_on_after_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine never finds harm."""
    monkeypatch.setattr(events, "find_harm", lambda *_given: None)


def ignore_the_grants_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent goes on after ``forwardUntil``."""
    real = NodeLevel.turn

    def turn(self: NodeLevel, grant: Grant, *rest: Any) -> Any:
        return real(self, msgspec.structs.replace(grant, forward_until=None), *rest)

    monkeypatch.setattr(NodeLevel, "turn", turn)


def leave_newcomers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent minds only nodes that were there from the start."""
    real_init, real_advance, real_select = SimulatedDriver.__init__, SimulatedDriver.advance, NodeLevel._select

    def init(self: Any, *given: Any) -> None:
        real_init(self, *given)
        self.known = len(self.names)

    def advance(self: Any, component: str, nodes: Any, *rest: Any) -> None:
        real_advance(self, component, nodes[nodes < self.known], *rest)

    def select(self: Any, *given: Any) -> Any:
        selected = real_select(self, *given)
        selected[self._driver.known :] = False
        return selected

    monkeypatch.setattr(NodeLevel, "_select", select)
    monkeypatch.setattr(SimulatedDriver, "__init__", init)
    monkeypatch.setattr(SimulatedDriver, "advance", advance)


HARMFUL = [{"name": "v2", "component": "agent", "effects": [{"symptom": "notReady", "delay": "4m"}]}]
WAVES = {"nodes": {"maxUnavailable": "20%", "soak": "2m", "failureGrace": "1m"}}
ALL_AT_ONCE = {"nodes": {"maxUnavailable": "100%", "tolerance": "100%", "soak": "2m", "failureGrace": "1m"}}
STOP = [{"name": "stop", "at": "6m", "for": "3h", "spec": {"stop": True, "reason": "no changes"}}]
CUT = [{"fault": "partition", "at": "20m", "for": "8h", "clusters": {"environment": "sim"}}]
SLOW_FLEET = {
    "uniform": {"clusters": 5, "nodesPerCluster": 12},
    "failures": {"meanDaysBetween": 0.0},
    "updates": {"medianSeconds": 600.0, "tickSeconds": 5.0},
}
TWO = [
    {"name": "one", "component": "agent", "revision": "v2", "policy": "rules"},
    {
        "name": "two",
        "component": "agent",
        "revision": "v3",
        "policy": "rules",
        "follows": {"release": "one", "phase": "Succeeded", "after": "5m"},
    },
]
REVISIONS = [{"name": "v2", "component": "agent"}, {"name": "v3", "component": "agent"}]
ONE_A_ZONE = {"label": LABEL_ZONE, "maxUnavailable": 1}
ONE_REGION = {"label": LABEL_REGION, "maxUnavailable": 1}
JOINING = [{"fault": "addedNodes", "at": "30m", "count": 2, "clusters": {"environment": "prod", "count": 2}}]

OWNER = [{"name": "owner", "stages": ["prod"], "waves": [1], "approval": {}}]
YES = {"do": "approve", "when": "Gated", "wave": "prod/1", "after": "30m", "what": "gate/owner/prod/1"}
OWNED = [{"name": "one", "component": "agent", "revision": "v2", "policy": "rules", "actions": [YES]}]
MUTATIONS = (
    Mutation("the ceiling is ignored", ignore_the_ceiling, "I7", {}),
    Mutation("maxUnavailable is ignored", ignore_max_unavailable, "I1", {"policies": [policy(**WAVES)]}),
    Mutation(
        "zones are ignored",
        ignore_zones,
        "I1",
        {"policies": [policy(nodes={"maxUnavailable": "100%", "maxUnavailablePerZone": 1})]},
    ),
    Mutation(
        "domains by label are ignored",
        ignore_zones,
        "I1",
        {"policies": [policy(nodes={"maxUnavailable": "100%"}, budgets={"nodes": {"domains": [ONE_A_ZONE]}})]},
    ),
    Mutation(
        "regions in flight are ignored",
        ignore_budgets_over_clusters,
        "I1",
        {"policies": [policy(budgets={"clusters": {"domains": [ONE_REGION]}})]},
    ),
    Mutation("the soak is skipped", skip_the_soak, "I2", {}),
    Mutation("gates are not waited for", pass_every_gate, "I2", {"policies": [policy(gates=OWNER)], "releases": OWNED}),
    Mutation("old news counts as new", take_old_news_for_new, "I2", {"releases": TWO, "revisions": REVISIONS}),
    Mutation("harm is not seen", go_on_after_harm, "I2", {"revisions": HARMFUL, "policies": [policy(**ALL_AT_ONCE)]}),
    Mutation(
        "a cluster is forgotten in a rollback",
        forget_a_cluster_in_rollback,
        "I3",
        {"revisions": HARMFUL, "policies": [policy(**ALL_AT_ONCE)]},
    ),
    Mutation("freezes are ignored", ignore_freezes, "I6", {"fleet": SLOW_FLEET, "freezeWindows": STOP}),
    Mutation(
        "the end of a grant is ignored",
        ignore_the_grants_end,
        "I10",
        {"fleet": SLOW_FLEET, "faults": CUT, "policies": [policy(nodes={"maxUnavailable": 1}, grantDuration="20m")]},
    ),
    Mutation("newcomers are left alone", leave_newcomers_alone, "I11", {"faults": JOINING}),
)

"""A rollback that ends with stuck nodes says of some of them what keeps them."""

from __future__ import annotations

import numpy as np
from tests.hub.house import TWO_WAVES

from myriarch.api.cluster import Cluster, ClusterSpec, ClusterStatus, ComponentStatus, Direction, Grant
from myriarch.api.meta import ObjectMeta
from myriarch.api.release import Phase
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release.columns import ReleaseColumns
from myriarch.controllers.release.planning import plan_table
from myriarch.engine.decide import decide
from myriarch.engine.memory import Memory
from myriarch.engine.observed import Orders
from myriarch.engine.rules import fleet_rules

WHY = "n1: evicting payments/api-0 is refused: PodDisruptionBudget payments/api lets nothing go"


def cluster(name: str, stuck: list[str]) -> Cluster:
    grant = Grant(component="os", revision="v2", attempt=1, direction=Direction.REVERT, ceiling=2, release="default/r")
    told = ComponentStatus(
        component="os",
        attempt=1,
        direction=Direction.REVERT,
        observed_ceiling=2,
        settled=True,
        nodes=2,
        begun=2,
        off_target=len(stuck),
        stuck=stuck,
        stuck_count=len(stuck),
    )
    spec = ClusterSpec(environment="prod", components=[grant])
    return Cluster(metadata=ObjectMeta(name=name), spec=spec, status=ClusterStatus(nodes=2, components=[told]))


def test_the_end_of_a_rollback_names_stuck_nodes_with_why() -> None:
    table = FleetTable.of([cluster("a", []), cluster("b", [WHY])])
    columns = ReleaseColumns(table, "default/r", "os", 1)
    plan = plan_table(table, TWO_WAVES, None, 0)
    observed = columns.observed(plan, np.zeros(2, np.bool_), np.inf, "", Orders(), 1_000.0)
    memory = Memory(phase=Phase.ROLLING_BACK, reason="Harm", message="2 of 4 nodes failed")
    decision = decide(plan, fleet_rules(TWO_WAVES), observed, memory, 1_000.0)
    assert decision.memory.phase is Phase.ROLLED_BACK
    assert decision.memory.message == f"2 of 4 nodes failed; stuck nodes in 1 units (b); b: {WHY}"

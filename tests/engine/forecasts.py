"""Fleets and policies in a line, for forecasts: every cluster has so many nodes, and is in a region."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from tests.engine.columns import plan_clusters, population_of
from tests.engine.world import Node, Unit

from myriarch.api.policy import ReleasePolicySpec
from myriarch.engine.conflicts import Health
from myriarch.engine.forecast import Assumed
from myriarch.engine.makespan import UpdateTime
from myriarch.engine.plan import ReleasePlan

MINUTE = 60.0
USUAL = Assumed(UpdateTime(2 * MINUTE), told_seconds=0.0)


def planned(policy: str, sizes: Sequence[int]) -> tuple[ReleasePolicySpec, ReleasePlan]:
    """The policy, and its plan over clusters c00, c01, … of ``sizes``, every second one in region b."""
    spec = msgspec.yaml.decode(policy, type=ReleasePolicySpec)
    units = [
        Unit(
            f"c{number:02}",
            [Node({"os": "focal" if index % 2 else "jammy"}) for index in range(size)],
            labels={"region": "ab"[number % 2], "pair": f"p{number // 2}"},
        )
        for number, size in enumerate(sizes)
    ]
    return spec, plan_clusters(spec, units, population_of(units, 0, spec.budgets.clusters))


def well(plan: ReleasePlan, *, silent: Sequence[str] = (), unready: int = 0) -> Health:
    """All clusters well, but for those."""
    names = list(plan.population.names)
    return Health(np.array([name in silent for name in names], np.bool_), np.full(len(names), unready, np.int64))

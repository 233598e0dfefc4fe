"""Which clusters and nodes a fault strikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from msgspec import Meta, field

from myriarch.base.errors import UserFault
from myriarch.engine.amounts import Amount, parse_amount
from myriarch.fleet.fleet import Fleet
from myriarch.sim.part import Part, Values, listed
from myriarch.sim.truth import present

NODE_ATTRIBUTES = ("shape", "gpuModel", "os", "kernel", "zone", "pool", "kubernetesMinor")


class ClusterTarget(Part, kw_only=True):
    """Clusters: of an environment, by name, or so many drawn by dice."""

    environment: Annotated[str, Meta(description="Only clusters of this environment.")] = ""
    names: Annotated[list[str], Meta(max_length=1024, description="Only these clusters.")] = field(default_factory=list)
    count: Annotated[int, Meta(ge=1, description="Draw so many of them; absent: all.")] | None = None

    def choice(self) -> ClusterChoice:
        return ClusterChoice(self.environment, tuple(self.names), self.count)


class NodeTarget(Part, kw_only=True):
    """Nodes of each struck cluster."""

    nodes: Annotated[int | str, Meta(description="A count, or a percentage such as '10%', of the matching nodes.")] = 1
    where: Values = field(default_factory=dict)

    def check(self, path: str) -> None:
        parse_amount(self.nodes, f"{path}.nodes")
        for name in self.where:
            if name not in NODE_ATTRIBUTES:
                cure = f"Use one of: {', '.join(NODE_ATTRIBUTES)}."
                raise UserFault(f"{path}.where", name, "no such attribute of nodes", cure)

    def choice(self) -> NodeChoice:
        return NodeChoice(parse_amount(self.nodes, "nodes"), listed(self.where))


@dataclass(frozen=True, slots=True)
class ClusterChoice:
    """A ClusterTarget, built."""

    environment: str
    names: tuple[str, ...]
    count: int | None

    def choose(self, fleet: Fleet, dice: np.random.Generator) -> list[str]:
        """Names of the struck clusters, in the fleet's order."""
        matching = [
            plan.name
            for plan in fleet.plans
            if self.environment in ("", plan.environment) and (not self.names or plan.name in self.names)
        ]
        if self.count is None or self.count >= len(matching):
            return matching
        drawn = dice.choice(len(matching), size=self.count, replace=False)
        return [matching[int(index)] for index in np.sort(drawn)]


@dataclass(frozen=True, slots=True)
class NodeChoice:
    """A NodeTarget, built."""

    amount: Amount
    where: dict[str, tuple[str, ...]]

    def choose(self, fleet: Fleet, cluster: str, dice: np.random.Generator) -> list[int]:
        """Positions of the struck nodes among those that are present."""
        view = fleet.cluster(cluster)
        mask = present(fleet, cluster)
        attributes = view.attributes if self.where else {}
        for name, values in self.where.items():
            column = attributes[name]
            wanted = [code for code, value in enumerate(column.values) if value in values]
            mask &= np.isin(column.codes, wanted)
        matching = np.flatnonzero(mask)
        size = self.amount.at_most(len(matching))
        drawn = dice.choice(len(matching), size=size, replace=False) if size else np.empty(0, np.int64)
        return sorted(int(matching[int(index)]) for index in drawn)

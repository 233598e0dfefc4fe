"""Which values a cluster owed canaries of, and could not meet: no healthy node of it has them.

The plan counts nodes, dead ones too; which are healthy only the agent knows. It begins others in their place where
there are any, and tells where there are none.
"""

from __future__ import annotations

from myriarch.agent.nodes import node_population
from myriarch.api.cluster import CoverValue, Grant
from myriarch.drivers.driver import Bools, Driver
from myriarch.engine.population import Value


def unmet_cover(grant: Grant, begun: Bools, driver: Driver) -> list[CoverValue]:
    """Of the values that the grant asks canaries of, those that no node that ``begun`` (bool[n]) has."""
    if not grant.cover:
        return []
    population = node_population(driver, strata=True, asked=[each.attribute for each in grant.cover])
    nodes = population.strata[begun].sum(axis=0)
    met = {value for column, value in enumerate(population.values) if nodes[column]}
    return [each for each in grant.cover if Value(each.attribute, each.value) not in met]

"""The strata of a planned stage: how many canaries meet each attribute value, and which no canary can meet.

A value that every cluster of the stage shares asks for no canary of its own, and is left out. Where a policy judges
by evidence, each value says what its canaries could show (``plan_detectable``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from myriarch.api.analysis import Analysis
from myriarch.api.cluster import Cluster
from myriarch.api.policy import Coverage
from myriarch.api.strata import pair_name, told_by_agents
from myriarch.cli.output import Column, Table, render
from myriarch.cli.plan_detectable import smallest_by_value, smallest_text, smallest_together
from myriarch.controllers.fleet_table import silent_since
from myriarch.engine.plan import StagePlan
from myriarch.engine.population import Bools, Population
from myriarch.engine.uncovered import without_healthy_unit

NAMED_VALUES = 5
"""Values named in a warning; the documents name all."""


def healthy_clusters(clusters: Sequence[Cluster]) -> Bools:
    """bool[n]: clusters that are heard and have nodes that are ready."""
    heard = [silent_since(each) == float("inf") and each.status.ready_nodes > 0 for each in clusters]
    return np.asarray(heard, np.bool_)


def strata_document(
    stage: StagePlan, population: Population, healthy: Bools, analysis: Analysis | None
) -> dict[str, Any]:
    """``strata``: each value with its nodes, clusters, and the canaries that the first wave owes it (none where that
    doesn't cover); ``withoutHealthyCluster``: values that only clusters in trouble show, or none that tells. With
    ``analysis``, ``smallest`` of each value and ``smallestTogether``: the smallest harm that the canaries can show."""
    first = stage.waves[0]
    covers = bool(len(first.covering))
    owed = first.owed.sum(axis=0)
    here = population.strata[stage.members]
    nodes, clusters = here.sum(axis=0), (here > 0).sum(axis=0)
    found = smallest_by_value(first, population, analysis) if analysis and covers else None
    rows = [
        {
            "attribute": value.attribute,
            "value": value.value,
            "clusters": int(clusters[column]),
            "nodes": int(nodes[column]),
            "wanted": int(stage.wanted[column]),
            "canaries": int(owed[column]) if covers else None,
            **({} if found is None else {"smallest": found[column]}),
        }
        for column, value in enumerate(population.values)
        if nodes[column] and stage.wanted[column]
    ]
    lost = without_healthy_unit(stage, population, healthy)
    return {
        **({"smallestTogether": smallest_together(first, population, analysis)} if analysis and covers else {}),
        "strata": sorted(rows, key=lambda row: (row["attribute"], row["value"])),
        "withoutHealthyCluster": sorted(str(population.values[int(column)]) for column in np.flatnonzero(lost)),
    }


def strata_warnings(stage: dict[str, Any]) -> list[str]:
    """What no healthy cluster shows: nobody will see there whether the release harms."""
    lost = stage["withoutHealthyCluster"]
    if not lost:
        return []
    named = ", ".join(lost[:NAMED_VALUES]) + (", …" if len(lost) > NAMED_VALUES else "")
    return [f"no healthy cluster of stage {stage['name']} shows {len(lost)} values, no canary meets them: {named}"]


def pair_warnings(clusters: Sequence[Cluster], coverage: Coverage) -> list[str]:
    """Pairs of the policy that clusters have not counted: they are asked once the policy stands in the hub."""
    found = []
    for name in map(pair_name, told_by_agents(coverage.pairs)):
        mute = sum(1 for each in clusters if each.status.nodes and name not in each.status.strata)
        if mute:
            found.append(f"{mute} clusters have not counted {name}: its values there are not in the plan")
    return found


def strata_text(stage: dict[str, Any]) -> str:
    """The strata as a table."""
    judged = "smallestTogether" in stage
    columns = tuple(Column(name) for name in ("attribute", "value", "clusters", "nodes", "canaries"))
    rows: list[list[object]] = [
        [row["attribute"], row["value"], row["clusters"], row["nodes"], _canaries(row)]
        + ([smallest_text(row["smallest"])] if judged else [])
        for row in stage["strata"]
    ]
    table = render(Table((*columns, Column("shows harm if")) if judged else columns, rows))
    together = f"\nall canaries together: {smallest_text(stage['smallestTogether'])}" if judged else ""
    return f"strata of stage {stage['name']}\n{table}{together}"


def _canaries(row: dict[str, Any]) -> str:
    if row["canaries"] is None:
        return "-"
    return f"{row['canaries']} of {row['wanted']}" if row["canaries"] < row["wanted"] else str(row["canaries"])

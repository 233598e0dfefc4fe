"""Mirrors: simulated clusters that copy production ones, and miss no value of any node attribute.

A mirroring environment holds fewer clusters than its source. Which are mirrored: one of each stretch of the
source ordered by size, so that small and large are there. A plain sample would miss rare machines, and a
rehearsal that never meets the one GPU model that breaks proves nothing; so for every value of every stored
attribute that the sample misses, one source node that has it replaces a mirrored node whose own values all
remain elsewhere (or is added, where no node can be spared).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from myriarch.fleet.draws import key, uniform
from myriarch.fleet.plan import STORED_ATTRIBUTES, ClusterPlan, Rows


def mirror_plans(seed: int, environment: str, sources: Sequence[ClusterPlan], count: int) -> list[ClusterPlan]:
    """``count`` plans of ``environment`` that mirror some of ``sources`` and cover all their node values."""
    chosen = _choose_sources(seed, environment, sources, count)
    tables = [plan.nodes.copy() for plan in chosen]
    _cover(tables, np.concatenate([plan.nodes for plan in sources]))
    return [
        ClusterPlan(
            name=f"{environment}-{source.region}-{number:04d}",
            environment=environment,
            region=source.region,
            kubernetes_minor=source.kubernetes_minor,
            provider=source.provider,
            nodes=table,
            mirror_of=source.name,
        )
        for number, (source, table) in enumerate(zip(chosen, tables, strict=True))
    ]


def _choose_sources(seed: int, environment: str, sources: Sequence[ClusterPlan], count: int) -> list[ClusterPlan]:
    """A stratified sample by size, in the order of the sources; with repeats where ``count`` exceeds them."""
    by_size = sorted(range(len(sources)), key=lambda index: (len(sources[index].nodes), index))
    points = (np.arange(count) + uniform(key(seed, environment, "mirror"), np.arange(count))) / count
    picked = sorted(by_size[int(point * len(sources))] for point in points)
    return [sources[index] for index in picked]


def _cover(tables: list[Rows], source: Rows) -> None:
    """Change ``tables`` in place until each value of each attribute in ``source`` is in one of them."""
    mirrored = np.concatenate(tables)
    bounds = np.cumsum([len(table) for table in tables])
    added: list[Rows] = []
    for attribute in STORED_ATTRIBUTES:
        for value in np.unique(source[attribute]):
            if np.any(mirrored[attribute] == value):
                continue
            donor = int(np.flatnonzero(source[attribute] == value)[0])
            spare = _spare_row(mirrored)
            if spare is None:
                added.append(source[donor : donor + 1])
                mirrored = np.concatenate([mirrored, source[donor : donor + 1]])
            else:
                mirrored[spare] = source[donor]
    pieces = np.split(mirrored[: bounds[-1]], bounds[:-1])
    for index, piece in enumerate(pieces):
        tables[index] = np.concatenate([piece, *added[index :: len(pieces)]])


def _spare_row(rows: Rows) -> int | None:
    """The last row whose every value is also in another row."""
    spare = np.ones(len(rows), dtype=bool)
    for attribute in STORED_ATTRIBUTES:
        column = rows[attribute]
        spare &= np.bincount(column)[column] > 1
    found = np.flatnonzero(spare)
    return int(found[-1]) if len(found) else None

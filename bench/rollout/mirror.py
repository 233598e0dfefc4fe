"""Which production nodes the simulated environment mirrors: few clusters, small, with every value of every attribute.

A simulated cluster copies one production cluster, at most ``LARGEST_MIRROR`` of its nodes, rarest combinations first.
So it shows what few nodes can show, and nothing that takes a large cluster.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int16]

LARGEST_MIRROR = 60
COMBINED = ("os", "kernel", "instanceType", "gpuModel", "arch", "containerRuntime", "zone")
PER_VALUE = 2
"""Nodes that each value has in the simulated environment, where it has so many in production."""


def mirror_rows(
    random: np.random.Generator, cluster: Ints, columns: dict[str, Codes], clusters: int
) -> tuple[Ints, Ints]:
    """Rows of production that are copied, int64[m], and the simulated cluster of each, int64[m], sorted."""
    rarity = _rarity(columns)
    chosen = _choose_clusters(random, cluster, columns, clusters)
    rows: list[Ints] = []
    homes: list[Ints] = []
    for home, source in enumerate(chosen):
        here = np.flatnonzero(cluster == source)
        order = np.lexsort((random.random(len(here)), -rarity[here]))
        taken = here[order[:LARGEST_MIRROR]]
        random.shuffle(taken)
        rows.append(taken)
        homes.append(np.full(len(taken), home))
    return np.concatenate(rows), np.concatenate(homes)


def _rarity(columns: dict[str, Codes]) -> NDArray[np.float64]:
    """How rare a node's combination of values is: the sum of -log shares."""
    total = np.zeros(len(next(iter(columns.values()))))
    for name in COMBINED:
        counts = np.bincount(columns[name])
        total -= np.log(counts / counts.sum(), where=counts > 0, out=np.zeros(len(counts)))[columns[name]]
    return total


def _choose_clusters(random: np.random.Generator, cluster: Ints, columns: dict[str, Codes], clusters: int) -> list[int]:
    """Greedy: the cluster that shows most values not yet seen ``PER_VALUE`` times; then by chance."""
    count = int(cluster.max()) + 1
    blocks = []
    for name, codes in columns.items():
        if name == "rack":
            continue
        width = int(codes.max()) + 1
        blocks.append(np.bincount(cluster * width + codes, minlength=count * width).reshape(count, width))
    shown = np.minimum(np.concatenate(blocks, axis=1), PER_VALUE)
    need = np.minimum(shown.sum(axis=0), PER_VALUE)
    chosen: list[int] = []
    order = random.permutation(count)
    for _ in range(clusters):
        gain = np.minimum(shown, need).sum(axis=1).astype(np.float64)
        gain[chosen] = -1
        best = int(order[np.argmax(gain[order])])
        chosen.append(best)
        need = np.maximum(need - shown[best], 0)
    return chosen

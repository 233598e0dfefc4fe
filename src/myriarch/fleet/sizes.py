"""Cluster sizes: heavy-tailed, yet with the mean that was asked for.

Sizes are quantiles of the distribution at stratified random points, shuffled, then scaled so that the total
comes out at ``mean`` times the count. So a fleet of 100 clusters already has the tail and the mean that one
of 10,000 has, and a seed changes which cluster is large rather than how large the fleet is.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from myriarch.fleet.draws import Floats, Ints, key, order, uniform
from myriarch.fleet.spec import SizeDistribution, Sizes

_SCALING_STEPS = 50


def draw_sizes(sizes: Sizes, count: int, seed: int, purpose: str) -> Ints:
    """``count`` sizes in nodes, each within ``min`` and ``max``."""
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    if sizes.distribution is SizeDistribution.UNIFORM:
        return np.full(count, sizes.nodes_per_cluster, dtype=np.int64)
    points = (np.arange(count) + uniform(key(seed, purpose, "size"), np.arange(count))) / count
    scaled = _scale(_quantiles(sizes, np.clip(points, 1e-9, 1 - 1e-9)), sizes)
    return scaled[order(key(seed, purpose, "size-order"), count)]


def _quantiles(sizes: Sizes, points: Floats) -> Floats:
    if sizes.distribution is SizeDistribution.PARETO:
        return np.power(1.0 - points, -1.0 / sizes.tail)
    normal = NormalDist()
    return np.exp(sizes.tail * np.array([normal.inv_cdf(float(point)) for point in points]))


def _scale(raw: Floats, sizes: Sizes) -> Ints:
    """The raw sizes times the factor whose clipped total is nearest the wanted one (by bisection)."""
    wanted = min(max(sizes.mean, sizes.min), sizes.max) * len(raw)
    low, high = 0.0, sizes.max / float(raw.min())
    for _ in range(_SCALING_STEPS):
        middle = (low + high) / 2
        if _clipped(raw, middle, sizes).sum() < wanted:
            low = middle
        else:
            high = middle
    return _clipped(raw, high, sizes)


def _clipped(raw: Floats, factor: float, sizes: Sizes) -> Ints:
    return np.clip(np.rint(raw * factor), sizes.min, sizes.max).astype(np.int64)

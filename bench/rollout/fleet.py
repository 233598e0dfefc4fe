"""The fleet of one seed, as columns: production with realistic skew, and a simulated environment that mirrors it.

Nodes are sorted by cluster, and within a cluster by a seeded draw: the order in which members take them. Attributes
are drawn by quota, so that every seed has the small strata that the scenarios need (``vocabulary.py``), and a cluster
has one or two pools of nodes, so that attributes lie together as they do in real fleets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from myriarch.fleet.sizes import draw_sizes
from myriarch.fleet.spec import SizeDistribution, Sizes
from rollout import vocabulary as words
from rollout.mirror import mirror_rows

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int16]

CLUSTERS = 200
MEAN_NODES = 75.0
SMALLEST, LARGEST = 8, 700
SECOND_POOL_SHARE = 0.35
"""Of the clusters; so large is also the part of their nodes in it."""
SIMULATED_CLUSTERS = 20


@dataclass(frozen=True, eq=False)
class Fleet:
    """n nodes in c clusters; production first.

    cluster int64[n]; columns int16[n] of each attribute, as codes in ``vocabulary.values_of``; pods int64[n];
    production bool[n]; cluster_production bool[c]; size int64[c]; seed the fleet was drawn by.
    """

    seed: int
    cluster: Ints
    columns: dict[str, Codes]
    pods: Ints
    cluster_production: Bools

    @property
    def nodes(self) -> int:
        return len(self.cluster)

    @property
    def clusters(self) -> int:
        return len(self.cluster_production)

    @cached_property
    def size(self) -> Ints:
        """int64[c]"""
        return np.bincount(self.cluster, minlength=self.clusters)

    @cached_property
    def production(self) -> Bools:
        """bool[n]"""
        return self.cluster_production[self.cluster]

    @cached_property
    def production_nodes(self) -> int:
        return int(self.production.sum())

    @cached_property
    def first(self) -> Ints:
        """int64[c]: the first node of each cluster; attributes of clusters are read there."""
        return np.searchsorted(self.cluster, np.arange(self.clusters))

    def matching(self, where: dict[str, tuple[str, ...]]) -> Bools:
        """bool[n]: nodes that have one of the values in each of the attributes."""
        mask = np.ones(self.nodes, np.bool_)
        for attribute, values in where.items():
            known = words.values_of(attribute)
            codes = np.asarray([known.index(value) for value in values], np.int16)
            mask &= np.isin(self.columns[attribute], codes)
        return mask


@lru_cache(maxsize=2)
def build_fleet(seed: int) -> Fleet:
    """The fleet of ``seed``: the same for every scenario and policy."""
    random = np.random.default_rng([seed, 1])
    sizes = Sizes(distribution=SizeDistribution.LOG_NORMAL, min=SMALLEST, mean=MEAN_NODES, max=LARGEST, tail=1.1)
    size = draw_sizes(sizes, CLUSTERS, seed, "rollout")
    cluster = np.repeat(np.arange(CLUSTERS), size)
    columns = _cluster_columns(random, size)
    columns = {name: column[cluster] for name, column in columns.items()}
    columns |= _node_columns(random, cluster, columns)
    usual = np.asarray([words.PODS[name] for name in words.INSTANCE_TYPES])[columns["instanceType"]]
    pods = np.maximum((usual * random.lognormal(0, 0.2, len(cluster))).astype(np.int64), 1)
    rows, copied = mirror_rows(random, cluster, columns, SIMULATED_CLUSTERS)
    columns = {name: np.concatenate([column, column[rows]]) for name, column in columns.items()}
    columns["sizeClass"][len(cluster) :] = _size_class(np.bincount(copied))[copied]
    production = np.arange(CLUSTERS + SIMULATED_CLUSTERS) < CLUSTERS
    return Fleet(
        seed, np.concatenate([cluster, copied + CLUSTERS]), columns, np.concatenate([pods, pods[rows]]), production
    )


def _cluster_columns(random: np.random.Generator, size: Ints) -> dict[str, Codes]:
    count = len(size)
    columns = {
        "provider": by_quota(random, words.PROVIDERS, count),
        "role": by_quota(random, words.ROLES, count),
        "addOns": by_quota(random, words.ADD_ONS, count),
        "kubernetesMinor": by_quota(random, words.KUBERNETES_MINORS, count),
        "region": by_quota(random, words.REGIONS, count),
        "cni": np.zeros(count, np.int16),
        "sizeClass": _size_class(size),
    }
    for role in range(len(words.ROLES)):  # within each role by quota: even the few of role core have every network
        here = np.flatnonzero(columns["role"] == role)
        columns["cni"][here] = by_quota(random, words.CNIS, len(here))
    return columns


def _size_class(size: Ints) -> Codes:
    begins = np.asarray(list(words.SIZE_CLASSES.values()))
    return (np.searchsorted(begins, size, side="right") - 1).astype(np.int16)


def _node_columns(random: np.random.Generator, cluster: Ints, known: dict[str, Codes]) -> dict[str, Codes]:
    count, nodes = int(cluster.max()) + 1, len(cluster)
    systems, kernels = words.values_of("os"), words.values_of("kernel")
    first = np.searchsorted(cluster, np.arange(count))
    provider = known["provider"][first]
    pools = np.zeros((count, 2), np.int16)
    for code, name in enumerate(words.PROVIDERS):
        here = np.flatnonzero(provider == code)
        shares = words.OPERATING_SYSTEMS[name]
        names = np.asarray([systems.index(system) for system in shares], np.int16)
        drawn = by_quota(random, shares, 2 * len(here))
        pools[here] = names[drawn].reshape(len(here), 2)
    mixed = random.random(count) < SECOND_POOL_SHARE
    second = mixed[cluster] & (random.random(nodes) < SECOND_POOL_SHARE)
    columns = {"os": pools[cluster, second.astype(np.int64)]}
    columns["kernel"] = np.zeros(nodes, np.int16)
    for code, name in enumerate(systems):
        here = np.flatnonzero(columns["os"] == code)
        names = np.asarray([kernels.index(kernel) for kernel in words.KERNELS[name]], np.int16)
        columns["kernel"][here] = names[by_quota(random, words.KERNELS[name], len(here))]
    columns["arch"] = by_quota(random, words.ARCHITECTURES, nodes)
    columns["instanceType"] = by_quota(random, words.INSTANCE_TYPES, nodes)
    columns["gpuModel"] = by_quota(random, words.GPU_MODELS, nodes)
    columns["containerRuntime"] = by_quota(random, words.CONTAINER_RUNTIMES, nodes)
    columns["zone"] = random.integers(0, len(words.ZONES), nodes).astype(np.int16)
    rack = random.integers(0, words.RACKS_PER_ZONE, nodes)
    place = known["region"].astype(np.int64) * len(words.ZONES) + columns["zone"]
    columns["rack"] = (place * words.RACKS_PER_ZONE + rack).astype(np.int16)
    return columns


def by_quota(random: np.random.Generator, shares: words.Shares, count: int) -> Codes:
    """int16[count]: codes of the values, in just their shares (rounded at random), shuffled."""
    bounds = np.cumsum(list(shares.values()))
    points = (np.arange(count) + random.random()) / max(count, 1) * bounds[-1]
    codes: Codes = np.searchsorted(bounds, points, side="right").clip(max=len(bounds) - 1).astype(np.int16)
    random.shuffle(codes)
    return codes

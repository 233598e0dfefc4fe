"""From a FleetSpec to cluster plans, deterministically.

Every choice is a keyed draw (``draws.py``), so a plan depends on the spec alone. Clusters of an environment
that mirrors nothing are drawn here; those of a mirroring environment are copies (``mirror.py``) which hold
every value of every node attribute that their source has, so that a rehearsal meets what production will.
A drawn cluster buys its nodes in a few pools, each of one shape, as real clusters do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.base.errors import UserFault
from myriarch.fleet.check import check_spec
from myriarch.fleet.draws import Ints, choose, key, uniform
from myriarch.fleet.mirror import mirror_plans
from myriarch.fleet.plan import NODE_PLAN_DTYPE, ClusterPlan, Rows, Vocabulary
from myriarch.fleet.sizes import draw_sizes
from myriarch.fleet.spec import Environment, ExplicitCluster, FleetSpec, NodeGroup, Region


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """All clusters, in the order of the spec's environments, and the vocabulary of their codes."""

    clusters: tuple[ClusterPlan, ...]
    vocabulary: Vocabulary


def build(spec: FleetSpec) -> list[ClusterPlan]:
    """The plans alone, for who needs names and labels only."""
    return list(plan_fleet(spec).clusters)


def plan_fleet(spec: FleetSpec) -> FleetPlan:
    """Draw all clusters. Raises UserFault where the spec is unusable or asks for too few clusters."""
    check_spec(spec)
    drawer = _Drawer(spec)
    counts = _drawn_counts(spec)
    sources = [environment for environment in spec.environments if not environment.mirror_of]
    plans = {environment.name: drawer.environment(environment, counts) for environment in sources}
    for environment in spec.environments:
        if environment.mirror_of:
            source = next(each for each in sources if each.name == environment.mirror_of)
            count = _mirror_count(environment, source, counts, len(plans[source.name]))
            plans[environment.name] = mirror_plans(spec.seed, environment.name, plans[source.name], count)
    in_order = tuple(plan for environment in spec.environments for plan in plans[environment.name])
    return FleetPlan(in_order, drawer.vocabulary)


def _drawn_counts(spec: FleetSpec) -> dict[str, int]:
    """Clusters to draw per environment: by share, at least one each, largest remainders first."""
    total, environments = spec.clusters.count, spec.environments
    if total == 0:
        return {environment.name: 0 for environment in environments}
    if total < len(environments):
        raise UserFault(
            "spec.clusters.count",
            total,
            f"there are {len(environments)} environments and each needs a cluster",
            f"Ask for at least {len(environments)} clusters.",
        )
    shares = np.array([environment.share for environment in environments])
    exact = shares / shares.sum() * total
    counts = np.maximum(np.floor(exact + 1e-9), 1)
    while counts.sum() < total:
        counts[np.argmax(exact - counts)] += 1
    while counts.sum() > total:
        counts[np.argmax(np.where(counts > 1, counts - exact, -np.inf))] -= 1
    return {environment.name: int(count) for environment, count in zip(environments, counts, strict=True)}


def _mirror_count(mirror: Environment, source: Environment, counts: dict[str, int], held: int) -> int:
    """The mirror's drawn clusters, and its share of the source's explicit ones."""
    if held == 0:
        return 0
    explicit = held - counts[source.name]
    extra = round(explicit * mirror.share / source.share) if source.share else 0
    return max(1, counts[mirror.name] + extra)


class _Drawer:
    """Draws the clusters of one environment after another, filling one vocabulary."""

    def __init__(self, spec: FleetSpec) -> None:
        self.spec = spec
        self.vocabulary = Vocabulary()
        self._shape_weights = [shape.count for shape in spec.shapes]
        self._shape_codes = self.vocabulary.codes("shape", [shape.name for shape in spec.shapes])
        self._pool_codes = self.vocabulary.codes("pool", [shape.pool_name for shape in spec.shapes])
        self._os_names = list(spec.attributes.os)
        self._os_codes = self.vocabulary.codes("os", self._os_names)
        self._kernel_names = [list(spec.attributes.kernel_by_os[os]) for os in self._os_names]
        self._kernel_codes = [self.vocabulary.codes("kernel", names) for names in self._kernel_names]
        self._zone_codes = {region.name: self.vocabulary.codes("zone", region.zones) for region in spec.regions}

    def environment(self, environment: Environment, counts: dict[str, int]) -> list[ClusterPlan]:
        explicit = [
            self._explicit(cluster, environment.name)
            for cluster in self.spec.clusters.explicit
            if (cluster.environment or self._default_environment()) == environment.name
        ]
        return explicit + self._drawn(environment.name, counts[environment.name])

    def _default_environment(self) -> str:
        return next(each.name for each in reversed(self.spec.environments) if not each.mirror_of)

    def _drawn(self, environment: str, count: int) -> list[ClusterPlan]:
        spec, lanes = self.spec, np.arange(count)
        sizes = draw_sizes(spec.clusters.size, count, spec.seed, environment)
        regions = choose(key(spec.seed, environment, "region"), lanes, [r.weight for r in spec.regions])
        minors = self._choices(spec.attributes.kubernetes_minors, environment, "minor", count)
        providers = self._choices(spec.attributes.providers, environment, "provider", count)
        plans = []
        for number in range(count):
            region = spec.regions[int(regions[number])]
            name = f"{environment}-{region.name}-{number:04d}"
            nodes = self._nodes(name, region, int(sizes[number]))
            plans.append(ClusterPlan(name, environment, region.name, minors[number], providers[number], nodes))
        return plans

    def _choices(self, weights: dict[str, float], environment: str, purpose: str, count: int) -> list[str]:
        values = list(weights)
        picked = choose(key(self.spec.seed, environment, purpose), np.arange(count), list(weights.values()))
        return [values[int(index)] for index in picked]

    def _nodes(self, cluster: str, region: Region, count: int) -> Rows:
        """A cluster of up to ``pools_per_cluster`` pools of one shape and one system each."""
        lanes = np.arange(count)
        pools = 1 + int(uniform(self._key(cluster, "pools"), 0)[0] * self.spec.clusters.pools_per_cluster)
        shapes = choose(self._key(cluster, "shapes"), np.arange(pools), self._shape_weights)
        systems = choose(self._key(cluster, "os"), np.arange(pools), list(self.spec.attributes.os.values()))
        pool_of = choose(self._key(cluster, "pool"), lanes, np.ones(pools))
        zones = self._zone_codes[region.name]
        rows = np.zeros(count, dtype=NODE_PLAN_DTYPE)
        rows["shape"] = self._shape_codes[shapes[pool_of]]
        rows["pool"] = self._pool_codes[shapes[pool_of]]
        rows["os"] = self._os_codes[systems[pool_of]]
        rows["kernel"] = self._kernels(cluster, systems[pool_of])
        rows["zone"] = zones[choose(self._key(cluster, "zone"), lanes, np.ones(len(zones)))]
        return rows

    def _kernels(self, cluster: str, systems: Ints) -> Ints:
        kernels = np.zeros(len(systems), dtype=np.int64)
        for system in np.unique(systems):
            where = np.flatnonzero(systems == system)
            weights = list(self.spec.attributes.kernel_by_os[self._os_names[system]].values())
            kernels[where] = self._kernel_codes[system][choose(self._key(cluster, "kernel"), where, weights)]
        return kernels

    def _key(self, cluster: str, purpose: str) -> int:
        return key(self.spec.seed, cluster, purpose)

    def _explicit(self, cluster: ExplicitCluster, environment: str) -> ClusterPlan:
        region = self._region(cluster.region)
        count = sum(group.count for group in cluster.nodes)
        rows = self._nodes(cluster.name, region, count)
        start = 0
        for group in cluster.nodes:
            self._fill(rows[start : start + group.count], group)
            start += group.count
        minor = cluster.kubernetes_minor or next(iter(self.spec.attributes.kubernetes_minors))
        provider = cluster.provider or next(iter(self.spec.attributes.providers))
        return ClusterPlan(cluster.name, environment, region.name, minor, provider, rows)

    def _fill(self, rows: Rows, group: NodeGroup) -> None:
        shape = next(each for each in self.spec.shapes if each.name == group.shape)
        rows["shape"] = self.vocabulary.code("shape", shape.name)
        rows["pool"] = self.vocabulary.code("pool", group.pool or shape.pool_name)
        for attribute, value in (("os", group.os), ("kernel", group.kernel), ("zone", group.zone)):
            if value:
                rows[attribute] = self.vocabulary.code(attribute, value)

    def _region(self, name: str) -> Region:
        return next((each for each in self.spec.regions if each.name == name), self.spec.regions[0])

"""What types can't say of a FleetSpec: names that must exist, weights that must add up, numbers that must fit.

Every problem is a UserFault with the path in the file. ``plan_fleet`` runs this first, so a spec made in code
is held to the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from myriarch.base.errors import UserFault
from myriarch.fleet.spec import EnvironmentClass, ExplicitCluster, FleetSpec, SizeDistribution

#: A node's name is a cluster's name and at most eight characters, and must be a DNS label.
_CLUSTER_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,52}[a-z0-9])?")
MOST_CLUSTERS = 100_000
MOST_NODES_PER_CLUSTER = 20_000


def check_spec(spec: FleetSpec) -> None:
    """Raise UserFault for the first thing that can't be built."""
    _check_lists(spec)
    _check_environments(spec)
    _check_sizes(spec)
    _check_attributes(spec)
    _check_processes(spec)
    for number, cluster in enumerate(spec.clusters.explicit):
        _check_explicit(spec, cluster, f"spec.clusters.explicit[{number}]")
    _distinct("spec.clusters.explicit", [each.name for each in spec.clusters.explicit])


def _check_lists(spec: FleetSpec) -> None:
    for path, things in (
        ("spec.regions", spec.regions),
        ("spec.shapes", spec.shapes),
        ("spec.environments", spec.environments),
    ):
        _require(bool(things), path, [], "empty", "Give at least one.")
        names: list[str] = [thing.name for thing in things]
        _distinct(path, names)
        for number, name in enumerate(names):
            _require(bool(name), f"{path}[{number}].name", name, "empty", "Give it a name.")
    for number, region in enumerate(spec.regions):
        _require(bool(region.zones), f"spec.regions[{number}].zones", [], "empty", "Name at least one zone.")
    _check_weights("spec.regions", {each.name: each.weight for each in spec.regions})
    _check_weights("spec.shapes", {each.name: each.count for each in spec.shapes})
    for number, shape in enumerate(spec.shapes):
        for field, value, least in (
            ("cpuMilli", shape.cpu_milli, 1),
            ("memoryMib", shape.memory_mib, 1),
            ("gpus", shape.gpus, 0),
        ):
            path = f"spec.shapes[{number}].{field}"
            _require(value >= least, path, value, "too small", f"Give at least {least}.")


def _check_environments(spec: FleetSpec) -> None:
    by_name = {each.name: each for each in spec.environments}
    sources = [each for each in spec.environments if not each.mirror_of]
    _require(bool(sources), "spec.environments", [*by_name], "all are mirrors", "Add one that mirrors nothing.")
    _check_weights("spec.environments", {each.name: each.share for each in spec.environments})
    for number, each in enumerate(spec.environments):
        path = f"spec.environments[{number}]"
        _check_cluster_name(f"{path}.name", each.name)
        if not each.mirror_of:
            continue
        mirrored = by_name.get(each.mirror_of)
        cure = f"Name one of: {', '.join(source.name for source in sources)}."
        if mirrored is None or mirrored.mirror_of:
            raise UserFault(f"{path}.mirrorOf", each.mirror_of, "no environment to mirror", cure)
        simulated = each.class_ is EnvironmentClass.SIMULATED
        _require(simulated, f"{path}.class", str(each.class_), "a mirror is simulated", "Set it to simulated.")


def _check_sizes(spec: FleetSpec) -> None:
    clusters, size = spec.clusters, spec.clusters.size
    path = "spec.clusters"
    count_fits = 0 <= clusters.count <= MOST_CLUSTERS
    _require(count_fits, f"{path}.count", clusters.count, "out of range", f"Give 0 to {MOST_CLUSTERS}.")
    some = clusters.count > 0 or bool(clusters.explicit)
    _require(some, f"{path}.count", clusters.count, "the fleet is empty", "Ask for clusters or list them.")
    pools = clusters.pools_per_cluster
    _require(pools >= 1, f"{path}.poolsPerCluster", pools, "too small", "Give at least 1.")
    for field, value in (("min", size.min), ("max", size.max), ("nodesPerCluster", size.nodes_per_cluster)):
        fits = 1 <= value <= MOST_NODES_PER_CLUSTER
        cure = f"Give 1 to {MOST_NODES_PER_CLUSTER}."
        _require(fits, f"{path}.size.{field}", value, "out of range", cure)
    if size.distribution is not SizeDistribution.UNIFORM:
        ordered = size.min <= size.mean <= size.max
        shown = f"{size.min}, {size.mean}, {size.max}"
        _require(ordered, f"{path}.size", shown, "min, mean and max are out of order", "Order them.")
        _require(size.tail > 0, f"{path}.size.tail", size.tail, "not positive", "Give a number above 0.")


def _check_attributes(spec: FleetSpec) -> None:
    attributes, path = spec.attributes, "spec.attributes"
    _check_weights(f"{path}.os", attributes.os)
    _check_weights(f"{path}.kubernetesMinors", attributes.kubernetes_minors)
    _check_weights(f"{path}.providers", attributes.providers)
    for minor in attributes.kubernetes_minors:
        _check_minor(f"{path}.kubernetesMinors", minor)
    for name in attributes.os:
        kernels = attributes.kernel_by_os.get(name)
        if kernels is None:
            raise UserFault(f"{path}.kernelByOs", name, "no kernels for this os", "Add its kernels.")
        _check_weights(f"{path}.kernelByOs.{name}", kernels)


def _check_processes(spec: FleetSpec) -> None:
    updates, failures, restarts = spec.updates, spec.failures, spec.restarts
    for path, value in (
        ("spec.updates.medianSeconds", updates.median_seconds),
        ("spec.updates.tickSeconds", updates.tick_seconds),
        ("spec.failures.repairMedianSeconds", failures.repair_median_seconds),
        ("spec.restarts.meanDaysBetween", restarts.mean_days_between),
    ):
        _require(value > 0, path, value, "not positive", "Give a number above 0.")
    for path, value in (
        ("spec.updates.spread", updates.spread),
        ("spec.failures.meanDaysBetween", failures.mean_days_between),
        ("spec.failures.repairSpread", failures.repair_spread),
    ):
        _require(value >= 0, path, value, "negative", "Give 0 or more.")
    for path, value in (
        ("spec.failures.neverReturnShare", failures.never_return_share),
        ("spec.failures.unknownShare", failures.unknown_share),
    ):
        _require(0 <= value <= 1, path, value, "not a share", "Give a number from 0 to 1.")


def _check_explicit(spec: FleetSpec, cluster: ExplicitCluster, path: str) -> None:
    _check_cluster_name(f"{path}.name", cluster.name)
    sources = [each.name for each in spec.environments if not each.mirror_of]
    regions = [each.name for each in spec.regions]
    _one_of(f"{path}.environment", cluster.environment or sources[0], sources)
    _one_of(f"{path}.region", cluster.region or regions[0], regions)
    if cluster.kubernetes_minor:
        _check_minor(f"{path}.kubernetesMinor", cluster.kubernetes_minor)
    _require(bool(cluster.nodes), f"{path}.nodes", [], "empty", "Give at least one group of nodes.")
    shapes = [each.name for each in spec.shapes]
    for number, group in enumerate(cluster.nodes):
        _one_of(f"{path}.nodes[{number}].shape", group.shape, shapes)
        _require(group.count >= 1, f"{path}.nodes[{number}].count", group.count, "too small", "Give at least 1.")
    total = sum(group.count for group in cluster.nodes)
    fits = total <= MOST_NODES_PER_CLUSTER
    _require(fits, f"{path}.nodes", total, "too many nodes", f"Keep to {MOST_NODES_PER_CLUSTER}.")


def _check_weights(path: str, weights: Mapping[str, float]) -> None:
    for name, weight in weights.items():
        finite = 0 <= weight < float("inf")
        _require(finite, f"{path}.{name}", weight, "not a weight", "Give a finite number of 0 or more.")
    total = sum(weights.values())
    _require(total > 0, path, dict(weights), "no weight is above 0", "Give at least one above 0.")


def _check_cluster_name(path: str, name: str) -> None:
    cure = "Use at most 54 of a-z, 0-9 and -, beginning and ending with a letter or digit."
    _require(_CLUSTER_NAME.fullmatch(name) is not None, path, name, "not a DNS label", cure)


def _check_minor(path: str, minor: str) -> None:
    fits = re.fullmatch(r"\d+\.\d+", minor) is not None
    _require(fits, path, minor, "not a Kubernetes minor", 'Write it like "1.32".')


def _one_of(path: str, value: str, known: list[str]) -> None:
    cure = f"Name one of: {', '.join(known[:20])}."
    _require(value in known, path, value, "not defined in this file", cure)


def _distinct(path: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        _require(name not in seen, path, name, "named twice", "Give each its own name.")
        seen.add(name)


def _require(holds: bool, path: str, value: object, problem: str, cure: str) -> None:
    if not holds:
        raise UserFault(path, value, problem, cure)

"""From real inventories to a FleetSpec.

A CSV says what machines there are, but not how they form clusters: clusters of heavy-tailed sizes are drawn
from its shapes. Node lists say both: their clusters are kept as they are (explicit), with every real
attribute; asked for a number of clusters, that many are drawn from their shapes and attributes instead.
Regions, systems and versions that an inventory doesn't tell come from the default fleet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from myriarch.base.errors import UserFault
from myriarch.fleet.check import check_spec
from myriarch.fleet.defaults import base_spec
from myriarch.fleet.inventory import read_csv
from myriarch.fleet.kubenodes import ClusterFacts, NodeFacts, read_nodes
from myriarch.fleet.shapes import Shape, make_shape
from myriarch.fleet.spec import (
    Clusters,
    ExplicitCluster,
    FleetSpec,
    NodeAttributes,
    NodeGroup,
    Region,
    Sizes,
)

DEFAULT_CLUSTERS = 100
UNKNOWN_REGION = "unknown"


def import_inventory(
    paths: Sequence[Path], *, clusters: int | None = None, mean_nodes: float | None = None, seed: int = 0
) -> FleetSpec:
    """A fleet like the inventory in ``paths``: one CSV, or node lists in JSON (one cluster a file).

    Raises UserFault for files that can't be used.
    """
    if not paths:
        raise UserFault("files", [], "none given", "Name a CSV inventory or files of kubectl get nodes -o json.")
    tables = [path for path in paths if path.suffix.lower() == ".csv"]
    if tables and len(paths) > 1:
        names = [str(path) for path in paths]
        raise UserFault("files", names, "a CSV inventory stands alone", "Import one CSV, or node lists only.")
    if tables:
        shapes = read_csv(tables[0])
        drawn = _drawn(DEFAULT_CLUSTERS if clusters is None else clusters, mean_nodes)
        spec = base_spec(drawn, seed, shapes)
    else:
        spec = _from_node_lists([read_nodes(path) for path in paths], clusters, mean_nodes, seed)
    check_spec(spec)
    return spec


def _drawn(clusters: int, mean_nodes: float | None) -> Clusters:
    size = Sizes()
    if mean_nodes is None:
        return Clusters(count=clusters, size=size)
    lowest, highest = min(size.min, int(mean_nodes)), max(size.max, round(mean_nodes * 15))
    return Clusters(count=clusters, size=Sizes(min=max(1, lowest), mean=mean_nodes, max=highest))


def _from_node_lists(
    found: Sequence[ClusterFacts], clusters: int | None, mean_nodes: float | None, seed: int
) -> FleetSpec:
    named = _Shapes()
    explicit = tuple(_explicit(cluster, named) for cluster in found)
    if clusters:
        nodes = sum(count for cluster in found for count in cluster.nodes.values())
        drawn = _drawn(clusters, mean_nodes if mean_nodes is not None else nodes / len(found))
    else:
        drawn = Clusters(explicit=explicit)
    spec = base_spec(drawn, seed, named.with_counts())
    attributes = _attributes(found, spec.attributes)
    return msgspec.structs.replace(spec, regions=_regions(found), attributes=attributes)


class _Shapes:
    """Shapes under their instance types; where a type has several machines, under the rule-made name too."""

    def __init__(self) -> None:
        self._by_machine: dict[tuple[str, int, int, str], Shape] = {}
        self._counts: Counter[str] = Counter()

    def name(self, node: NodeFacts, count: int) -> str:
        # Memory differs a little between machines of one type, by firmware and kernel; the first counts.
        memory = node.memory_mib if not node.instance_type else 0
        machine = (f"{node.instance_type}/{memory}", node.cpu_milli, node.gpus, node.gpu_model)
        shape = self._by_machine.get(machine)
        if shape is None:
            shape = self._by_machine[machine] = self._new(node)
        self._counts[shape.name] += count
        return shape.name

    def _new(self, node: NodeFacts) -> Shape:
        made = make_shape(node.cpu_milli, node.memory_mib, node.gpus, node.gpu_model, 1)
        taken = {shape.name for shape in self._by_machine.values()}
        name = node.instance_type or made.name
        if name in taken:
            name = f"{name}-{made.name}"
        if name in taken:
            name = f"{name}-{node.memory_mib}"
        return msgspec.structs.replace(made, name=name)

    def with_counts(self) -> tuple[Shape, ...]:
        shapes = self._by_machine.values()
        return tuple(msgspec.structs.replace(shape, count=self._counts[shape.name]) for shape in shapes)


def _explicit(cluster: ClusterFacts, shapes: _Shapes) -> ExplicitCluster:
    groups = tuple(
        NodeGroup(
            shape=shapes.name(node, count),
            count=count,
            os=node.os,
            kernel=node.kernel,
            zone=node.zone or _only_zone(_region_of(cluster)),
            pool=node.pool,
        )
        for node, count in cluster.nodes.items()
    )
    return ExplicitCluster(
        name=cluster.name,
        nodes=groups,
        region=_region_of(cluster),
        kubernetes_minor=_most(cluster, "kubernetes_minor"),
        provider=_most(cluster, "provider"),
    )


def _most(cluster: ClusterFacts, attribute: str) -> str:
    """The value that most nodes of the cluster have; empty where none has any."""
    counts: Counter[str] = Counter()
    for node, count in cluster.nodes.items():
        if value := getattr(node, attribute):
            counts[value] += count
    return counts.most_common(1)[0][0] if counts else ""


def _region_of(cluster: ClusterFacts) -> str:
    return _most(cluster, "region") or UNKNOWN_REGION


def _only_zone(region: str) -> str:
    return f"{region}-a"


def _regions(found: Sequence[ClusterFacts]) -> tuple[Region, ...]:
    zones: dict[str, dict[str, None]] = {}
    clusters: Counter[str] = Counter()
    for cluster in found:
        region = _region_of(cluster)
        clusters[region] += 1
        own = zones.setdefault(region, {})
        for node in cluster.nodes:
            own[node.zone or _only_zone(region)] = None
    return tuple(Region(name=name, zones=tuple(own), weight=float(clusters[name])) for name, own in zones.items())


def _attributes(found: Sequence[ClusterFacts], default: NodeAttributes) -> NodeAttributes:
    systems: dict[str, dict[str, float]] = {}
    minors: Counter[str] = Counter()
    providers: Counter[str] = Counter()
    for node, count in _all_nodes(found):
        if node.os:
            kernels = systems.setdefault(node.os, {})
            kernel = node.kernel or "unknown"
            kernels[kernel] = kernels.get(kernel, 0.0) + count
    for cluster in found:
        minors[_most(cluster, "kubernetes_minor")] += 1
        providers[_most(cluster, "provider")] += 1
    return NodeAttributes(
        os={name: sum(kernels.values()) for name, kernels in systems.items()} or default.os,
        kernel_by_os=systems or default.kernel_by_os,
        kubernetes_minors=_weights(minors) or default.kubernetes_minors,
        providers=_weights(providers) or default.providers,
    )


def _weights(counts: Counter[str]) -> dict[str, float]:
    return {name: float(count) for name, count in counts.items() if name}


def _all_nodes(found: Sequence[ClusterFacts]) -> Iterator[tuple[NodeFacts, int]]:
    for cluster in found:
        yield from cluster.nodes.items()

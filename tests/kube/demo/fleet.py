"""The fleet of the demo on real clusters: three of KWOK nodes and two hundred simulated ones, in one order.

``whole_fleet`` models the real clusters by explicit ones with the very attributes of their nodes, for the embedded
hub; ``simulated_fleet`` is the same without them, for the real hub, which the real ones join as themselves. Neither
environment mirrors the other, so the simulated clusters are the same in both.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
from tests.kube.nodes import node

from myriarch.fleet.build import build
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.plan import ClusterPlan
from myriarch.fleet.shapes import make_shape
from myriarch.fleet.spec import (
    Clusters,
    Environment,
    EnvironmentClass,
    ExplicitCluster,
    Failures,
    FleetSpec,
    NodeGroup,
    SizeDistribution,
    Sizes,
    Updates,
)

REAL = ("real-a", "real-b", "real-c")
REAL_NODES = 50
MINOR = "1.34"
SIMULATED_CLUSTERS = 200
SIMULATED_NODES = 6
SEED = 11
NONE = "none"
RUNTIME = "containerd 2.0"


def simulated_fleet(clusters: int = SIMULATED_CLUSTERS) -> FleetSpec:
    """``clusters`` small ones, some of them for rehearsal; their nodes move within a second or two."""
    nodes = SIMULATED_NODES
    size = Sizes(distribution=SizeDistribution.UNIFORM, min=1, mean=float(nodes), max=nodes, nodes_per_cluster=nodes)
    base = default_spec(clusters, SEED)
    shapes = {label(number, "node.kubernetes.io/instance-type"): None for number in range(REAL_NODES)}
    own = tuple(msgspec.structs.replace(make_shape(8000, 32768, 0, "", 0.0), name=name) for name in shapes)
    return msgspec.structs.replace(
        base,
        environments=(
            Environment(name="sim", class_=EnvironmentClass.SIMULATED, share=0.1),
            Environment(name="prod", class_=EnvironmentClass.PRODUCTION, share=0.9),
        ),
        shapes=(*base.shapes, *own),
        clusters=Clusters(count=clusters, size=size),
        updates=Updates(median_seconds=1.0, spread=0.1, tick_seconds=0.5),
        failures=Failures(mean_days_between=0.0),
    )


def whole_fleet(clusters: int = SIMULATED_CLUSTERS) -> FleetSpec:
    """The same, and the real clusters modelled."""
    base = simulated_fleet(clusters)
    groups = tuple(_group(number) for number in range(REAL_NODES))
    explicit = tuple(
        ExplicitCluster(name=name, nodes=groups, environment="prod", kubernetes_minor=MINOR) for name in REAL
    )
    return msgspec.structs.replace(base, clusters=msgspec.structs.replace(base.clusters, explicit=explicit))


def plans_of_real() -> list[ClusterPlan]:
    """How the real clusters are to be registered."""
    return [plan for plan in build(whole_fleet()) if plan.name in REAL]


def told_besides() -> dict[str, dict[str, int]]:
    """What the nodes of a real cluster tell besides: simulated ones don't tell architecture and runtime."""
    architectures = Counter(label(number, "kubernetes.io/arch") for number in range(REAL_NODES))
    return {"arch": dict(architectures), "containerRuntime": {RUNTIME: REAL_NODES}}


def label(number: int, key: str) -> str:
    """Of node ``number`` of a real cluster."""
    return str(node(number, MINOR)["metadata"]["labels"][key])


def _group(number: int) -> NodeGroup:
    info: dict[str, Any] = node(number, MINOR)["status"]["nodeInfo"]
    return NodeGroup(
        shape=label(number, "node.kubernetes.io/instance-type"),
        os=info["osImage"],
        kernel=info["kernelVersion"],
        zone=label(number, "topology.kubernetes.io/zone"),
        pool=NONE,
    )

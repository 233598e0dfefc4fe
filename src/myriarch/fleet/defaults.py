"""Ready-made fleets: the default one with heavy tails, and a uniform one for benchmarks.

Names of regions, systems, kernels and versions are plausible and freely chosen; shapes and their counts are
real (``shapes.py``).
"""

from __future__ import annotations

import msgspec

from myriarch.fleet.shapes import Shape, default_shapes
from myriarch.fleet.spec import (
    Clusters,
    Environment,
    EnvironmentClass,
    FleetSpec,
    NodeAttributes,
    Region,
    SizeDistribution,
    Sizes,
    Updates,
)

SIMULATED_SHARE = 0.1
#: A coarser tick, so that events of a million nodes batch better.
BENCH_TICK_SECONDS = 60.0


def default_spec(clusters: int, seed: int) -> FleetSpec:
    """``clusters`` clusters of heavy-tailed sizes, about 100 nodes each, a tenth of them simulated mirrors."""
    return base_spec(Clusters(count=clusters), seed)


def uniform_spec(clusters: int, nodes_per_cluster: int, seed: int) -> FleetSpec:
    """``clusters`` clusters of exactly ``nodes_per_cluster`` nodes."""
    size = Sizes(
        distribution=SizeDistribution.UNIFORM,
        min=1,
        mean=float(nodes_per_cluster),
        max=nodes_per_cluster,
        nodes_per_cluster=nodes_per_cluster,
    )
    spec = base_spec(Clusters(count=clusters, size=size), seed)
    return msgspec.structs.replace(spec, updates=Updates(tick_seconds=BENCH_TICK_SECONDS))


def base_spec(clusters: Clusters, seed: int, shapes: tuple[Shape, ...] | None = None) -> FleetSpec:
    """The default regions, environments and attributes around the given clusters and shapes."""
    return FleetSpec(
        seed=seed,
        regions=default_regions(),
        shapes=shapes if shapes is not None else default_shapes(),
        environments=default_environments(),
        clusters=clusters,
        attributes=default_attributes(),
    )


def default_environments() -> tuple[Environment, ...]:
    return (
        Environment(name="sim", class_=EnvironmentClass.SIMULATED, share=SIMULATED_SHARE, mirror_of="prod"),
        Environment(name="prod", class_=EnvironmentClass.PRODUCTION, share=1.0 - SIMULATED_SHARE),
    )


def default_regions() -> tuple[Region, ...]:
    weights = {"eu1": 4.0, "us1": 4.0, "ap1": 2.0}
    return tuple(
        Region(name=name, zones=tuple(f"{name}-{letter}" for letter in "abc"), weight=weight)
        for name, weight in weights.items()
    )


def default_attributes() -> NodeAttributes:
    return NodeAttributes(
        os={"Ubuntu 22.04": 55.0, "Ubuntu 24.04": 25.0, "Debian 12": 12.0, "Flatcar 3975": 8.0},
        kernel_by_os={
            "Ubuntu 22.04": {"5.15.0-119-generic": 6.0, "6.5.0-45-generic": 4.0},
            "Ubuntu 24.04": {"6.8.0-41-generic": 1.0},
            "Debian 12": {"6.1.0-23-amd64": 3.0, "6.1.0-25-amd64": 1.0},
            "Flatcar 3975": {"6.6.54-flatcar": 1.0},
        },
        kubernetes_minors={"1.31": 2.0, "1.32": 5.0, "1.33": 3.0},
        providers={"metal": 6.0, "cloud": 4.0},
    )

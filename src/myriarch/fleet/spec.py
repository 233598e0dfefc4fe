"""FleetSpec: everything about a simulated fleet that a person may choose, and its file format.

::

    apiVersion: myriarch.io/fleet/v1alpha1
    kind: Fleet
    spec: {seed: 7, clusters: {count: 100, size: {mean: 100}}, ...}

The spec holds choices and distributions only; ``build.py`` draws the clusters and nodes from it, ``load.py``
reads and writes the file and checks what types can't say, ``defaults.py`` has ready-made specs, and
``importing.py`` makes one of a real inventory.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from myriarch.fleet.shapes import Shape

API_VERSION = "myriarch.io/fleet/v1alpha1"
KIND = "Fleet"

SECONDS_PER_DAY = 86_400.0


class _Part(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A part of the spec: immutable, camelCase in files, strict about unknown fields."""


class EnvironmentClass(StrEnum):
    SIMULATED = "simulated"
    PRODUCTION = "production"


class SizeDistribution(StrEnum):
    LOG_NORMAL = "logNormal"
    PARETO = "pareto"
    UNIFORM = "uniform"


class Region(_Part, frozen=True):
    """A place with failure domains. ``weight`` is its share of clusters, relative to other regions."""

    name: str
    zones: tuple[str, ...]
    weight: float = 1.0


class Environment(_Part, frozen=True, omit_defaults=True):
    """An ordered class of clusters. ``share`` is relative; ``mirror_of`` names the environment it mirrors."""

    name: str
    class_: EnvironmentClass = msgspec.field(name="class")
    share: float = 1.0
    mirror_of: str = ""


class Sizes(_Part, frozen=True):
    """How many nodes a cluster has.

    ``tail`` is the standard deviation of the logarithm for ``logNormal`` and the exponent for ``pareto``
    (smaller is heavier). ``uniform`` gives every cluster exactly ``nodes_per_cluster``.
    """

    distribution: SizeDistribution = SizeDistribution.LOG_NORMAL
    min: int = 3
    mean: float = 100.0
    max: int = 1500
    tail: float = 1.0
    nodes_per_cluster: int = 100


class NodeGroup(_Part, frozen=True, omit_defaults=True):
    """``count`` like nodes of an explicit cluster; empty attributes are drawn as for any other node."""

    shape: str
    count: int = 1
    os: str = ""
    kernel: str = ""
    zone: str = ""
    pool: str = ""


class ExplicitCluster(_Part, frozen=True, omit_defaults=True):
    """A cluster that is given, not drawn; import of real clusters makes these."""

    name: str
    nodes: tuple[NodeGroup, ...]
    environment: str = ""
    region: str = ""
    kubernetes_minor: str = ""
    provider: str = ""


class Clusters(_Part, frozen=True):
    """``count`` clusters are drawn over all environments, besides the explicit ones and their mirrors."""

    count: int = 0
    size: Sizes = Sizes()
    pools_per_cluster: int = 4
    explicit: tuple[ExplicitCluster, ...] = ()


class NodeAttributes(_Part, frozen=True):
    """Distributions (value to weight) of what nodes and clusters are made of."""

    os: dict[str, float]
    kernel_by_os: dict[str, dict[str, float]]
    kubernetes_minors: dict[str, float]
    providers: dict[str, float]


class Updates(_Part, frozen=True):
    """How long a node takes to move to a revision: log-normal; completions are rounded up to the tick."""

    median_seconds: float = 120.0
    spread: float = 0.35
    tick_seconds: float = 5.0


class Failures(_Part, frozen=True):
    """Ordinary node failures, whatever the revision."""

    mean_days_between: float = 365.0
    repair_median_seconds: float = 1800.0
    repair_spread: float = 1.0
    never_return_share: float = 0.05
    unknown_share: float = 0.5


class Restarts(_Part, frozen=True):
    """How often a node restarts for its own reasons (a Poisson process)."""

    mean_days_between: float = 7.0


class FleetSpec(_Part, frozen=True):
    """A whole fleet. ``seed`` decides every draw."""

    regions: tuple[Region, ...]
    shapes: tuple[Shape, ...]
    environments: tuple[Environment, ...]
    clusters: Clusters
    attributes: NodeAttributes
    seed: int = 0
    updates: Updates = Updates()
    failures: Failures = Failures()
    restarts: Restarts = Restarts()


class FleetDocument(_Part, frozen=True):
    """The file: a FleetSpec in a Kubernetes-like envelope."""

    api_version: str
    kind: str
    spec: FleetSpec
    metadata: dict[str, str] = {}

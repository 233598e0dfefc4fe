"""The words of RolloutBench's fleet: attributes of clusters and nodes, their values, and how common each is.

Scenario files select nodes by these words only, so that a misspelt value is refused rather than striking nobody.
Shares are plausible, skewed and freely chosen; what they are drawn into is in ``fleet.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Shares = Mapping[str, float]

PROVIDERS: Final[Shares] = {"aws": 40, "metal": 25, "azure": 20, "gcp": 15}
ROLES: Final[Shares] = {"web": 40, "batch": 25, "data": 20, "edge": 10, "core": 5}
ADD_ONS: Final[Shares] = {"plain": 50, "mesh": 20, "cache": 15, "waf": 15}
CNIS: Final[Shares] = {"cilium": 45, "calico": 30, "vpc-cni": 25}
KUBERNETES_MINORS: Final[Shares] = {"1.32": 45, "1.33": 25, "1.31": 20, "1.34": 10}
REGIONS: Final[Shares] = {"eu1": 40, "us1": 40, "ap1": 20}
ZONES: Final = ("z1", "z2", "z3")
"""The same letters in each region, as providers write them; a rack belongs to one region."""
RACKS_PER_ZONE: Final = 8

SIZE_CLASSES: Final[Mapping[str, int]] = {"small": 0, "medium": 20, "large": 100, "xlarge": 500}
"""Each begins at so many nodes."""

OPERATING_SYSTEMS: Final[Mapping[str, Shares]] = {
    "aws": {
        "Ubuntu 22.04 LTS": 26,
        "Amazon Linux 2023": 36,
        "Amazon Linux 2": 20,
        "Ubuntu 24.04 LTS": 14,
        "Windows Server 2022": 4,
    },
    "metal": {
        "Ubuntu 22.04 LTS": 52,
        "Ubuntu 24.04 LTS": 16,
        "Debian 12": 18,
        "Ubuntu 18.04 LTS": 8,
        "Flatcar 3975": 6,
    },
    "azure": {
        "Ubuntu 22.04 LTS": 62,
        "Ubuntu 24.04 LTS": 18,
        "Ubuntu 18.04 LTS": 8,
        "Windows Server 2022": 12,
    },
    "gcp": {"Ubuntu 22.04 LTS": 62, "Ubuntu 24.04 LTS": 18, "Debian 12": 17, "Flatcar 3975": 3},
}

KERNELS: Final[Mapping[str, Shares]] = {
    "Ubuntu 18.04 LTS": {"4.15": 6, "5.4": 4},
    "Ubuntu 22.04 LTS": {"5.15": 6, "6.5": 4},
    "Ubuntu 24.04 LTS": {"6.8": 1},
    "Amazon Linux 2": {"5.10": 6, "5.10.165": 4},
    "Amazon Linux 2023": {"6.1": 1},
    "Debian 12": {"6.1.0-25": 1},
    "Flatcar 3975": {"6.6": 1},
    "Windows Server 2022": {"10.0.20348": 1},
}

CONTAINER_RUNTIMES: Final[Shares] = {"containerd 1.7": 70, "containerd 2.2": 25, "docker 20.10": 5}
INSTANCE_TYPES: Final[Shares] = {"general": 50, "compute": 20, "memory": 15, "dense": 10, "burst": 5}
PODS: Final[Mapping[str, int]] = {"general": 30, "compute": 30, "memory": 25, "dense": 110, "burst": 12}
"""Pods of a usual node of the type."""
ARCHITECTURES: Final[Shares] = {"amd64": 85, "arm64": 15}
GPU_MODELS: Final[Shares] = {"none": 85, "T4": 6, "A10": 4, "H100": 3, "V100": 2}
NO_GPU: Final = "none"

CLUSTER_ATTRIBUTES: Final = ("sizeClass", "provider", "role", "addOns", "cni", "kubernetesMinor", "region")
NODE_ATTRIBUTES: Final = ("os", "kernel", "arch", "instanceType", "gpuModel", "zone", "rack", "containerRuntime")
SIZES: Final = ("nodes", "pods")
"""What ``whereLargerThan`` may name: nodes of the cluster, pods of the node."""

SIMULATED: Final = "simulated"
PRODUCTION: Final = "production"


def racks() -> tuple[str, ...]:
    """Names such as ``eu1-z1-r3``."""
    numbers = range(1, RACKS_PER_ZONE + 1)
    return tuple(f"{region}-{zone}-r{number}" for region in REGIONS for zone in ZONES for number in numbers)


def values_of(attribute: str) -> tuple[str, ...]:
    """Every value that ``attribute`` can have. Raises KeyError where there is no such attribute."""
    known: dict[str, tuple[str, ...]] = {
        "sizeClass": tuple(SIZE_CLASSES),
        "provider": tuple(PROVIDERS),
        "role": tuple(ROLES),
        "addOns": tuple(ADD_ONS),
        "cni": tuple(CNIS),
        "kubernetesMinor": tuple(KUBERNETES_MINORS),
        "region": tuple(REGIONS),
        "os": tuple(KERNELS),
        "kernel": tuple(dict.fromkeys(kernel for kernels in KERNELS.values() for kernel in kernels)),
        "arch": tuple(ARCHITECTURES),
        "instanceType": tuple(INSTANCE_TYPES),
        "gpuModel": tuple(GPU_MODELS),
        "zone": ZONES,
        "rack": racks(),
        "containerRuntime": tuple(CONTAINER_RUNTIMES),
    }
    return known[attribute]

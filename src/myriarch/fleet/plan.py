"""What a spec comes to: a vocabulary of attribute values and one plan per cluster.

A plan is a cluster's name, environment, region, labels and its nodes as a structured array of codes into
the vocabulary, ten bytes a node. ``build.py`` draws plans, ``mirror.py`` copies them for simulated
environments, ``fleet.py`` gives them life. The hub makes Cluster objects from name, environment and labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from myriarch.api.strata import size_class

Rows = npt.NDArray[np.void]

#: Attributes of nodes that are stored; gpuModel follows from shape, kubernetesMinor from the cluster.
STORED_ATTRIBUTES = ("shape", "os", "kernel", "zone", "pool")
NODE_PLAN_DTYPE = np.dtype([(name, np.int16) for name in STORED_ATTRIBUTES])

LABEL_ENVIRONMENT = "myriarch.io/environment"
LABEL_REGION = "topology.kubernetes.io/region"
LABEL_SIZE_CLASS = "myriarch.io/size-class"
LABEL_KUBERNETES_MINOR = "myriarch.io/kubernetes-minor"
LABEL_PROVIDER = "myriarch.io/provider"
LABEL_MIRROR_OF = "myriarch.io/mirror-of"


@dataclass(slots=True)
class Vocabulary:
    """Attribute values in order of first use; codes are positions. Grows only at the end."""

    values: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in STORED_ATTRIBUTES})
    _codes: dict[tuple[str, str], int] = field(default_factory=dict)

    def code(self, attribute: str, value: str) -> int:
        """The code of ``value``, newly given where it had none."""
        found = self._codes.get((attribute, value))
        if found is None:
            found = len(self.values[attribute])
            self.values[attribute].append(value)
            self._codes[attribute, value] = found
        return found

    def codes(self, attribute: str, values: Any) -> npt.NDArray[np.int16]:
        return np.array([self.code(attribute, value) for value in values], dtype=np.int16)


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """One cluster to be. ``nodes`` has dtype NODE_PLAN_DTYPE; treat it as read-only."""

    name: str
    environment: str
    region: str
    kubernetes_minor: str
    provider: str
    nodes: Rows
    mirror_of: str = ""

    @property
    def size_class(self) -> str:
        return size_class(len(self.nodes))

    @property
    def labels(self) -> Mapping[str, str]:
        labels = {
            LABEL_ENVIRONMENT: self.environment,
            LABEL_REGION: self.region,
            LABEL_SIZE_CLASS: self.size_class,
            LABEL_KUBERNETES_MINOR: self.kubernetes_minor,
            LABEL_PROVIDER: self.provider,
        }
        if self.mirror_of:
            labels[LABEL_MIRROR_OF] = self.mirror_of
        return labels

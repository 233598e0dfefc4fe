"""The parts of Cluster API's objects that the driver ``machine`` reads, in the versions v1beta1 and v1beta2.

Where the two differ (the strategy's place) both are read; what is written is written to the version that is served.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import field

from myriarch.api.meta import ObjectMeta, Struct
from myriarch.client.resource import ResourceRef

GROUP: Final = "cluster.x-k8s.io"
VERSIONS: Final = ("v1beta2", "v1beta1")
"""Those that the driver knows, the preferred one first."""

DEPLOYMENT_LABEL: Final = "cluster.x-k8s.io/deployment-name"
ON_DELETE: Final = "OnDelete"


class Strategy(Struct, kw_only=True):
    type: str = "RollingUpdate"


class Rollout(Struct, kw_only=True):
    strategy: Strategy = field(default_factory=Strategy)


class MachineDeploymentSpec(Struct, kw_only=True):
    paused: bool = False
    strategy: Strategy | None = None
    rollout: Rollout | None = None
    template: dict[str, Any] = {}


class MachineDeploymentStatus(Struct, kw_only=True):
    observed_generation: int = 0


class MachineDeployment(Struct, kw_only=True):
    """``MachineDeployment``, as far as it is read."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    spec: MachineDeploymentSpec = field(default_factory=MachineDeploymentSpec)
    status: MachineDeploymentStatus = field(default_factory=MachineDeploymentStatus)

    @property
    def strategy(self) -> str:
        """``RollingUpdate`` or ``OnDelete``."""
        if self.spec.rollout is not None:
            return self.spec.rollout.strategy.type
        return (self.spec.strategy or Strategy()).type


class NodeRef(Struct, kw_only=True):
    name: str = ""


class MachineStatus(Struct, kw_only=True):
    node_ref: NodeRef | None = None


class Machine(Struct, kw_only=True):
    """``Machine``, as far as it is read."""

    metadata: ObjectMeta = field(default_factory=ObjectMeta)
    status: MachineStatus = field(default_factory=MachineStatus)

    @property
    def node(self) -> str:
        """Name of its Node; '' until it has one."""
        return self.status.node_ref.name if self.status.node_ref is not None else ""

    @property
    def ending(self) -> bool:
        """Whether it is being deleted."""
        return self.metadata.deletion_timestamp is not None

    @property
    def born(self) -> str:
        """When it was made: RFC 3339 in UTC, so that text compares as time does."""
        return self.metadata.creation_timestamp or ""


def deployments(version: str) -> ResourceRef:
    return ResourceRef(GROUP, version, "machinedeployments", namespaced=True)


def machines(version: str) -> ResourceRef:
    return ResourceRef(GROUP, version, "machines", namespaced=True)

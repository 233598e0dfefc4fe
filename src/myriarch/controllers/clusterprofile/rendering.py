"""What a ClusterProfile says of a Cluster: a function of the Cluster alone.

Source: KEP-4322 (ClusterProfile API). Names of our own properties begin with Myriarch's group.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from myriarch.api.cluster import Cluster
from myriarch.api.meta import GROUP
from myriarch.base.conditions import CONNECTED
from myriarch.client.inventory import MANAGER, MANAGER_LABEL
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef

HEALTHY: Final = "ControlPlaneHealthy"
STANDARD_PROPERTIES: Final = ("topology.kubernetes.io/region", "topology.kubernetes.io/zone")
"""Labels of clusters that are properties by the same name (KEP-2149)."""


def profile_of(cluster: Cluster, ref: ResourceRef, namespace: str) -> Raw:
    """The profile without its status."""
    labels = {**cluster.metadata.labels, MANAGER_LABEL: MANAGER}
    return {
        "apiVersion": ref.api_version,
        "kind": "ClusterProfile",
        "metadata": {"name": cluster.name, "namespace": namespace, "labels": labels},
        "spec": {"displayName": cluster.name, "clusterManager": {"name": MANAGER}},
    }


def status_of(cluster: Cluster) -> dict[str, Any]:
    """Its status."""
    status: dict[str, Any] = {
        "conditions": [_healthy(cluster)],
        "properties": [{"name": name, "value": value} for name, value in _properties(cluster) if value],
    }
    if cluster.status.kubernetes_version:
        status["version"] = {"kubernetes": cluster.status.kubernetes_version}
    return status


def _healthy(cluster: Cluster) -> dict[str, Any]:
    """As far as we can tell: whether the cluster can be heard."""
    heard = next((each for each in cluster.status.conditions if each.type == CONNECTED.type), None)
    return {
        "type": HEALTHY,
        "status": heard.status if heard else "Unknown",
        "reason": (heard.reason if heard else "") or "NotHeardYet",
        "message": heard.message if heard else "The cluster has not been heard yet.",
        "lastTransitionTime": (heard.last_transition_time if heard else None) or cluster.metadata.creation_timestamp,
    }


def _properties(cluster: Cluster) -> Iterator[tuple[str, str]]:
    yield f"{GROUP}/access", str(cluster.spec.access)
    yield f"{GROUP}/environment", cluster.spec.environment
    yield f"{GROUP}/mode", str(cluster.spec.mode)
    yield f"{GROUP}/nodes", str(cluster.status.nodes)
    yield f"{GROUP}/ready-nodes", str(cluster.status.ready_nodes)
    for name in STANDARD_PROPERTIES:
        yield name, cluster.metadata.labels.get(name, "")

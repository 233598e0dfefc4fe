"""Clusters of an Open Cluster Management hub: its ``ManagedCluster`` objects.

That hub has no credentials for them (their agents call it), so neither has ours: they join by pull.
Source: https://open-cluster-management.io/docs/concepts/cluster-inventory/managedcluster/.
"""

from __future__ import annotations

from typing import Any, Final

from myriarch.api.cluster import Access
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.imports.found import Findings, Found, Skipped, host_of, sorted_findings
from myriarch.imports.labels import carried, pairs
from myriarch.imports.place import Place, Scope

REFS: Final = (ResourceRef("cluster.open-cluster-management.io", "v1", "managedclusters"),)


async def read_ocm(place: Place, scope: Scope) -> Findings:
    """Those that the hub has accepted. Claims become labels where they fit."""
    source = f"ocm:{place.host}"
    clusters = await place.list(REFS, "Open Cluster Management", scope)
    whole = not scope.selector  # managed clusters are in no namespace
    return sorted_findings(source, whole, [_cluster(source, each) for each in clusters])


def _cluster(source: str, cluster: Raw) -> Found | Skipped:
    metadata: dict[str, Any] = cluster["metadata"]
    spec, status = cluster.get("spec") or {}, cluster.get("status") or {}
    name = str(metadata["name"])
    origin = f"{source}/{name}"
    configs = spec.get("managedClusterClientConfigs") or [{}]
    server = host_of(str(configs[0].get("url") or ""))
    if metadata.get("deletionTimestamp"):
        return Skipped(name, origin, "it is being deleted", server)
    if not spec.get("hubAcceptsClient"):
        return Skipped(name, origin, "its hub has not accepted it (spec.hubAcceptsClient)", server)
    claims = carried(pairs(status.get("clusterClaims")))
    version = str((status.get("version") or {}).get("kubernetes") or "")
    labels = claims | carried(metadata.get("labels"))
    return Found(name, origin, Access.PULL, server=server, version=version, labels=labels)

"""Clusters of a Cluster API management cluster: its ``Cluster`` objects, with the kubeconfig Secret of each.

The Secret ``NAME-kubeconfig`` (key ``value``) is part of Cluster API's contract with control plane providers.
Source: https://cluster-api.sigs.k8s.io/developer/core/controllers/cluster.
"""

from __future__ import annotations

from typing import Any, Final

from myriarch.api.cluster import Access
from myriarch.base.errors import UserFault
from myriarch.client.kubeconfig import access_of_bytes
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.imports.found import Findings, Found, Skipped, host_of, reason_of, sorted_findings
from myriarch.imports.labels import carried
from myriarch.imports.minimal import minimal_kubeconfig
from myriarch.imports.place import Place, Scope, namespace_of
from myriarch.imports.together import together

_GROUP: Final = "cluster.x-k8s.io"
REFS: Final = tuple(ResourceRef(_GROUP, version, "clusters", namespaced=True) for version in ("v1beta2", "v1beta1"))
PROVISIONED: Final = "Provisioned"
KEY: Final = "value"


async def read_capi(place: Place, scope: Scope) -> Findings:
    """Those that are provisioned; the others are skipped with their phase."""
    source = f"capi:{place.host}"
    clusters = await place.list(REFS, "Cluster API", scope)
    return sorted_findings(source, scope.whole, await together(lambda each: _cluster(place, source, each), clusters))


async def _cluster(place: Place, source: str, cluster: Raw) -> Found | Skipped:
    metadata: dict[str, Any] = cluster["metadata"]
    name, namespace = str(metadata["name"]), namespace_of(cluster)
    origin = f"{source}/{namespace}/{name}"
    phase = str((cluster.get("status") or {}).get("phase") or "Pending")
    if metadata.get("deletionTimestamp"):
        return Skipped(name, origin, "it is being deleted")
    if phase != PROVISIONED:
        return Skipped(name, origin, f"its phase is {phase}, not {PROVISIONED}")
    secret = f"{name}-kubeconfig"
    data = await place.secret(namespace, secret)
    if data is None or KEY not in data:
        problem = "is not there" if data is None else f"has no key {KEY!r}"
        return Skipped(name, origin, f"Secret {namespace}/{secret} {problem}")
    try:
        access = access_of_bytes(data[KEY])
        kubeconfig = minimal_kubeconfig(access)
    except UserFault as fault:
        return Skipped(name, origin, f"Secret {namespace}/{secret}: {reason_of(fault)}")
    version = str(((cluster.get("spec") or {}).get("topology") or {}).get("version") or "")
    return Found(
        name,
        origin,
        Access.PUSH,
        server=host_of(access.server),
        version=version,
        labels=carried(metadata.get("labels")),
        kubeconfig=kubeconfig,
    )

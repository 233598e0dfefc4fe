"""From a URL's path to what it means: a logical cluster, and a resource in it or one of the fixed documents.

``/clusters/NAME/...`` addresses a logical cluster; the bare root is the hub. The path alone decides; query
and headers are read by the handlers.
"""

from __future__ import annotations

from dataclasses import dataclass

HUB = "hub"
CLUSTERS_PREFIX = "clusters"


@dataclass(frozen=True, slots=True)
class ResourceRoute:
    """``namespace`` is empty across namespaces and for cluster-scoped types; ``name`` is empty for collections."""

    cluster: str
    group: str
    version: str
    plural: str
    namespace: str
    name: str
    subresource: str


@dataclass(frozen=True, slots=True)
class DocumentRoute:
    """Discovery, OpenAPI, health, version: the parts of the path within the cluster."""

    cluster: str
    parts: tuple[str, ...]


def parse(path: str) -> ResourceRoute | DocumentRoute:
    """Never fails: what makes no sense as a resource is a document that isn't served."""
    cluster, parts = _split(path)
    if len(parts) >= 3 and parts[0] == "api":
        return _resource(cluster, "", parts[1], parts[2:]) or DocumentRoute(cluster, tuple(parts))
    if len(parts) >= 4 and parts[0] == "apis":
        return _resource(cluster, parts[1], parts[2], parts[3:]) or DocumentRoute(cluster, tuple(parts))
    return DocumentRoute(cluster, tuple(parts))


def _split(path: str) -> tuple[str, list[str]]:
    parts = path.strip("/").split("/")
    if parts[0] == CLUSTERS_PREFIX and len(parts) > 1:
        return parts[1], parts[2:]
    return HUB, [] if parts == [""] else parts


def _resource(cluster: str, group: str, version: str, parts: list[str]) -> ResourceRoute | None:
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 2 and parts[2] not in ("status", "finalize"):
        namespace, parts = parts[1], parts[2:]
    if len(parts) > 3 or "" in parts:
        return None
    padded = [*parts, "", ""]
    return ResourceRoute(cluster, group, version, padded[0], namespace, padded[1], padded[2])

"""Discovery: which groups, versions and resources are served.

Clients ask in two ways: document by document (``/api``, ``/apis``, ``/api/v1``, ``/apis/GROUP/VERSION``), or
for everything at once (``APIGroupDiscoveryList`` at ``/api`` and ``/apis``, told by the media type). Both are
made from the same list of types, in its order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.subresources import subresource

Document = dict[str, Any]


def api_versions(server_address: str) -> Document:
    """The body of ``/api`` (legacy). ``server_address`` is the Host of the request."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": server_address}],
    }


def api_group(types: Sequence[ResourceType], group: str) -> Document | None:
    """The body of ``/apis/GROUP``; None where the group isn't served."""
    found = _groups(types).get(group)
    if not group or not found:
        return None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group_entry(group, found)}


def api_group_list(types: Sequence[ResourceType]) -> Document:
    """The body of ``/apis`` (legacy)."""
    groups = [_group_entry(name, versions) for name, versions in _groups(types).items() if name]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def api_resource_list(types: Sequence[ResourceType], group: str, version: str) -> Document | None:
    """The body of ``/api/v1`` and ``/apis/GROUP/VERSION`` (legacy); None where nothing is served there."""
    found = [rtype for rtype in types if (rtype.group, rtype.version) == (group, version)]
    if not found:
        return None
    version_said = {"apiVersion": "v1"} if group else {}  # that of the core group never says it
    head = {"kind": "APIResourceList", **version_said, "groupVersion": found[0].group_version}
    return {**head, "resources": [entry for rtype in found for entry in _resources(rtype)]}


def aggregated(types: Sequence[ResourceType], *, core: bool) -> Document:
    """``APIGroupDiscoveryList`` (apidiscovery.k8s.io/v2): of ``/api`` where ``core``, else of ``/apis``."""
    items = [
        _group_discovery(types, group, versions) for group, versions in _groups(types).items() if (group == "") == core
    ]
    head = {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}}
    return {**head, "items": items}


_FIRST = (
    "",
    "apps",
    "events.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "batch",
    "policy",
    "rbac.authorization.k8s.io",
    "apiextensions.k8s.io",
    "scheduling.k8s.io",
    "coordination.k8s.io",
)
"""The order in which Kubernetes lists its groups: clients take the first that has a kind of the name they look for."""


def is_known_group(path: str) -> bool:
    """Whether a path lies in one of Kubernetes' own API groups, served or not."""
    parts = path.strip("/").split("/")
    if parts[0] == "clusters":
        parts = parts[2:]
    return parts[:1] == ["api"] or (parts[:1] == ["apis"] and len(parts) > 1 and parts[1] in _FIRST)


def _groups(types: Sequence[ResourceType]) -> dict[str, list[str]]:
    """The versions of each group: Kubernetes' own in its order, others as they appear."""
    out: dict[str, list[str]] = {group: [] for group in _FIRST if any(each.group == group for each in types)}
    for rtype in types:
        versions = out.setdefault(rtype.group, [])
        if rtype.version not in versions:
            versions.append(rtype.version)
    return out


def _group_entry(group: str, versions: Sequence[str]) -> Document:
    listed = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": listed, "preferredVersion": listed[0]}


def _resources(rtype: ResourceType) -> list[Document]:
    """The resource and its subresources, in the legacy form."""
    entry: Document = {
        "name": rtype.plural,
        "singularName": rtype.singular,
        "namespaced": rtype.namespaced,
        "kind": rtype.kind,
        "verbs": list(rtype.verbs),
    }
    if rtype.short_names:
        entry["shortNames"] = list(rtype.short_names)
    if rtype.categories:
        entry["categories"] = list(rtype.categories)
    return [entry, *(_legacy_subresource(rtype, name) for name in sorted(rtype.subresources))]


def _legacy_subresource(rtype: ResourceType, name: str) -> Document:
    part = subresource(name)
    gvk = part.gvk(rtype)
    out: Document = {"name": f"{rtype.plural}/{name}", "singularName": "", "namespaced": rtype.namespaced}
    if part.version:
        out |= {"group": gvk["group"], "version": gvk["version"]}
    return {**out, "kind": gvk["kind"], "verbs": list(part.verbs)}


def _group_discovery(types: Sequence[ResourceType], group: str, versions: Sequence[str]) -> Document:
    listed = [
        {
            "version": version,
            "freshness": "Current",
            "resources": [_resource_discovery(t) for t in types if (t.group, t.version) == (group, version)],
        }
        for version in versions
    ]
    return {"metadata": {"name": group} if group else {}, "versions": listed}


def _resource_discovery(rtype: ResourceType) -> Document:
    out: Document = {
        "resource": rtype.plural,
        "responseKind": rtype.gvk,
        "scope": "Namespaced" if rtype.namespaced else "Cluster",
        "singularResource": rtype.singular,
        "verbs": list(rtype.verbs),
    }
    if rtype.short_names:
        out["shortNames"] = list(rtype.short_names)
    if rtype.categories:
        out["categories"] = list(rtype.categories)
    if rtype.subresources:
        out["subresources"] = [
            {
                "subresource": name,
                "responseKind": subresource(name).gvk(rtype),
                "verbs": list(subresource(name).verbs),
            }
            for name in sorted(rtype.subresources)
        ]
    return out

"""Discovery: which groups, versions and resources are served. Legacy documents and the aggregated form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from myriarch.apiserver.kinds import ResourceType


def _groups(types: Sequence[ResourceType]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for rtype in types:
        versions = out.setdefault(rtype.group, [])
        if rtype.version not in versions:
            versions.append(rtype.version)
    return out


def api_versions(server_address: str) -> dict[str, Any]:
    """The body of ``/api`` (legacy). ``server_address`` is the Host of the request."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": server_address}],
    }


def api_group(types: Sequence[ResourceType], group: str) -> dict[str, Any] | None:
    """The body of ``/apis/GROUP``; None where the group isn't served."""
    found = _groups(types).get(group)
    if not group or not found:
        return None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group_entry(group, found)}


def api_group_list(types: Sequence[ResourceType]) -> dict[str, Any]:
    """The body of ``/apis`` (legacy)."""
    groups = [_group_entry(name, versions) for name, versions in _groups(types).items() if name]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def api_resource_list(types: Sequence[ResourceType], group: str, version: str) -> dict[str, Any] | None:
    """The body of ``/api/v1`` and ``/apis/GROUP/VERSION`` (legacy); None where nothing is served there."""
    return None


def aggregated(types: Sequence[ResourceType], *, core: bool) -> dict[str, Any]:
    """``APIGroupDiscoveryList`` (apidiscovery.k8s.io/v2): of ``/api`` where ``core``, else of ``/apis``."""
    return {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": []}


def _group_entry(group: str, versions: Sequence[str]) -> dict[str, Any]:
    listed = [{"groupVersion": f"{group}/{version}", "version": version} for version in versions]
    return {"name": group, "versions": listed, "preferredVersion": listed[0]}

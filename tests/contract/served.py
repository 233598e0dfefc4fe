"""What the embedded server promises to serve, so that lists of kinds are compared for these alone.

A real server serves more kinds than a fleet manager's server does, and more ways into a pod. Discovery and OpenAPI of
both are brought down to the kinds and subresources named here before they are compared; what is named here and missing
shows as a difference. Resources and verbs have no order. Hashes of documents and descriptions (each server's own words)
keep only their presence.
"""

from __future__ import annotations

from typing import Any

SERVED: dict[str, tuple[str, ...]] = {
    "v1": (
        "configmaps", "events", "namespaces", "namespaces/finalize", "namespaces/status", "nodes", "nodes/status",
        "pods", "pods/binding", "pods/eviction", "pods/status", "secrets", "serviceaccounts", "serviceaccounts/token",
        "services", "services/status",
    ),
    "apps/v1": (
        "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status", "replicasets",
        "replicasets/scale", "replicasets/status",
    ),
    "batch/v1": ("jobs", "jobs/status"),
    "policy/v1": ("poddisruptionbudgets", "poddisruptionbudgets/status"),
    "coordination.k8s.io/v1": ("leases",),
    "events.k8s.io/v1": ("events",),
    "rbac.authorization.k8s.io/v1": ("clusterrolebindings", "clusterroles", "rolebindings", "roles"),
    "authorization.k8s.io/v1": (
        "localsubjectaccessreviews", "selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews",
    ),
    "authentication.k8s.io/v1": ("selfsubjectreviews", "tokenreviews"),
    "apiextensions.k8s.io/v1": ("customresourcedefinitions", "customresourcedefinitions/status"),
    "contract.myriarch.io/v1": ("gadgets", "widgets", "widgets/scale", "widgets/status"),
}  # fmt: skip
DOCUMENT = "/openapi/v3/"


def served_part(body: Any) -> Any:
    """``body`` without the kinds that aren't promised; bodies that list no kinds come back as they are."""
    if not isinstance(body, dict):
        return body
    match body.get("kind"):
        case "APIResourceList":
            kept = SERVED.get(body["groupVersion"], ())
            resources = [_legacy(each) for each in body["resources"] if each["name"] in kept]
            return {**body, "resources": sorted(resources, key=_name)}
        case "APIGroupList":
            return {**body, "groups": [_group(each) for each in body["groups"] if _versions(each["name"])]}
        case "APIGroup":
            return _group(body)
        case "APIGroupDiscoveryList":
            return {**body, "items": [each for each in map(_discovered, body["items"]) if each["versions"]]}
    if set(body) == {"paths"} and isinstance(body["paths"], dict):
        return {"paths": _index(body["paths"])}
    return body


def _name(entry: dict[str, Any]) -> str:
    return str(entry["name"])


def _versions(group: str) -> list[str]:
    return [each.split("/")[1] for each in SERVED if each.split("/")[0] == group]


def _legacy(resource: dict[str, Any]) -> dict[str, Any]:
    out = {key: value for key, value in resource.items() if key != "storageVersionHash"}
    return {**out, "verbs": sorted(resource["verbs"])}


def _group(group: dict[str, Any]) -> dict[str, Any]:
    kept = _versions(group["name"])
    return {**group, "versions": [each for each in group["versions"] if each["version"] in kept]}


def _discovered(group: dict[str, Any]) -> dict[str, Any]:
    name = group.get("metadata", {}).get("name", "")
    versions = []
    for version in group["versions"]:
        kept = SERVED.get(f"{name}/{version['version']}" if name else version["version"], ())
        place = {"group": name, "version": version["version"]}
        listed = version.get("resources") or ()
        resources = [_resource(each, kept, place) for each in listed if each["resource"] in kept]
        resources.sort(key=lambda each: str(each["resource"]))
        if resources:
            versions.append({**version, "resources": resources})
    return {**group, "metadata": {"name": name}, "versions": versions}


def _resource(resource: dict[str, Any], kept: tuple[str, ...], place: dict[str, str]) -> dict[str, Any]:
    """A kind without group and version is one of the group and version that it is listed in."""
    plural = resource["resource"]
    listed = resource.get("subresources", ())
    below = [_kind_placed(each, place) for each in listed if f"{plural}/{each['subresource']}" in kept]
    below.sort(key=lambda each: str(each["subresource"]))
    return {**_kind_placed(resource, place), "subresources": below}


def _kind_placed(entry: dict[str, Any], place: dict[str, str]) -> dict[str, Any]:
    kind = entry["responseKind"]
    full = kind if kind.get("version") else {**kind, **place}
    return {**entry, "responseKind": full, "verbs": sorted(entry["verbs"])}


def _index(paths: dict[str, Any]) -> dict[str, Any]:
    """The documents of served groups, and that each tells its hash."""
    wanted = {"api/v1", *(f"apis/{each}" for each in SERVED if "/" in each)}
    return {
        path: {"serverRelativeURL": entry["serverRelativeURL"].split("?hash=")[0] + "?hash=<hash>"}
        for path, entry in paths.items()
        if path in wanted
    }

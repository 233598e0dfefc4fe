"""The paths of one type in OpenAPI v3: which operations there are, with which parameters."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.kinds import ResourceType

Document = dict[str, Any]

_META_PREFIX = "io.k8s.apimachinery.pkg.apis.meta.v1."
META = _META_PREFIX + "ObjectMeta"
LIST_META = _META_PREFIX + "ListMeta"
STATUS = _META_PREFIX + "Status"

# Where the schemas of built-in groups are known by name to clients.
_BUILTIN_PREFIX = {
    "": "io.k8s.api.core",
    "events.k8s.io": "io.k8s.api.events",
    "coordination.k8s.io": "io.k8s.api.coordination",
    "apps": "io.k8s.api.apps",
    "batch": "io.k8s.api.batch",
    "policy": "io.k8s.api.policy",
    "rbac.authorization.k8s.io": "io.k8s.api.rbac",
    "scheduling.k8s.io": "io.k8s.api.scheduling",
    "authentication.k8s.io": "io.k8s.api.authentication",
    "authorization.k8s.io": "io.k8s.api.authorization",
    "apiextensions.k8s.io": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
}
_PATCH_TYPES = ("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml")
_STRATEGIC = "application/strategic-merge-patch+json"


def component(rtype: ResourceType) -> str:
    """The schema's name: ``io.k8s.api.core.v1.Node``, ``io.myriarch.v1alpha1.Release``."""
    prefix = _BUILTIN_PREFIX.get(rtype.group) or ".".join(reversed(rtype.group.split(".")))
    return f"{prefix}.{rtype.version}.{rtype.kind}"


def reference(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def paths_of(rtype: ResourceType) -> Document:
    """Paths to operations, of the type and its subresources."""
    root = f"/apis/{rtype.group_version}" if rtype.group else f"/api/{rtype.version}"
    base = f"{root}/namespaces/{{namespace}}" if rtype.namespaced else root
    collection, item = f"{base}/{rtype.plural}", f"{base}/{rtype.plural}/{{name}}"
    spaces = [_path_parameter("namespace")] if rtype.namespaced else []
    out: Document = {
        collection: {
            **_operations(rtype, {"get": "list", "post": "post", "delete": "deletecollection"}),
            "parameters": spaces,
        },
        item: {
            **_operations(rtype, {"get": "get", "put": "put", "patch": "patch", "delete": "delete"}),
            "parameters": [_path_parameter("name"), *spaces],
        },
    }
    if rtype.namespaced:
        out[f"{root}/{rtype.plural}"] = _operations(rtype, {"get": "list"})
    for name in sorted(rtype.subresources):
        methods = {"get": "get", "put": "put", "patch": "patch"}
        out[f"{item}/{name}"] = {
            **_operations(rtype, methods),
            "parameters": [_path_parameter("name"), *spaces],
        }
    return out


def _operations(rtype: ResourceType, methods: dict[str, str]) -> Document:
    return {
        method: _operation(rtype, action)
        for method, action in methods.items()
        if _VERBS.get(action, action) in rtype.verbs
    }


def _operation(rtype: ResourceType, action: str) -> Document:
    answer = component(rtype) + "List" if action == "list" else component(rtype)
    if action in ("delete", "deletecollection"):
        answer = STATUS
    out: Document = {
        "description": f"{action} {rtype.kind}",
        "parameters": [_query(name) for name in _QUERIES[action]],
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": reference(answer)}}}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": rtype.gvk,
    }
    if action in ("post", "put"):
        out["requestBody"] = {
            "content": {"application/json": {"schema": reference(component(rtype))}},
            "required": True,
        }
    if action == "patch":
        kinds = (*_PATCH_TYPES, _STRATEGIC) if rtype.strategic_merge else _PATCH_TYPES
        out["requestBody"] = {"content": {kind: {"schema": {"type": "object"}} for kind in kinds}, "required": True}
    return out


# The verb in discovery, where it is not called as the action is.
_VERBS = {"post": "create", "put": "update"}
_WRITE = ("dryRun", "fieldManager", "fieldValidation")
_LIST = ("allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion")
_WATCH = ("resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch")
_QUERIES: dict[str, tuple[str, ...]] = {
    "get": (),
    "list": _LIST + _WATCH,
    "post": _WRITE,
    "put": _WRITE,
    "patch": (*_WRITE, "force"),
    "delete": ("dryRun", "gracePeriodSeconds", "propagationPolicy"),
    "deletecollection": ("dryRun", *_LIST),
}
_BOOLEANS = frozenset({"allowWatchBookmarks", "force", "sendInitialEvents", "watch"})
_INTEGERS = frozenset({"limit", "timeoutSeconds", "gracePeriodSeconds"})
_MEANING = {
    "dryRun": "All: check and answer as if, but store nothing.",
    "fieldManager": "Who owns the fields that this request writes.",
    "fieldValidation": "What unknown or repeated fields mean: Ignore, Warn or Strict.",
    "force": "Take fields from the managers that own them.",
    "labelSelector": "Only objects with these labels.",
    "fieldSelector": "Only objects with these field values.",
    "limit": "How many objects at most.",
    "continue": "Go on where a list was cut.",
    "watch": "Send changes as they happen.",
}


def _query(name: str) -> Document:
    kind = "boolean" if name in _BOOLEANS else "integer" if name in _INTEGERS else "string"
    return {"name": name, "in": "query", "description": _MEANING.get(name, ""), "schema": {"type": kind}}


def _path_parameter(name: str) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}

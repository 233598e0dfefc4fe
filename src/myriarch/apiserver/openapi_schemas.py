"""The schemas of types as OpenAPI v3 tells them: structures by name, in components of their own.

Inside the server a schema is one tree, with defaults as they are filled in. Clients read the published form:
Kubernetes' own structures are referred to by the names they have there, empty defaults stand where their
fields are values, and what the server fills in by code is not told (but for the keys of list maps). Schemas of
custom resources are told as their definition has them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from myriarch.apiserver.builtin.shapes import TOLD_REQUIRED
from myriarch.apiserver.builtin.tables import shapes
from myriarch.apiserver.checks import EMPTY_ALLOWED
from myriarch.apiserver.list_checks import DOUBLES_ALLOWED
from myriarch.apiserver.objectmeta import MANAGED_FIELDS_ENTRY, OBJECT_META, OWNER_REFERENCE

Node = dict[str, Any]

META_PREFIX = "io.k8s.apimachinery.pkg.apis.meta.v1."
_SCALARS: dict[str, tuple[str, Node]] = {
    "date-time": (META_PREFIX + "Time", {"type": "string", "format": "date-time"}),
    "micro-time": (META_PREFIX + "MicroTime", {"type": "string", "format": "date-time"}),
    "quantity": (
        "io.k8s.apimachinery.pkg.api.resource.Quantity",
        {"oneOf": [{"type": "string"}, {"type": "number"}]},
    ),
    "int-or-string": (
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
        {"format": "int-or-string", "oneOf": [{"type": "integer"}, {"type": "string"}]},
    ),
}
_EMPTY: dict[str, Any] = {"string": "", "integer": 0, "boolean": False, "number": 0}
_TOLD_DEFAULTS = ("protocol",)
_OWN = ("default", "nullable", "properties", "required", EMPTY_ALLOWED, TOLD_REQUIRED)
_OWN_VALUES = ("default", "nullable", EMPTY_ALLOWED, DOUBLES_ALLOWED)
_KIND_PARTS = ("spec", "status")
# Structures that are values where they stand, and so are there even when nobody set them.
_VALUES = frozenset(
    {
        "lastState",
        "loadBalancer",
        "metadata",
        "podAffinityTerm",
        "preference",
        "resources",
        "roleRef",
        "spec",
        "state",
        "status",
        "strategy",
        "template",
        "updateStrategy",
    }
)
_META_NAMES = {
    id(OBJECT_META): META_PREFIX + "ObjectMeta",
    id(OWNER_REFERENCE): META_PREFIX + "OwnerReference",
    id(MANAGED_FIELDS_ENTRY): META_PREFIX + "ManagedFieldsEntry",
}


def reference(name: str) -> Node:
    return {"$ref": f"#/components/schemas/{name}"}


class Publisher:
    """Tells schemas of built-in kinds; ``components`` gathers the structures that they refer to, by name."""

    def __init__(self) -> None:
        self.components: dict[str, Node] = {}

    def whole(self, schema: Node) -> Node:
        """The schema of a whole kind."""
        told = self._struct(schema)
        needed = [name for name in told.pop("required", ()) if name not in _KIND_PARTS]
        return {**told, "required": needed} if needed else told

    def structure(self, node: Node) -> str:
        """Add a named structure and what it refers to; returns its name. Raises KeyError where it has none."""
        name = _name_of(node)
        if name is None:
            raise KeyError("this structure has no name")
        if name not in self.components:
            self.components[name] = {}
            self.components[name] = self._struct(node)
        return name

    def _struct(self, node: Node) -> Node:
        out = {key: value for key, value in node.items() if key not in _OWN}
        needed = sorted([*node.get("required", ()), *node.get(TOLD_REQUIRED, ())])
        if needed:
            out["required"] = needed
        out["properties"] = {
            name: self._field(name, child, required=name in needed) for name, child in node["properties"].items()
        }
        return out

    def _field(self, name: str, node: Node, *, required: bool) -> Node:
        told = {"default": node["default"]} if name in _TOLD_DEFAULTS and "default" in node else {}
        description = {"description": node["description"]} if node.get("description") else {}
        extra = {key: value for key, value in node.items() if key.startswith("x-kubernetes-patch-")}
        component = self._component(node)
        if component is not None:
            empty: Node = {"default": {}} if name in _VALUES and _name_of(node) is not None else {}
            return {**description, **extra, **empty, "allOf": [reference(component)]}
        if required and node.get("type") in _EMPTY:
            told = {"default": _EMPTY[node["type"]]}
        return {**self._inline(node), **told}

    def _item(self, node: Node) -> Node:
        component = self._component(node)
        if component is not None:
            return {"default": {}, "allOf": [reference(component)]} if _name_of(node) else reference(component)
        empty = {"default": _EMPTY[node["type"]]} if node.get("type") in _EMPTY and "format" not in node else {}
        return {**self._inline(node), **empty}

    def _inline(self, node: Node) -> Node:
        if "properties" in node:
            return self._struct(node)
        out = {key: value for key, value in node.items() if key not in _OWN_VALUES}
        if isinstance(node.get("items"), dict):
            out["items"] = self._item(node["items"])
        if isinstance(node.get("additionalProperties"), dict):
            out["additionalProperties"] = self._item(node["additionalProperties"])
        return out

    def _component(self, node: Node) -> str | None:
        if _name_of(node) is not None:
            return self.structure(node)
        scalar = _SCALARS.get(node.get("format", ""))
        if scalar is None:
            return None
        self.components[scalar[0]] = scalar[1]
        return scalar[0]


def _name_of(node: Node) -> str | None:
    return _META_NAMES.get(id(node)) or shapes().name_of(node)


def custom_schema(schema: Node) -> Node:
    """The schema of a custom resource, told as its definition has it."""
    return _custom(schema)


def _custom(node: Node) -> Node:
    out = {key: value for key, value in node.items() if key != "x-kubernetes-validations"}
    if node.get("x-kubernetes-int-or-string") and "anyOf" not in node and "allOf" not in node:
        out["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    deeper: Callable[[Node], Node] = _deeper
    if isinstance(node.get("properties"), dict):
        out["properties"] = {name: deeper(child) for name, child in node["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            out[key] = deeper(node[key])
    return out


def _deeper(node: Node) -> Node:
    """Below the root, rules are told too."""
    rules = {key: node[key] for key in ("x-kubernetes-validations",) if key in node}
    return {**_custom(node), **rules}

"""How a schema divides an object into fields that can be owned one by one.

Maps are divided into their keys unless the schema calls them atomic; lists are one value unless they are a
``map`` (items told apart by keys) or a ``set``. Where there is no schema (unknown fields kept), maps divide
and lists don't. Ownership, merging and comparing all walk objects through ``items_of``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

Node = dict[str, Any]


class Division(StrEnum):
    """How a value is divided."""

    NONE = "none"
    MAP = "map"
    KEYED = "keyed"
    SET = "set"


@dataclass(frozen=True, slots=True, eq=False)
class FieldNode:
    """``properties`` and ``extra`` serve MAP; ``item`` and ``keys`` (name to default) serve KEYED and SET.

    ``closed`` maps have no fields but their properties: others are pruned, so nobody owns them.
    """

    division: Division
    properties: dict[str, FieldNode] = field(default_factory=dict)
    extra: FieldNode | None = None
    item: FieldNode | None = None
    keys: tuple[tuple[str, Any], ...] = ()
    closed: bool = False


LEAF = FieldNode(Division.NONE)
UNTYPED = FieldNode(Division.MAP)


def compile_fields(schema: Node) -> FieldNode:
    """The division of values of this schema."""
    kind = schema.get("type")
    if kind == "array":
        return _list_node(schema)
    if kind in ("string", "integer", "number", "boolean") or schema.get("x-kubernetes-int-or-string"):
        return LEAF
    if schema.get("x-kubernetes-map-type") == "atomic":
        return LEAF
    extra = schema.get("additionalProperties")
    return FieldNode(
        Division.MAP,
        properties={name: compile_fields(node) for name, node in schema.get("properties", {}).items()},
        extra=compile_fields(extra) if isinstance(extra, dict) else None,
        closed="properties" in schema and not extra and not _open(schema),
    )


def _open(schema: Node) -> bool:
    keeps = "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"
    return any(schema.get(key) for key in keeps)


def _list_node(schema: Node) -> FieldNode:
    items = schema.get("items") or {}
    match schema.get("x-kubernetes-list-type"):
        case "map":
            known = items.get("properties", {})
            names = sorted(schema.get("x-kubernetes-list-map-keys", ()))
            keys = tuple((name, known.get(name, {}).get("default")) for name in names)
            return FieldNode(Division.KEYED, item=compile_fields(items), keys=keys)
        case "set":
            return FieldNode(Division.SET, item=LEAF)
        case _:
            return LEAF


def child_node(node: FieldNode, name: str) -> FieldNode:
    """The node of a map's field."""
    return node.properties.get(name) or node.extra or UNTYPED


def items_of(value: Any, node: FieldNode) -> Iterator[tuple[str, Any, FieldNode]] | None:
    """(path element, child, its node) for each part; None where the value is one field."""
    division = node.division
    if division is Division.MAP:
        if not isinstance(value, dict):
            return None
        return (("f:" + name, child, child_node(node, name)) for name, child in value.items())
    if division is Division.NONE or not isinstance(value, list):
        return None
    item = node.item or LEAF
    return ((element(child, node), child, item) for child in value)


def element(child: Any, node: FieldNode) -> str:
    """The path element of a list's item: ``k:{...}`` or ``v:...``."""
    if node.division is Division.KEYED and isinstance(child, dict):
        keys = {name: child.get(name, default) for name, default in node.keys}
        return "k:" + _text(keys)
    return "v:" + _text(child)


def _text(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted").decode()

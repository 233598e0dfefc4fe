"""Pruning: remove the fields that the schema doesn't know, and say which they were.

``x-kubernetes-preserve-unknown-fields`` keeps unknown fields at its level; known fields below it are still
pruned by their own schemas. An embedded resource always keeps apiVersion, kind and metadata.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Prune = Callable[[Any, str, list[str]], None]
Node = dict[str, Any]

_EMBEDDED = ("apiVersion", "kind", "metadata")


def compile_prune(schema: Node) -> Prune | None:
    """A function (value, path, removed) that prunes in place; None where there is nothing to prune."""
    if isinstance(schema.get("items"), dict):
        return _sequence(schema["items"])
    if "properties" in schema or schema.get("type") == "object":
        return _object(schema)
    return None


def _object(schema: Node) -> Prune | None:
    properties: dict[str, Node] = schema.get("properties", {})
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict) and not properties:
        return _mapping(extra)
    known = set(properties)
    if schema.get("x-kubernetes-embedded-resource"):
        known.update(_EMBEDDED)
    keep_unknown = bool(schema.get("x-kubernetes-preserve-unknown-fields")) or bool(extra)
    inner = {name: prune for name, each in properties.items() if (prune := compile_prune(each))}
    if keep_unknown and not inner:
        return None

    def prune_struct(value: Any, path: str, removed: list[str]) -> None:
        if not isinstance(value, dict):
            return
        if not keep_unknown and not known.issuperset(value):
            for name in [n for n in value if n not in known]:
                del value[name]
                removed.append(f"{path}.{name}" if path else name)
        for name, prune in inner.items():
            if name in value:
                prune(value[name], f"{path}.{name}" if path else name, removed)

    return prune_struct


def _mapping(extra: Node) -> Prune | None:
    inner = compile_prune(extra)
    if inner is None:
        return None

    def prune_mapping(value: Any, path: str, removed: list[str]) -> None:
        if isinstance(value, dict):
            for name, child in value.items():
                inner(child, f"{path}.{name}", removed)

    return prune_mapping


def _sequence(items: Node) -> Prune | None:
    inner = compile_prune(items)
    if inner is None:
        return None

    def prune_sequence(value: Any, path: str, removed: list[str]) -> None:
        if isinstance(value, list):
            for index, child in enumerate(value):
                inner(child, f"{path}[{index}]", removed)

    return prune_sequence

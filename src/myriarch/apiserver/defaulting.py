"""Defaulting: fill in what the schema says an absent field means.

As in Kubernetes, a null where the schema doesn't allow one counts as absent: it gets the default or goes.
Defaults are filled from the top down, so a default object gets the defaults of its own fields.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Default = Callable[[Any], None]
Node = dict[str, Any]


def compile_default(schema: Node) -> Default | None:
    """A function that defaults a value of this schema in place; None where there is nothing to do."""
    if schema.get("properties"):
        return _struct(schema)
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        return _mapping(extra)
    if isinstance(schema.get("items"), dict):
        return _sequence(schema["items"])
    return None


def _nullable(schema: Node) -> bool:
    return bool(schema.get("nullable")) or (
        "type" not in schema and bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    )


def _struct(schema: Node) -> Default:
    properties: dict[str, Node] = schema["properties"]
    defaults = [(name, each["default"]) for name, each in properties.items() if "default" in each]
    not_nullable = frozenset(name for name, each in properties.items() if not _nullable(each))
    inner = {name: fill for name, each in properties.items() if (fill := compile_default(each))}

    def fill_struct(value: Any) -> None:
        if not isinstance(value, dict):
            return
        if None in value.values():
            for name in [n for n, v in value.items() if v is None and n in not_nullable]:
                del value[name]
        for name, default in defaults:
            if name not in value:
                value[name] = copy.deepcopy(default)
        for name, fill in inner.items():
            if (child := value.get(name)) is not None:
                fill(child)

    return fill_struct


def _mapping(extra: Node) -> Default | None:
    inner, keeps_null = compile_default(extra), _nullable(extra)
    if inner is None and keeps_null:
        return None
    default = extra.get("default")

    def fill_mapping(value: Any) -> None:
        if not isinstance(value, dict):
            return
        if not keeps_null and None in value.values():
            for name in [n for n, v in value.items() if v is None]:
                if default is None:
                    del value[name]
                else:
                    value[name] = copy.deepcopy(default)
        if inner is not None:
            for child in value.values():
                inner(child)

    return fill_mapping


def _sequence(items: Node) -> Default | None:
    inner = compile_default(items)
    if inner is None:
        return None

    def fill_sequence(value: Any) -> None:
        if isinstance(value, list):
            for child in value:
                inner(child)

    return fill_sequence

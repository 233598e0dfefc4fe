"""Validation of lists: their items, their length, and what is unique in sets and list maps."""

from __future__ import annotations

from typing import Any

import msgspec

from myriarch.apiserver.check_types import Check, Compile, Node
from myriarch.apiserver.errors import FieldError, duplicate, invalid_type, invalid_value, required, too_many

DOUBLES_ALLOWED = "x-doubles-allowed"
"""On a list map of a built-in kind: Kubernetes takes the same key twice."""


def compile_list(schema: Node, compile_check: Compile) -> Check:
    """The check of an array node; ``compile_check`` compiles that of its items."""
    item = compile_check(schema["items"]) if isinstance(schema.get("items"), dict) else None
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    unique = _unique(schema)

    def check_list(value: Any, path: str, errors: list[FieldError]) -> None:
        if type(value) is not list:
            errors.append(invalid_type(path, value, "array"))
            return
        if most is not None and len(value) > most:
            errors.append(too_many(path, len(value), most))
            return
        if len(value) < least:
            errors.append(invalid_value(path, len(value), f"{path} in body should have at least {least} items"))
        before = len(errors)
        if item is not None:
            for index, child in enumerate(value):
                item(child, f"{path}[{index}]", errors)
        if unique is not None and len(errors) == before:
            unique(value, path, errors)

    return check_list


def _unique(schema: Node) -> Check | None:
    kind = schema.get("x-kubernetes-list-type")
    if kind == "map" and not schema.get(DOUBLES_ALLOWED):
        return _unique_keys(schema)
    return _unique_items if kind == "set" or schema.get("uniqueItems") else None


def _unique_items(value: list[Any], path: str, errors: list[FieldError]) -> None:
    seen: set[Any] = set()
    for index, child in enumerate(value):
        mark = child if type(child) is str else msgspec.json.encode(child, order="sorted")
        if mark in seen:
            errors.append(duplicate(f"{path}[{index}]", child))
        seen.add(mark)


def _unique_keys(schema: Node) -> Check:
    keys = tuple(schema.get("x-kubernetes-list-map-keys", ()))
    properties = schema.get("items", {}).get("properties", {})
    defaults = {key: properties.get(key, {}).get("default") for key in keys}

    def check_keys(value: list[Any], path: str, errors: list[FieldError]) -> None:
        seen: set[tuple[Any, ...]] = set()
        for index, child in enumerate(value):
            mark = tuple(child.get(key, defaults[key]) for key in keys)
            where = f"{path}[{index}]"
            errors.extend(required(f"{where}.{key}") for key, part in zip(keys, mark, strict=True) if part is None)
            if mark in seen:
                errors.append(duplicate(where, dict(zip(keys, mark, strict=True))))
            seen.add(mark)

    return check_keys

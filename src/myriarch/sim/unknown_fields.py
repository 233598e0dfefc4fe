"""Fields that a type doesn't know, anywhere in plain data.

The API's own types skip unknown fields, as a client of Kubernetes must; in a scenario a misspelt field of a
policy would silently mean its default. So the data is walked beside the type.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import msgspec.inspect as inspect

Path = tuple[str | int, ...]


def unknown_fields(raw: Any, kind: Any) -> Iterator[tuple[Path, str, list[str]]]:
    """(path of the object, unknown field, known fields most like it first) for each."""
    yield from _walk(raw, inspect.type_info(kind), ())


def _walk(raw: Any, kind: inspect.Type, path: Path) -> Iterator[tuple[Path, str, list[str]]]:
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.UnionType):
        for each in kind.types:
            if _fits(raw, each):
                yield from _walk(raw, each, path)
                return
    elif isinstance(kind, inspect.StructType) and isinstance(raw, dict):
        yield from _walk_struct(raw, kind, path)
    elif isinstance(kind, inspect.ListType | inspect.VarTupleType) and isinstance(raw, list):
        for index, item in enumerate(raw):
            yield from _walk(item, kind.item_type, (*path, index))
    elif isinstance(kind, inspect.DictType) and isinstance(raw, dict):
        for key, value in raw.items():
            yield from _walk(value, kind.value_type, (*path, str(key)))


def _walk_struct(raw: dict[Any, Any], kind: inspect.StructType, path: Path) -> Iterator[tuple[Path, str, list[str]]]:
    known = {field.encode_name: field.type for field in kind.fields}
    for key, value in raw.items():
        if key in known:
            yield from _walk(value, known[key], (*path, key))
        elif key != kind.tag_field:
            near = get_close_matches(str(key), known, n=1, cutoff=0.5)
            yield path, str(key), near + sorted(name for name in known if name not in near)


def _fits(raw: Any, kind: inspect.Type) -> bool:
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.StructType):
        return isinstance(raw, dict) and (kind.tag_field is None or raw.get(kind.tag_field) == kind.tag)
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return isinstance(raw, list)
    return isinstance(kind, inspect.DictType) and isinstance(raw, dict)

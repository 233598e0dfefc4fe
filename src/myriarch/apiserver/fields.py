"""Sets of field paths, and their form in ``managedFields`` (FieldsV1).

A path is a tuple of FieldsV1 elements: ``f:name`` for a field, ``k:{"name":"a"}`` for the item of a list map,
``v:"a"`` for the item of a set. A set of paths is a plain frozenset, so union, difference and intersection
are Python's own. In FieldsV1 a path is in the set where its node is empty or holds ``"."``.

Which lists are maps or sets is told by the schema, compiled in ``field_tree.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from myriarch.apiserver.field_tree import FieldNode, items_of

Path = tuple[str, ...]
FieldSet = frozenset[Path]
EMPTY: FieldSet = frozenset()

_SELF = "."


def from_object(obj: Any, node: FieldNode) -> FieldSet:
    """The fields that an applied configuration states: its leaves, list items, and what is empty."""
    out: list[Path] = []
    _collect_stated(obj, node, (), out)
    return frozenset(out)


def _collect_stated(value: Any, node: FieldNode, path: Path, out: list[Path]) -> None:
    items = items_of(value, node)
    if items is None:
        out.append(path)
        return
    for element, child, child_node in items:
        if node.closed and element[2:] not in node.properties:
            continue
        below = (*path, element)
        if _states_itself(element, child, node):
            out.append(below)
        if child is not None:
            _collect_stated(child, child_node, below, out)


def _states_itself(element: str, child: Any, parent: FieldNode) -> bool:
    """List items, entries of free maps and empty structs are owned as such; named structs and lists only by what is
    in them."""
    if element[0] != "f" or child is None or child == {}:
        return True
    return element[2:] not in parent.properties


def all_paths(value: Any, node: FieldNode, path: Path, out: list[Path]) -> None:
    """Every path in a value, containers too: what comes or goes with it. Appends to ``out``."""
    out.append(path)
    for element, child, child_node in items_of(value, node) or ():
        all_paths(child, child_node, (*path, element), out)


def to_json(paths: Iterable[Path]) -> dict[str, Any]:
    """FieldsV1 of a set."""
    root: dict[str, Any] = {}
    for path in sorted(paths):
        at = root
        for element in path:
            at = at.setdefault(element, {})
        at[_SELF] = {}
    return _tidy(root)


def _tidy(node: dict[str, Any]) -> dict[str, Any]:
    """``{".": {}}`` alone is written ``{}``."""
    if len(node) == 1 and _SELF in node:
        return {}
    return {key: child if key == _SELF else _tidy(child) for key, child in node.items()}


def from_json(fields: Any) -> FieldSet:
    """The set that FieldsV1 says. Raises ValueError where it is no FieldsV1."""
    out: list[Path] = []
    _parse(fields, (), out)
    return frozenset(out)


def _parse(node: Any, path: Path, out: list[Path]) -> None:
    if not isinstance(node, dict):
        raise ValueError(f"FieldsV1 at {show(path) or 'its root'} is no object")
    if not node and path:
        out.append(path)
    for key, child in node.items():
        if key == _SELF:
            out.append(path)
        elif key[:2] in ("f:", "k:", "v:", "i:"):
            _parse(child, (*path, key), out)
        else:
            raise ValueError(f"FieldsV1 has an element of unknown form: {key!r}")


def has(fields: dict[str, Any], path: Path) -> bool:
    """Whether FieldsV1 holds a path, without parsing all of it."""
    at: Any = fields
    for element in path:
        at = at.get(element) if isinstance(at, dict) else None
        if at is None:
            return False
    return not at or _SELF in at


def prefixes(paths: Iterable[Path]) -> set[Path]:
    """The paths and everything above them."""
    return {path[:length] for path in paths for length in range(1, len(path) + 1)}


def show(path: Path) -> str:
    """A path for people: ``.spec.components[component="agent"].revision``."""
    return "".join(_show(element) for element in path)


def _show(element: str) -> str:
    kind, text = element[0], element[2:]
    if kind == "f":
        return f".{text}"
    if kind == "v":
        return f"[={text}]"
    if kind == "i":
        return f"[{text}]"
    keys = msgspec.json.decode(text.encode())
    parts = (f"{key}={msgspec.json.encode(value).decode()}" for key, value in keys.items())
    return f"[{','.join(parts)}]"

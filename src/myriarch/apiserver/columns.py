"""Printer columns: how one cell of a table is taken from an object, and how ages read.

A column has either a JSONPath (columns of CRDs, and of built-ins where a path is enough) or a function. The
JSONPath subset is what printer columns use: ``.a.b``, ``.a[0]``, ``.a[*].b``, ``.a[?(@.type=="Ready")].b``
and ``.a['b.c']``. A path is compiled once, to a tuple of steps. Date cells are ages, as kubectl words them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from myriarch.apiserver.errors import shown
from myriarch.base.clock import parse_rfc3339

Cell = str | int | float | bool | None
Render = Callable[[dict[str, Any], float], Cell]
Step = Callable[[list[Any]], list[Any]]

NONE = "<none>"
UNKNOWN_AGE = "<unknown>"
INVALID_AGE = "<invalid>"


@dataclass(frozen=True, slots=True)
class Column:
    """``type``: string, integer, number, boolean or date. ``priority`` above 0 shows with ``-o wide`` only."""

    name: str
    type: str = "string"
    description: str = ""
    priority: int = 0
    path: str = ""
    render: Render | None = None
    format: str = ""

    def definition(self) -> dict[str, Any]:
        """The ``TableColumnDefinition``."""
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": self.priority,
        }

    def compile(self) -> Render:
        """The function from (object, now in Unix seconds) to the cell."""
        if self.render is not None:
            return self.render
        find, kind = compile_path(self.path), self.type
        if kind == "date":
            return lambda obj, now: _age_cell(find(obj), now)
        return lambda obj, now: _cell(find(obj), kind)


def compile_path(path: str) -> Callable[[Any], list[Any]]:
    """All values that a JSONPath finds in an object. Raises ValueError where the path is not understood."""
    steps = list(_steps(path.strip().removeprefix("{").removesuffix("}").removeprefix("$")))

    def find(obj: Any) -> list[Any]:
        found = [obj]
        for step in steps:
            found = step(found)
        return found

    return find


_TOKEN = re.compile(
    r"""\.?(?P<star>\[\*\]|\.\*)
      | \.(?P<name>(?:\\.|[^.\[\]\\])+)
      | \[(?P<index>-?\d+)\]
      | \[['"](?P<quoted>[^'"]+)['"]\]
      | \[\?\(\s*@\.(?P<key>[\w./-]+)\s*(?P<operator>==|!=)\s*(?P<value>"[^"]*"|'[^']*'|[\w.]+)\s*\)\]
    """,
    re.VERBOSE,
)


def _steps(path: str) -> list[Step]:
    steps: list[Step] = []
    position = 0
    while position < len(path):
        found = _TOKEN.match(path, position)
        if not found or found.end() == position:
            raise ValueError(f"JSONPath {path!r} is not understood at position {position}")
        steps.append(_step(found))
        position = found.end()
    return steps


def _step(token: re.Match[str]) -> Step:
    if token["star"]:
        return lambda nodes: [child for node in nodes for child in _children(node)]
    if token["index"]:
        index = int(token["index"])
        return lambda nodes: [n[index] for n in nodes if isinstance(n, list) and -len(n) <= index < len(n)]
    if token["key"]:
        return _filter(token["key"].split("."), token["operator"] == "==", token["value"].strip("\"'"))
    name = token["quoted"] or token["name"].replace("\\.", ".")
    return lambda nodes: [node[name] for node in nodes if isinstance(node, dict) and name in node]


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node.values())
    return node if isinstance(node, list) else []


def _filter(keys: list[str], equal: bool, wanted: str) -> Step:
    def matches(item: Any) -> bool:
        for key in keys:
            item = item.get(key) if isinstance(item, dict) else None
        return (item is not None and text(item) == wanted) == equal

    return lambda nodes: [item for node in nodes for item in _children(node) if matches(item)]


def text(value: Any) -> str:
    """A value as a cell shows it."""
    if isinstance(value, str):
        return value
    return shown(value)


def _cell(found: list[Any], kind: str) -> Cell:
    values = [value for value in found if value is not None]
    if not values:
        return None
    first = values[0]
    if kind == "string":
        return text(first) if len(values) == 1 else ",".join(text(value) for value in values)
    if isinstance(first, bool):
        return first if kind == "boolean" else None
    if isinstance(first, int | float) and kind in ("integer", "number"):
        return int(first) if kind == "integer" else first
    return text(first)


def _age_cell(found: list[Any], now: float) -> Cell:
    stamp = found[0] if found else None
    return None if stamp is None else age(stamp, now)


def age(stamp: Any, now: float) -> str:
    """How long ago an RFC 3339 time was, as kubectl words it."""
    if not stamp:
        return UNKNOWN_AGE
    try:
        return human_duration(now - parse_rfc3339(stamp))
    except (ValueError, TypeError):
        return INVALID_AGE


_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400


def human_duration(seconds: float) -> str:
    """``45s``, ``3m20s``, ``15m``, ``5h12m``, ``30h``, ``3d4h``, ``40d``, ``2y31d``, ``9y``: two figures at most."""
    whole = int(seconds)
    if seconds < -1:
        return INVALID_AGE
    if whole <= 0:
        return "0s"
    if whole < 2 * _MINUTE:
        return f"{whole}s"
    for limit, unit, letter, fine, fine_letter in _STEPS:
        if whole < limit:
            rest = whole % unit // fine if fine else 0
            return f"{whole // unit}{letter}" + (f"{rest}{fine_letter}" if rest else "")
    return f"{whole // _YEAR}y"


# (below how many seconds, unit, its letter, finer unit or 0, its letter): where a second figure stops helping.
_STEPS = (
    (10 * _MINUTE, _MINUTE, "m", 1, "s"),
    (3 * _HOUR, _MINUTE, "m", 0, ""),
    (8 * _HOUR, _HOUR, "h", _MINUTE, "m"),
    (2 * _DAY, _HOUR, "h", 0, ""),
    (8 * _DAY, _DAY, "d", _HOUR, "h"),
    (2 * _YEAR, _DAY, "d", 0, ""),
    (8 * _YEAR, _YEAR, "y", _DAY, "d"),
)

NAME = Column("Name", description="Unique within its namespace; part of the URL.", path=".metadata.name", format="name")
AGE = Column("Age", description="Time since creation.", render=lambda obj, now: age(created(obj), now))


def created(obj: dict[str, Any]) -> Any:
    return obj.get("metadata", {}).get("creationTimestamp")

"""YAML with places: plain values, and the line on which each of them stands.

Only what YAML 1.2 calls numbers, booleans and null is read as such: ``22:00`` and ``2026-01-05`` stay text,
``yes`` and ``on`` too. A key that stands twice is refused instead of silently winning.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from myriarch.base.errors import UserFault

Path = tuple[str | int, ...]

_BOOL = re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"^[-+]?[0-9]+$")
_FLOAT = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$")
_NULL = re.compile(r"^(?:~|null|Null|NULL|)$")
MAX_DEPTH = 64


class _Loader(yaml.SafeLoader):
    """SafeLoader with the scalars of YAML 1.2's core schema."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", _BOOL, list("tTfF")),
    ("int", _INT, list("-+0123456789")),
    ("float", _FLOAT, list("-+.0123456789")),
    ("null", _NULL, ["~", "n", "N", ""]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, _first)


class Source:
    """A document read from ``name`` (a file's name, for messages). ``raw`` holds plain values."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._lines: dict[Path, int] = {}
        self.raw: Any = self._read(text)

    def line_of(self, path: Path) -> int:
        """Line, from 1, of the value at ``path``, or of the nearest one above it that stands in the file."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def value_at(self, path: Path) -> Any:
        """The plain value at ``path``; None where there is none."""
        value = self.raw
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def fault(self, path: Path, value: object, problem: str, cure: str) -> UserFault:
        """A fault that names file, line and field."""
        return UserFault(f"{self.name}:{self.line_of(path)}: {dotted(path)}", value, problem, cure)

    def _read(self, text: str) -> Any:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            if node is None:
                raise UserFault(self.name, "", "the file is empty", "Write a scenario; see docs/guides/scenarios.md.")
            self._walk(node, ())
            return loader.construct_document(node)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            cure = "Mend the YAML there."
            raise UserFault(f"{self.name}:{line}", error.problem or "", "is not valid YAML", cure) from None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise UserFault(self.name, str(error)[:80], "is not valid YAML", "Mend the file.") from None
        finally:
            loader.dispose()

    def _walk(self, node: yaml.Node, path: Path) -> None:
        if len(path) > MAX_DEPTH:
            raise UserFault(self.name, dotted(path)[:80], "is nested too deeply", "Mend the file.")
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self._walk(item, (*path, index))
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, item in node.value:
                name = str(key.value)
                if name in seen:
                    where = f"{self.name}:{key.start_mark.line + 1}: {dotted((*path, name))}"
                    raise UserFault(where, name, "stands twice", "Keep one of them.")
                seen.add(name)
                self._lines[*path, name] = key.start_mark.line + 1
                self._walk(item, (*path, name))


def dotted(path: Path) -> str:
    """``spec.faults[0].rate``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else step)
    return text or "document"


_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def parse_path(text: str) -> Path:
    """The path that msgspec writes as ``$.spec.faults[0].rate``; it ends before a ``[...]`` (a key of a map)."""
    steps: list[str | int] = []
    for name, index in _STEP.findall(text.removeprefix("$")):
        if index == "...":
            break
        steps.append(int(index) if index else name)
    return tuple(steps)

"""Schemas of built-in kinds, written as small tables: one line a structure, one word a field.

The fields of Kubernetes' own kinds are many and regular, so they are stated in a language of their own and
turned into OpenAPI v3 here. A structure is a name, a colon, and fields; lines that begin with a blank go on
with the structure above. A field reads ``name`` (a string), or ``name:type`` with what follows:

===================  ==============================================================================
``name!``            the field is required; ``name!?``: it is told so, and checked in code
``:enum(A,B)``       one of these strings, or the empty one
``:int32`` ...       string, bool, int32, int64, time, microtime, bytes, quantity, intstr, any, object
``:Other``           another structure of the same tables; ``:[T]`` a list, ``:{T}`` a map
``@a,b``             a list map with these keys; strategic merge goes by the first
``^a``               a list that only strategic merge takes for a map, by this key
``~set``, ``~atomic``  a set; a map or structure that has one owner (lists have one anyway)
``+loose``           a list map in which keys may be there twice
``+retain``          strategic merge keeps only the keys that a patch names
``="x"``             the default, as JSON
===================  ==============================================================================

A line ``@prefix`` gives what comes before the names of the structures below it (``io.k8s.api.core.v1``), as
clients know them. After `` -- `` a structure's line may say what it is. Equal names share one schema object, so
that whoever prints OpenAPI can refer to it by ``name_of``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from myriarch.apiserver.checks import EMPTY_ALLOWED
from myriarch.apiserver.list_checks import DOUBLES_ALLOWED
from myriarch.apiserver.objectmeta import OBJECT_META, array

Node = dict[str, Any]

TOLD_REQUIRED = "x-told-required"
"""Fields that OpenAPI calls required beside those that the schema requires."""

_SCALARS: Mapping[str, Node] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "time": {"type": "string", "format": "date-time", "nullable": True},
    "microtime": {"type": "string", "format": "micro-time", "nullable": True},
    "bytes": {"type": "string", "format": "byte"},
    "quantity": {"x-kubernetes-int-or-string": True, "format": "quantity"},
    "intstr": {"x-kubernetes-int-or-string": True, "format": "int-or-string"},
    "any": {"x-kubernetes-preserve-unknown-fields": True},
    "object": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
}
_CLOSING = {"[": "]", "{": "}"}
_FIELD = re.compile(
    r"(?P<name>[^\s:!?=~@^+]+)(?P<required>!?)(?P<told>\??)(?::(?P<type>[\[{]*(?:enum\([\w,]+\)|\w+)[\]}]*))?"
    r"(?:@(?P<keys>[\w,]+))?(?:\^(?P<merge>\w+))?(?:~(?P<kind>set|atomic))?(?P<retain>\+retain)?"
    r"(?P<loose>\+loose)?"
    r"(?:=(?P<default>\S+))?\Z"
)
_LINE = re.compile(r"(?P<name>\w+)(?P<atomic>~atomic)?:(?P<fields>.*?)(?: -- (?P<description>.*))?\Z")


class Shapes:
    """The structures of some tables, by name. Raises ValueError for a table that can't be read."""

    def __init__(self, *tables: str) -> None:
        self._lines: dict[str, re.Match[str]] = {}
        self._prefixes: dict[str, str] = {}
        prefix = ""
        for line in _joined(tables):
            if line.startswith("@"):
                prefix = line[1:]
                continue
            found = _LINE.match(line)
            if found is None:
                raise ValueError(f"not a structure: {line!r}")
            self._lines[found["name"]] = found
            self._prefixes[found["name"]] = prefix
        self._made: dict[str, Node] = {"ObjectMeta": OBJECT_META}
        self._names: dict[int, str] = {}
        self._kept: list[Node] = []  # named by identity, so they must live as long as their names

    def __getitem__(self, name: str) -> Node:
        """The schema of a structure: the same object each time."""
        node = self._made.get(name)
        if node is None:
            node = self._made[name] = self._struct(self._lines[name])
            self._names[id(node)] = name
        return node

    def described(self, name: str, description: str) -> Node:
        """The structure's schema with a description of its place."""
        node = self[name]
        copy = {"description": description, **node}
        self._names[id(copy)] = name
        self._kept.append(copy)
        return copy

    def name_of(self, node: Node) -> str | None:
        """The structure's full name, where ``node`` is one of these schema objects."""
        name = self._names.get(id(node))
        return None if name is None else f"{self._prefixes[name]}.{name}"

    def _struct(self, line: re.Match[str]) -> Node:
        properties: Node = {}
        needed: list[str] = []
        told: list[str] = []
        for word in line["fields"].split():
            found = _FIELD.match(word)
            if found is None:
                raise ValueError(f"{line['name']}: not a field: {word!r}")
            properties[found["name"]] = self._field(found)
            if found["required"]:
                (told if found["told"] else needed).append(found["name"])
        out: Node = {"type": "object", "properties": properties}
        if line["description"]:
            out["description"] = line["description"]
        if needed:
            out["required"] = needed
        if told:
            out[TOLD_REQUIRED] = told
        if line["atomic"]:
            out["x-kubernetes-map-type"] = "atomic"
        return out

    def _field(self, found: re.Match[str]) -> Node:
        node = self._type(found["type"] or "string", found)
        more: Node = {}
        if found["retain"]:
            more["x-kubernetes-patch-strategy"] = "merge,retainKeys" if found["keys"] else "retainKeys"
        if found["loose"]:
            more[DOUBLES_ALLOWED] = True
        if found["default"] is not None:
            more["default"] = msgspec.json.decode(found["default"])
        if found["kind"] == "atomic" and node.get("type") == "object":
            more["x-kubernetes-map-type"] = "atomic"
        if not more:
            return node
        copy = {**node, **more}
        if (name := self._names.get(id(node))) is not None:
            self._names[id(copy)] = name
            self._kept.append(copy)
        return copy

    def _type(self, text: str, found: re.Match[str]) -> Node:
        if text[:1] in _CLOSING and text[-1] != _CLOSING[text[0]]:
            raise ValueError(f"not a field: {found[0]!r}")
        if text[0] == "[":
            keys = tuple(found["keys"].split(",")) if found["keys"] else ()
            kind = "" if found["merge"] else found["kind"] or "atomic"
            node = array("", self._type(text[1:-1], found), keys=keys, kind=kind)
            if found["merge"]:
                node |= {"x-kubernetes-patch-strategy": "merge", "x-kubernetes-patch-merge-key": found["merge"]}
            del node["description"]
            return node
        if text.startswith("enum("):
            return {"type": "string", "enum": sorted(text[5:-1].split(",")), EMPTY_ALLOWED: True}
        if text[0] == "{":
            return {"type": "object", "additionalProperties": self._type(text[1:-1], found)}
        return dict(_SCALARS[text]) if text in _SCALARS else self[text]


def _joined(tables: tuple[str, ...]) -> list[str]:
    """One line a structure; what begins with a blank goes on with the line above."""
    lines: list[str] = []
    for line in "\n".join(tables).splitlines():
        if line.startswith(" ") and lines:
            lines[-1] += line
        elif line.strip():
            lines.append(line.strip())
    return lines

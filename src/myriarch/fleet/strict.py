"""Strict decoding of what users write: every refusal names the field, the value and the cure.

msgspec decodes and checks types; its messages name a path but neither the value nor what would have been
right. This turns them into UserFaults, looking both up in the document and in the types.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

import msgspec
import yaml

from myriarch.base.errors import UserFault

T = TypeVar("T")
_PATH = re.compile(r"^(?P<problem>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`")


def load_yaml(text: str, source: str) -> Any:
    """One YAML (or JSON) document. Raises UserFault with file and line where it can't be read."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{source}:{mark.line + 1}" if mark else source
        problem = getattr(error, "problem", None) or "unreadable"
        raise UserFault(place, "YAML", str(problem), "Mend the YAML syntax there.") from error


def convert(document: Any, kind: type[T], source: str) -> T:
    """``document`` as a ``kind``. Raises UserFault naming the first thing that is wrong."""
    try:
        return msgspec.convert(document, kind, strict=True)
    except msgspec.ValidationError as error:
        raise _fault(str(error), document, kind, source) from error


def _fault(message: str, document: Any, kind: type[Any], source: str) -> UserFault:
    found = _PATH.match(message)
    path, problem = ((found["path"] or ""), found["problem"]) if found else ("", message)
    steps: list[str | int] = []
    for name, index in _STEP.findall(path):
        if not name and not index:
            break  # [...] stands for any key of a mapping
        steps.append(name or int(index))
    value, type_ = _value_at(document, steps), _type_at(kind, steps)
    place = source + ": " + (path.removeprefix(".") or "document")
    unknown = _UNKNOWN.search(problem)
    if unknown:
        name = unknown["name"]
        shown = value.get(name) if isinstance(value, dict) else value
        base = "" if place.endswith(": document") else place + "."
        return UserFault(f"{base or source + ': '}{name}", shown, "unknown field", _names(type_, name))
    return UserFault(place, value, problem[:1].lower() + problem[1:], "Give a value of the expected type.")


def _value_at(document: Any, steps: list[str | int]) -> Any:
    for step in steps:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def _type_at(kind: Any, steps: list[str | int]) -> Any:
    for step in steps:
        if isinstance(step, str) and _is_struct(kind):
            fields = {each.encode_name: each.type for each in msgspec.structs.fields(kind)}
            kind = fields.get(step)
        else:
            arguments = get_args(kind)
            kind = arguments[-1 if isinstance(step, str) else 0] if arguments else None
    return kind


def _names(kind: Any, wrong: str) -> str:
    """A cure: the fields there are, the likeliest first."""
    if not _is_struct(kind):
        return "Remove it."
    names = [each.encode_name for each in msgspec.structs.fields(kind)]
    close = get_close_matches(wrong, names, n=1)
    hint = f"Did you mean {close[0]}? " if close else "Remove it. "
    return f"{hint}Fields here are: {', '.join(names)}."


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)

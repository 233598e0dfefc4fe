"""Reading files that hold Kubernetes objects, strictly.

An API server prunes fields that it doesn't know; a policy with a mistyped field would go out with the
default in its place. So a file given to the command line is refused for every unknown field and every wrong
type, with the path of the field, what was given, and what to write.
"""

from __future__ import annotations

import difflib
import types
import typing
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import yaml

from myriarch.api.meta import API_VERSION, Duration, Resource
from myriarch.base.errors import UserFault
from myriarch.cli.exits import refuse
from myriarch.cli.yaml_keys import doubled_keys

R = TypeVar("R", bound=Resource)

FILE_BYTES_MAX: Final = 4 * 1024 * 1024
ABSENT: Final = "(absent)"
_IN_WORDS: Final = (
    ("Expected", "is not"),
    ("`array` of length >= 1", "a list of 1 or more"),
    ("`array`", "a list"),
    ("`object`", "a mapping"),
    ("`str`", "text"),
    ("`int`", "a whole number"),
    ("`float`", "a number"),
    ("`bool`", "true or false"),
    ("`null`", "null"),
    (", got", ": it is"),
    ("`", "'"),
)
"""Of what msgspec says of a wrong value, in order, and what a user is told."""


def read_manifest(path: Path, kind: type[R], field: str) -> R:
    """The one object of ``kind`` in the file. Raises UserFault or Faults for whatever is wrong with it."""
    document = read_document(path, field)
    wanted = next(str(each.default) for each in msgspec.structs.fields(kind) if each.name == "kind")
    for key, value in (("apiVersion", API_VERSION), ("kind", wanted)):
        if document.get(key) != value:
            raise UserFault(key, document.get(key, ABSENT), f"{path} is no {wanted}", f"Write {key}: {value}.")
    return decode_strictly(document, kind)


def read_document(path: Path, field: str) -> dict[str, Any]:
    """The one YAML or JSON mapping in the file."""
    try:
        size = path.stat().st_size
        if size > FILE_BYTES_MAX:
            raise UserFault(field, str(path), f"has {size} bytes, the limit is {FILE_BYTES_MAX}", "Give another file.")
        text = path.read_text("utf-8")
        documents = [found for found in yaml.safe_load_all(text) if found is not None]
    except OSError as error:
        raise UserFault(field, str(path), error.strerror or "unreadable", "Give a readable file.") from None
    except UnicodeDecodeError:
        raise UserFault(field, str(path), "is not text in UTF-8", "Give a YAML or JSON file.") from None
    except yaml.YAMLError as error:
        raise UserFault(field, str(path), f"is not YAML: {_where(error)}", "Mend it there.") from None
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise UserFault(field, str(path), f"holds {len(documents)} documents", "Give a file with one object.")
    refuse([fault for _, fault in doubled_keys(text, field)])
    return documents[0]


def decode_strictly(document: dict[str, Any], kind: type[R]) -> R:
    """Refuse unknown fields, all of them at once, then the first value of a wrong type."""
    refuse(list(unknown_fields(document, kind, "")))
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise _fault(str(error), document, kind) from None


def unknown_fields(value: Any, kind: Any, path: str) -> typing.Iterator[UserFault]:
    """Fields below ``value`` that the type doesn't have. Metadata is Kubernetes' own and passes."""
    kind = _bare(kind)
    origin = typing.get_origin(kind)
    if origin is list and isinstance(value, list):
        for index, item in enumerate(value):
            yield from unknown_fields(item, typing.get_args(kind)[0], f"{path}[{index}]")
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        fields = _fields(kind)
        for key, item in value.items():
            here = f"{path}.{key}" if path else str(key)
            if key in fields:
                if here != "metadata":
                    yield from unknown_fields(item, fields[key], here)
                continue
            near = difflib.get_close_matches(str(key), fields, n=1)
            cure = f"Did you mean {near[0]!r}?" if near else f"Remove it; known are: {', '.join(sorted(fields))}."
            yield UserFault(here, item, "there is no such field", cure)


@lru_cache(maxsize=128)
def _fields(kind: type[msgspec.Struct]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind, include_extras=True)
    return {field.encode_name: hints[field.name] for field in msgspec.structs.fields(kind)}


def _bare(kind: Any) -> Any:
    """The type without its annotations, and without ``| None``."""
    while typing.get_origin(kind) is typing.Annotated:
        kind = typing.get_args(kind)[0]
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        inner = [each for each in typing.get_args(kind) if each is not type(None)]
        return _bare(inner[0]) if len(inner) == 1 else kind
    return kind


def _fault(message: str, document: dict[str, Any], kind: Any) -> UserFault:
    """msgspec says ``Expected `int`, got `str` - at `$.spec.x[0]```: take it apart."""
    problem, _, place = message.partition(" - at ")
    path = place.strip("`").removeprefix("$").removeprefix(".")
    value = value_at(document, path)
    if problem.startswith("Object missing required field"):
        missing = problem.rpartition("field ")[2].strip("`")
        field = f"{path}.{missing}" if path else missing
        return UserFault(field, ABSENT, "is required", f"Add {missing}.")
    wanted = _type_at(kind, path)
    if _is_duration(wanted):
        return UserFault(path, value, "is no duration", "Write one such as 30s, 10m or 1h30m.")
    for told, plain in _IN_WORDS:
        problem = problem.replace(told, plain)
    return UserFault(path or "file", value, problem, _cure(_bare(wanted)))


def _is_duration(kind: Any) -> bool:
    """Whether ``Duration`` is, or is in, the annotated type."""
    marks = getattr(kind, "__metadata__", ())
    return typing.get_args(Duration)[1] in marks or any(_is_duration(each) for each in typing.get_args(kind))


def _cure(kind: Any) -> str:
    """What to write in the place of a wrong value."""
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return f"Write one of: {', '.join(kind)}."
    return "Write a value of that form."


def _type_at(kind: Any, path: str) -> Any:
    """The type of what stands at ``path``, with its annotations; None where it can't be followed."""
    for part in _steps(path):
        kind = _bare(kind)
        arguments = typing.get_args(kind)
        if part.startswith("["):
            kind = arguments[0] if arguments else None
        else:
            kind = _fields(kind).get(part) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None
    return kind


def _steps(path: str) -> list[str]:
    """``spec.stages[0].name`` as ``spec``, ``stages``, ``[0]``, ``name``."""
    return [part for part in path.replace("[", ".[").split(".") if part]


def value_at(document: Any, path: str) -> object:
    """What stands at ``spec.stages[0].name``; a mark where msgspec's path can't be followed."""
    found = document
    for part in _steps(path):
        try:
            found = found[int(part[1:-1])] if part.startswith("[") else found[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return "(see file)"
    return found


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "malformed"
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark else str(problem)

"""OpenAPI v3 schemas of the API structs, in the structural form that Kubernetes demands of a CRD.

The Python types are the one source: constraints and descriptions come from ``msgspec.Meta``, marks such as
``x-kubernetes-list-type`` from its ``extra_json_schema``, CEL rules from a struct's ``__rules__``, and the
description of a nested struct from its docstring where the field says nothing. JSON Schema as msgspec prints
it won't do: it uses ``$ref``, ``anyOf`` with null, and numeric ``exclusiveMinimum``, all of which an API
server refuses. What surrounds a schema (names, scope, columns) is in ``api/crd.py``.

Defaults are written for numbers, booleans, enumerations and strings that are not empty, so that what a user
reads back is what holds. Nothing is defaulted inside a status: only controllers write there.
"""

from __future__ import annotations

import copy
import enum
import inspect as pyinspect
from typing import Any

from msgspec import inspect

from myriarch.api.rule import Rule
from myriarch.base.errors import ProgrammerError

JsonSchema = dict[str, Any]

INT_OR_STRING: JsonSchema = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "x-kubernetes-int-or-string": True,
}
PRESERVE = "x-kubernetes-preserve-unknown-fields"
MAX_DEPTH = 24
"""Structs nest no deeper; more means that a struct contains itself, which a structural schema can't say."""


def schema_of_struct(struct: type, *, defaults: bool) -> JsonSchema:
    """The structural schema of a struct; ``defaults`` says whether default values are written into it.

    Raises ProgrammerError for a type that has no structural schema.
    """
    info = inspect.type_info(struct)
    if not isinstance(info, inspect.StructType):
        raise ProgrammerError(f"{struct.__name__} is no struct")
    return _struct(info, (struct.__name__,), defaults)


def _schema(kind: inspect.Type, path: tuple[str, ...], defaults: bool) -> JsonSchema:
    match kind:
        case inspect.Metadata():
            return _schema(kind.type, path, defaults) | copy.deepcopy(kind.extra_json_schema or {})
        case inspect.StructType():
            return _struct(kind, path, defaults)
        case inspect.UnionType():
            return _union(kind, path, defaults)
        case inspect.ListType() | inspect.SetType() | inspect.FrozenSetType() | inspect.VarTupleType():
            return _array(kind, path, defaults)
        case inspect.DictType():
            return _map(kind, path, defaults)
        case inspect.AnyType() | inspect.RawType():
            return {PRESERVE: True}
        case _:
            return _scalar(kind, path)


def _struct(info: inspect.StructType, path: tuple[str, ...], defaults: bool) -> JsonSchema:
    if info.tag_field or len(path) > MAX_DEPTH:
        raise ProgrammerError(f"{'.'.join(path)}: tagged or recursive structs have no structural schema")
    schema: JsonSchema = {"type": "object"}
    if about := description_of(info.cls):
        schema = {"description": about, **schema}
    if required := [field.encode_name for field in info.fields if field.required]:
        schema["required"] = required
    schema["properties"] = {
        field.encode_name: _field(field, (*path, field.encode_name), defaults) for field in info.fields
    }
    if rules := [_rule(rule) for rule in getattr(info.cls, "__rules__", ())]:
        schema["x-kubernetes-validations"] = rules
    return schema


def _field(field: inspect.Field, path: tuple[str, ...], defaults: bool) -> JsonSchema:
    schema = _schema(field.type, path, defaults)
    default = field.default.value if isinstance(field.default, enum.Enum) else field.default
    if defaults and isinstance(default, bool | int | float | str) and default != "":
        whole = isinstance(default, float) and default.is_integer()  # as an API server writes it: 2, never 2.0
        schema.setdefault("default", int(default) if whole else default)
    return schema


def _rule(rule: Rule) -> JsonSchema:
    written = {"rule": rule.rule, "message": rule.message, "reason": rule.reason}
    return written | ({"fieldPath": rule.field_path} if rule.field_path else {})


def _union(union: inspect.UnionType, path: tuple[str, ...], defaults: bool) -> JsonSchema:
    """``X | None`` is X that may be absent; ``int | str`` is int-or-string; other unions have no schema."""
    choices = [choice for choice in union.types if not isinstance(choice, inspect.NoneType)]
    if len(choices) == 1:
        return _schema(choices[0], path, defaults)
    schemas = [_schema(choice, path, defaults) for choice in choices]
    if sorted(schema.pop("type", "") for schema in schemas) != ["integer", "string"]:
        raise ProgrammerError(f"{'.'.join(path)}: only X | None and int | str have a structural schema")
    bounds = {key: value for schema in schemas for key, value in schema.items() if key != "format"}
    return copy.deepcopy(INT_OR_STRING) | bounds


_Array = inspect.ListType | inspect.SetType | inspect.FrozenSetType | inspect.VarTupleType


def _array(kind: _Array, path: tuple[str, ...], defaults: bool) -> JsonSchema:
    schema = {"type": "array", "items": _schema(kind.item_type, (*path, "items"), defaults)}
    if isinstance(kind, inspect.SetType | inspect.FrozenSetType):
        schema["x-kubernetes-list-type"] = "set"
    return schema | _bounds(kind, min_length="minItems", max_length="maxItems")


def _map(kind: inspect.DictType, path: tuple[str, ...], defaults: bool) -> JsonSchema:
    """An open map keeps what it doesn't know; any other has one schema for all values."""
    schema: JsonSchema = {"type": "object"}
    values = _schema(kind.value_type, (*path, "*"), defaults)
    if values == {PRESERVE: True}:
        schema[PRESERVE] = True
    else:
        schema["additionalProperties"] = values
    return schema | _bounds(kind, min_length="minProperties", max_length="maxProperties")


def _scalar(kind: inspect.Type, path: tuple[str, ...]) -> JsonSchema:
    match kind:
        case inspect.StrType():
            bounds = _bounds(kind, min_length="minLength", max_length="maxLength", pattern="pattern")
            return {"type": "string"} | bounds
        case inspect.IntType():
            return {"type": "integer", "format": "int64"} | _range(kind)
        case inspect.FloatType():
            return {"type": "number"} | _range(kind)
        case inspect.BoolType():
            return {"type": "boolean"}
        case inspect.EnumType():
            return _choices([member.value for member in kind.cls], path)
        case inspect.LiteralType():
            return _choices(list(kind.values), path)
        case _:
            raise ProgrammerError(f"{'.'.join(path)}: {type(kind).__name__} has no structural schema")


def _choices(values: list[Any], path: tuple[str, ...]) -> JsonSchema:
    if not all(isinstance(value, str) for value in values):
        raise ProgrammerError(f"{'.'.join(path)}: only strings are enumerated")
    return {"type": "string", "enum": values}


def _range(kind: inspect.IntType | inspect.FloatType) -> JsonSchema:
    """OpenAPI v3.0 says "greater than" as a minimum with a flag."""
    schema = _bounds(kind, ge="minimum", le="maximum", multiple_of="multipleOf")
    if kind.gt is not None:
        schema |= {"minimum": kind.gt, "exclusiveMinimum": True}
    if kind.lt is not None:
        schema |= {"maximum": kind.lt, "exclusiveMaximum": True}
    return schema


def _bounds(kind: inspect.Type, **names: str) -> JsonSchema:
    """Those constraints of ``kind`` that are set, under their OpenAPI names."""
    return {name: value for ours, name in names.items() if (value := getattr(kind, ours)) is not None}


def description_of(struct: type) -> str:
    """First paragraph of a type's own docstring on one line, or nothing."""
    text = pyinspect.cleandoc(struct.__doc__ or "")
    return " ".join(text.split("\n\n")[0].split())

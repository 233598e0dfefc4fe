"""Validation of types, forms and bounds: a schema node becomes one function over a value.

A compiled check takes (value, path, errors) and appends; nothing is raised, so that a user sees every mistake
at once. Messages are worded as Kubernetes words them. Lists, and what is unique in them, are in
``list_checks.py``; the combinators (anyOf, oneOf, allOf, not) in ``combined_checks.py``. Both are handed
``compile_check`` for the schemas within.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from myriarch.apiserver.check_types import Check, Node
from myriarch.apiserver.combined_checks import compile_combined
from myriarch.apiserver.errors import (
    FieldError,
    invalid_type,
    invalid_value,
    required,
    shown,
    too_long,
    too_many,
    unsupported,
)
from myriarch.apiserver.formats import FORMATS
from myriarch.apiserver.list_checks import compile_list

EMPTY_ALLOWED = "x-empty-allowed"
"""On an enumeration of a built-in kind: the empty string means absent."""

_INTEGER_BOUNDS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_EMBEDDED = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}


def compile_check(schema: Node) -> Check:
    """The check of one schema node. Raises ValueError for a pattern or type that can't be compiled."""
    own = _typed(schema)
    if "enum" in schema:
        own = _then(own, _enum(schema["enum"], empty=bool(schema.get(EMPTY_ALLOWED))))
    combined = compile_combined(schema, compile_check)
    if combined is not None:
        own = _then(own, combined)
    return _or_null(own) if schema.get("nullable") else own


def _typed(schema: Node) -> Check:
    if schema.get("x-kubernetes-int-or-string"):
        return _int_or_string(schema)
    kind = schema.get("type")
    match kind:
        case "object":
            return _object(schema)
        case "array":
            return compile_list(schema, compile_check)
        case "string":
            return _string(schema)
        case "integer" | "number":
            return _number(schema, kind)
        case "boolean":
            return _boolean
        case None:
            return _untyped(schema)
        case _:
            raise ValueError(f"unknown type {kind!r} in a schema")


def anything(_value: Any, _path: str, _errors: list[FieldError]) -> None:
    """Accepts every value."""


def _then(first: Check, second: Check) -> Check:
    def both(value: Any, path: str, errors: list[FieldError]) -> None:
        before = len(errors)
        first(value, path, errors)
        if len(errors) == before:
            second(value, path, errors)

    return second if first is anything else both


def _or_null(check: Check) -> Check:
    def checked(value: Any, path: str, errors: list[FieldError]) -> None:
        if value is not None:
            check(value, path, errors)

    return checked


def _untyped(schema: Node) -> Check:
    """Within combinators, and where unknown fields are kept: checks what fits the value's own type."""
    per_type: dict[type, Check] = {}
    if schema.keys() & {"properties", "required", "minProperties", "maxProperties"}:
        per_type[dict] = _object(schema)
    if schema.keys() & {"pattern", "minLength", "maxLength", "format"}:
        per_type[str] = _string(schema)
    if schema.keys() & {"minimum", "maximum", "multipleOf"}:
        per_type[int] = per_type[float] = _number(schema, "number")
    if not per_type:
        return anything
    return lambda value, path, errors: per_type.get(type(value), anything)(value, path, errors)


def _enum(allowed: list[Any], *, empty: bool) -> Check:
    texts = frozenset([each for each in allowed if isinstance(each, str)] + ([""] if empty else []))

    def check_enum(value: Any, path: str, errors: list[FieldError]) -> None:
        if isinstance(value, str) and value in texts:
            return
        if not any(type(value) is type(each) and value == each for each in allowed):
            errors.append(unsupported(path, value, [each for each in allowed if each is not None]))

    return check_enum


def _boolean(value: Any, path: str, errors: list[FieldError]) -> None:
    if value is not True and value is not False:
        errors.append(invalid_type(path, value, "boolean"))


def _int_or_string(schema: Node) -> Check:
    bounds = {key: value for key, value in schema.items() if key in ("minimum", "maximum")}
    number, text = _number(bounds, "integer"), _string({k: schema[k] for k in ("pattern", "maxLength") if k in schema})

    def check_either(value: Any, path: str, errors: list[FieldError]) -> None:
        if isinstance(value, str):
            text(value, path, errors)
        elif type(value) is int:
            number(value, path, errors)
        else:
            errors.append(invalid_type(path, value, "integer,string"))

    return check_either


def _string(schema: Node) -> Check:
    least, most, pattern = schema.get("minLength", 0), schema.get("maxLength"), schema.get("pattern")
    search = _pattern(pattern).search if pattern else None
    form = schema.get("format", "")
    good_form = FORMATS.get(form)

    def check_string(value: Any, path: str, errors: list[FieldError]) -> None:
        if type(value) is not str:
            errors.append(invalid_type(path, value, "string"))
            return
        if most is not None and len(value) > most:
            errors.append(too_long(path, most))
        if len(value) < least:
            errors.append(invalid_value(path, value, f"{path} in body should be at least {least} chars long"))
        if search is not None and search(value) is None:
            errors.append(invalid_value(path, value, f"{path} in body should match '{pattern}'"))
        if good_form is not None and not good_form(value):
            problem = f'Invalid value: {shown(value)}: {path} in body must be of type {form}: "{value}"'
            errors.append(FieldError(path, "FieldValueTypeInvalid", problem))

    return check_string


def _pattern(pattern: str) -> re.Pattern[str]:
    """Kubernetes patterns are RE2: ``\\z`` there is ``\\Z`` here, and ``$`` matches only at the very end."""
    text = pattern.replace("\\z", "\\Z")
    text = re.sub(r"(?<!\\)\$(?=\)*\Z|\|)", r"\\Z", text)
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"pattern {pattern!r} can't be compiled: {error}") from None


def _number(schema: Node, kind: str) -> Check:
    low, high = _INTEGER_BOUNDS.get(schema.get("format", ""), (None, None)) if kind == "integer" else (None, None)
    bounds = _bounds(schema)
    form = schema.get("format", "")

    def check_number(value: Any, path: str, errors: list[FieldError]) -> None:
        actual = type(value)
        if actual is not int and not (actual is float and (kind == "number" or value.is_integer())):
            errors.append(invalid_type(path, value, kind))
            return
        if low is not None and high is not None and not low <= value <= high:
            errors.append(invalid_value(path, value, f"{path} in body must be of type {form}: {value}"))
        for holds, words in bounds:
            if not holds(value):
                errors.append(invalid_value(path, value, f"{path} in body should be {words}"))

    return check_number


def _bounds(schema: Node) -> list[tuple[Callable[[Any], bool], str]]:
    out: list[tuple[Callable[[Any], bool], str]] = []
    least, most, step = schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf")
    if least is not None and schema.get("exclusiveMinimum"):
        out.append((lambda value: value > least, f"greater than {least}"))
    elif least is not None:
        out.append((lambda value: value >= least, f"greater than or equal to {least}"))
    if most is not None and schema.get("exclusiveMaximum"):
        out.append((lambda value: value < most, f"less than {most}"))
    elif most is not None:
        out.append((lambda value: value <= most, f"less than or equal to {most}"))
    if step:
        out.append((lambda value: value % step == 0, f"a multiple of {step}"))
    return out


def _object(schema: Node) -> Check:
    properties = {**(_EMBEDDED if schema.get("x-kubernetes-embedded-resource") else {}), **schema.get("properties", {})}
    checks = {name: check for name, node in properties.items() if (check := compile_check(node)) is not anything}
    needed = list(schema.get("required", ()))
    if schema.get("x-kubernetes-embedded-resource"):
        needed += [name for name in ("apiVersion", "kind") if name not in needed]
    extra_schema = schema.get("additionalProperties")
    extra = compile_check(extra_schema) if isinstance(extra_schema, dict) else None
    least, most = schema.get("minProperties", 0), schema.get("maxProperties")

    def check_object(value: Any, path: str, errors: list[FieldError]) -> None:
        if type(value) is not dict:
            errors.append(invalid_type(path, value, "object"))
            return
        prefix = f"{path}." if path else ""
        for name in needed:
            if name not in value:
                errors.append(required(prefix + name))
        for name, child in value.items():
            check = checks.get(name, extra)
            if check is not None:
                check(child, prefix + name, errors)
        if most is not None and len(value) > most:
            errors.append(too_many(path, len(value), most))
        if len(value) < least:
            errors.append(invalid_value(path, len(value), f"{path} in body should have at least {least} properties"))

    return check_object

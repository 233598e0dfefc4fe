"""What is wrong with one field of an object, worded as Kubernetes words it.

Schema validation, rules and metadata checks all return lists of ``FieldError``; ``status.invalid`` turns
them into one ``Status``. The words after the path (``Invalid value: "x": must be ...``) are built here, so
that they are the same wherever they come from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

SHOWN_VALUE_CHARS = 500


@dataclass(frozen=True, slots=True)
class FieldError:
    """``field`` is a dotted path (``spec.stages[0].name``), ``reason`` a Kubernetes cause type."""

    field: str
    reason: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


def required(field: str, detail: str = "") -> FieldError:
    return FieldError(field, "FieldValueRequired", "Required value" + (f": {detail}" if detail else ""))


def invalid_value(field: str, value: Any, detail: str) -> FieldError:
    return FieldError(field, "FieldValueInvalid", f"Invalid value: {shown(value)}: {detail}")


def invalid_type(field: str, value: Any, wanted: str) -> FieldError:
    given = json_type(value)
    detail = f'{field or "object"} in body must be of type {wanted}: "{given}"'
    return FieldError(field, "FieldValueTypeInvalid", f'Invalid value: "{given}": {detail}')


def unsupported(field: str, value: Any, allowed: Iterable[Any]) -> FieldError:
    listed = ", ".join(shown(each) for each in allowed)
    message = f"Unsupported value: {shown(value)}: supported values: {listed}"
    return FieldError(field, "FieldValueNotSupported", message)


def duplicate(field: str, value: Any) -> FieldError:
    return FieldError(field, "FieldValueDuplicate", f"Duplicate value: {shown(value)}")


def forbidden_field(field: str, detail: str) -> FieldError:
    return FieldError(field, "FieldValueForbidden", f"Forbidden: {detail}")


def too_long(field: str, limit: int) -> FieldError:
    return FieldError(field, "FieldValueTooLong", f"Too long: may not be more than {limit} bytes")


def too_many(field: str, count: int, limit: int) -> FieldError:
    return FieldError(field, "FieldValueTooMany", f"Too many: {count}: must have at most {limit} items")


def shown(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= SHOWN_VALUE_CHARS else text[:SHOWN_VALUE_CHARS] + "..."


def json_type(value: Any) -> str:
    """``object``, ``array``, ``string``, ``integer``, ``number``, ``boolean`` or ``null``."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"

"""All that is wrong with one object, as the hub's admission would say it, without a hub.

The same schemas (made from the same types), the same rules and the same checks as at the hub's door are asked, and
unknown fields are refused as ``kubectl apply`` has them refused. Where the hub answers one layer after the other, all
are asked here, as far as the object can be read at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from functools import lru_cache
from typing import Any, Final

import msgspec

from myriarch.api.crd import object_schema
from myriarch.api.freezewindow import FreezeWindow, FreezeWindowSpec
from myriarch.api.kinds import KINDS
from myriarch.api.meta import API_VERSION
from myriarch.api.policy import ReleasePolicy, ReleasePolicySpec
from myriarch.apiserver.errors import FieldError, shown
from myriarch.apiserver.objectmeta import OBJECT_META, metadata_errors
from myriarch.apiserver.schema import Schema
from myriarch.base.errors import UserFault
from myriarch.cli.manifests import ABSENT, unknown_fields, value_at
from myriarch.engine.policy_check import policy_faults
from myriarch.engine.windows import window_faults

_CURES: Final = {
    "FieldValueRequired": "Add it.",
    "FieldValueNotSupported": "Write one of those.",
    "FieldValueDuplicate": "Leave one of the two out.",
    "FieldValueTypeInvalid": "Write a value of that form.",
    "FieldValueTooMany": "Leave some out.",
    "FieldValueTooLong": "Shorten it.",
}
_OTHER_CURE: Final = "Give a value that keeps to that."


def examine(document: dict[str, Any]) -> list[UserFault]:
    """Every fault, in the order in which they are met; empty where a hub would admit the object."""
    kind = document.get("kind")
    if document.get("apiVersion") != API_VERSION or not isinstance(kind, str) or kind not in KINDS:
        return [_stranger(document)]
    faults = list(unknown_fields(document, KINDS[kind].struct, ""))
    schema, obj = _schema(kind), deepcopy(document)
    if not isinstance(obj.get("metadata"), dict):
        return [*faults, UserFault("metadata", obj.get("metadata", ABSENT), "is required", "Give it a name.")]
    obj.pop("status", None)  # not this write's to say
    faults += [_unknown_metadata(path, document) for path in schema.prune(obj) if path.startswith("metadata.")]
    schema.default(obj)
    errors = schema.validate(obj)
    rules = [] if errors else schema.validate_rules(obj, None)
    if not any(error.field.startswith("metadata") for error in errors):
        errors += [*metadata_errors(obj), *_name_errors(obj)]
    errors += rules
    faults += [_fault(error, obj) for error in errors]
    return faults + _apart(list(_checked(kind, obj)), faults)


def _stranger(document: dict[str, Any]) -> UserFault:
    if document.get("apiVersion") != API_VERSION:
        given = document.get("apiVersion", ABSENT)
        return UserFault("apiVersion", given, "is none of Myriarch's", f"Write apiVersion: {API_VERSION}.")
    cure = f"Write one of: {', '.join(KINDS)}."
    return UserFault("kind", document.get("kind", ABSENT), "is none of Myriarch's", cure)


def _checked(kind: str, obj: dict[str, Any]) -> Iterator[UserFault]:
    """What is checked beyond the schema, where the object has its form."""
    with suppress(msgspec.ValidationError):  # told by the schema already
        if kind == ReleasePolicy.__name__:
            yield from policy_faults(msgspec.convert(obj.get("spec"), ReleasePolicySpec))
        elif kind == FreezeWindow.__name__:
            yield from window_faults(msgspec.convert(obj.get("spec"), FreezeWindowSpec))


def _apart(found: list[UserFault], told: list[UserFault]) -> list[UserFault]:
    """Those of ``found`` that say nothing of a field that something was said of already."""
    fields = {fault.field for fault in told}
    return [fault for fault in found if not {fault.field, fault.field.removesuffix(".name")} & fields]


@lru_cache(maxsize=len(KINDS))
def _schema(kind: str) -> Schema:
    schema = object_schema(KINDS[kind].struct)
    schema["properties"]["metadata"] = OBJECT_META
    return Schema(schema)


def _unknown_metadata(path: str, document: dict[str, Any]) -> UserFault:
    return UserFault(path, value_at(document, path), "there is no such field", "Remove it.")


def _name_errors(obj: dict[str, Any]) -> Iterator[FieldError]:
    meta = obj["metadata"]
    if not meta.get("name") and not meta.get("generateName"):
        yield FieldError("metadata.name", "FieldValueRequired", "Required value: name or generateName is required")


def _fault(error: FieldError, obj: dict[str, Any]) -> UserFault:
    """As the server says it, with the value as it stands in the file."""
    cure = _CURES.get(error.reason, _OTHER_CURE)
    value = ABSENT if error.reason == "FieldValueRequired" else value_at(obj, error.field)
    problem = error.message.removeprefix(f"Invalid value: {shown(value)}: ").replace(f"{error.field} in body ", "")
    return UserFault(error.field or "file", value, problem, cure)

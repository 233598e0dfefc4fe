"""What an object must pass before it is stored: identity, unknown fields, defaults, schema, rules.

A status write checks the status alone, and a write of the rest doesn't check the status again: what didn't
change was checked when it came in. Everything here works in place on an object that belongs to the request.
"""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.call import APPLY_PATCH, Call
from myriarch.apiserver.core import Core
from myriarch.apiserver.errors import FieldError, invalid_value, unsupported
from myriarch.apiserver.objectmeta import immutable_errors, metadata_errors
from myriarch.apiserver.registry import is_custom
from myriarch.apiserver.schema import Schema
from myriarch.apiserver.status import bad_request, invalid, patch_misfit, unreadable

FIELD_VALIDATIONS = ("", "Ignore", "Strict", "Warn")
MAX_WARNINGS = 16
_NO_BYTES = "must be of type byte"
_DROPPED_WHEN_EMPTY = ("labels", "annotations", "finalizers", "ownerReferences")

_BLOCKING = frozenset(
    {
        "FieldValueNotSupported",
        "FieldValueRequired",
        "FieldValueTooLong",
        "FieldValueTooMany",
        "FieldValueTypeInvalid",
    }
)
UNCHECKED_FIELD = "<nil>"
_UNCHECKED = FieldError(
    UNCHECKED_FIELD,
    "FieldValueInvalid",
    "Invalid value: null: some validation rules were not checked because the object was invalid; "
    "correct the existing errors to complete validation",
)

Object = dict[str, Any]


def check_identity(call: Call, obj: Object) -> None:
    """Kind, version, name and namespace of the body agree with the path. Raises ApiError 400."""
    rtype = call.type
    if is_custom(rtype):
        _check_custom_identity(call, obj)
    for key, served in (("kind", rtype.kind), ("apiVersion", rtype.group_version)):
        given = obj.setdefault(key, served)
        if given != served:
            raise bad_request(f"the {key} in the data ({given}) does not match the expected {key} ({served})")
    meta = obj.setdefault("metadata", {})
    if not isinstance(meta, dict):
        raise bad_request("metadata must be an object")
    name = meta.get("name")
    if call.name and name and name != call.name:
        raise bad_request(f"the name of the object ({name}) does not match the name on the URL ({call.name})")
    if call.name:
        meta["name"] = call.name
    _check_namespace(call, meta)


def _check_custom_identity(call: Call, obj: Object) -> None:
    """What custom resources say of what they are must be so. Raises ApiError 400 or 422."""
    rtype = call.type
    kind, version = obj.get("kind") or rtype.kind, obj.get("apiVersion") or rtype.group_version
    if version != rtype.group_version:
        problem = f"({version}) does not match the expected API version ({rtype.group_version})"
        raise bad_request(f"the API version in the data {problem}")
    if kind != rtype.kind:
        meta = obj.get("metadata")
        name = meta.get("name", "") if isinstance(meta, dict) else ""
        raise invalid(str(kind), rtype.group, name, [invalid_value("kind", kind, f"must be {rtype.kind}")])


def require_name(call: Call, obj: Object) -> None:
    """What replaces an object names it. Raises ApiError 400."""
    meta = obj.get("metadata")
    if call.name and not (isinstance(meta, dict) and meta.get("name")):
        problem = f"the name of the object ({call.name} based on URL) was undeterminable: name must be provided"
        raise bad_request(problem)


def _check_namespace(call: Call, meta: Object) -> None:
    if not call.type.namespaced:
        meta.pop("namespace", None)
        return
    given = meta.get("namespace")
    if given and given != call.namespace:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")
    meta["namespace"] = call.namespace


def admit(core: Core, call: Call, obj: Object, old: Object | None) -> None:
    """Default, prune and validate the whole object except a status that isn't this request's to write."""
    schema = call.type.compiled
    _drop_empty(obj["metadata"])
    kept = obj.pop("status", None) if old is not None and "status" in call.type.subresources else None
    _tidy(call, schema, obj)
    if call.type.prepare is not None:
        call.type.prepare(obj, old)
    errors = schema.validate(obj)
    if not errors:
        errors = metadata_errors(obj, dns_label_name=call.type.dns_label_name, path_name=call.type.path_name)
    if not errors and old is not None:
        errors = immutable_errors(old, obj)
    if kept is not None:
        obj["status"] = kept
    if call.type.check is not None and (not errors or is_custom(call.type)):
        errors += call.type.check(obj, old)
    errors += _rule_errors(schema, obj, old, errors)
    check = core.admission.get(call.type.kind)
    if not errors and check is not None:
        errors = [invalid_value(f.field, f.value, f"{f.problem}. {f.cure}") for f in check(obj)]
    _raise(call, obj, errors)
    if core.guard is not None and not call.user.privileged:
        core.guard.check(call, old, obj)


def _rule_errors(schema: Schema, obj: Object, old: Object | None, errors: list[FieldError]) -> list[FieldError]:
    """What rules say; where the object is too far from its schema to ask them, that alone."""
    if not any(error.reason in _BLOCKING for error in errors):
        return schema.validate_rules(obj, old)
    return [_UNCHECKED] if schema.rules.any else []


def _drop_empty(meta: Object) -> None:
    """Empty collections of the metadata aren't kept: absent and empty mean the same."""
    for field in _DROPPED_WHEN_EMPTY:
        if field in meta and not meta[field]:
            del meta[field]


def admit_status(core: Core, call: Call, obj: Object, old: Object) -> None:
    """Default, prune and validate ``status`` alone; rules on the whole object see the whole."""
    schema = call.type.compiled_status
    part: Object = {"status": obj["status"]} if "status" in obj else {}
    before: Object = {"status": old["status"]} if "status" in old else {}
    _tidy(call, schema, part)
    errors = [_below_status(error) for error in schema.validate(part)]
    if "status" in part:
        obj["status"] = part["status"]
    if call.type.prepare_status is not None and not errors:
        call.type.prepare_status(obj)
    if "x-kubernetes-validations" in call.type.schema:
        errors += _rule_errors(call.type.compiled, obj, old, errors)
    elif not errors:
        errors = schema.validate_rules(part, before)
    elif call.type.compiled.rules.any:
        errors += _rule_errors(call.type.compiled, obj, old, errors)
    _raise(call, obj, errors)


def _below_status(error: FieldError) -> FieldError:
    """A status is checked apart, so messages name its fields from there."""
    inner = error.field.removeprefix("status.")
    message = error.message.replace(f" {error.field} in body ", f" {inner} in body ")
    return FieldError(error.field, error.reason, message)


def _tidy(call: Call, schema: Schema, obj: Object) -> None:
    level = call.query.get("fieldValidation", "")
    if level not in FIELD_VALIDATIONS:
        raise call.faulty_options(unsupported("fieldValidation", level, FIELD_VALIDATIONS))
    faults = [f'duplicate field "{path}"' for path in call.doubled_fields]
    faults += [f'unknown field "{path}"' for path in sorted(schema.prune(obj))]
    if faults and level == "Strict":
        problem = f"strict decoding error: {', '.join(faults)}"
        if call.request.method == "PATCH":
            raise patch_misfit(problem)
        raise unreadable(call.type.kind, call.type.version, problem)
    if level in ("", "Warn"):
        call.warnings += faults[:MAX_WARNINGS]
    schema.default(obj)


def _raise(call: Call, obj: Object, errors: list[FieldError]) -> None:
    if errors and not is_custom(call.type) and call.media_type != APPLY_PATCH:
        unread = [each for each in errors if each.reason == "FieldValueTypeInvalid" or _NO_BYTES in each.message]
        if unread:  # Kubernetes reads its own kinds into structures: what has another type isn't read at all
            if call.request.method == "PATCH":
                raise patch_misfit(str(unread[0]))
            raise unreadable(call.type.kind, call.type.version, str(unread[0]))
    if errors:
        name = obj["metadata"].get("name") or obj["metadata"].get("generateName", "")
        raise invalid(call.type.kind, call.type.group, name, errors)

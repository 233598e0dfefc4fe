"""``ObjectMeta``: its schema, and the rules for names, labels and annotations that every object obeys.

Schemas of CRDs say nothing of metadata, so the server adds this one to all types. ``metadata_errors`` is
what Kubernetes checks in code rather than by schema.
"""

from __future__ import annotations

import re
from typing import Any

from myriarch.apiserver.errors import FieldError, forbidden_field, invalid_value, required, too_long

MAX_NAME_CHARS = 253
_OWNER_NEEDS = (
    ("apiVersion", "version must not be empty"),
    ("kind", "must not be empty"),
    ("name", "must not be empty"),
    ("uid", "must not be empty"),
)
MAX_LABEL_CHARS = 63
MAX_ANNOTATION_BYTES = 256 * 1024

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\Z")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?\Z")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\Z")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?\Z")

_STANDARD_FINALIZERS = ("kubernetes", "orphan", "foregroundDeletion")
_PATH_SEGMENT = re.compile(r"(?!\.{1,2}\Z)[^/%]+\Z")

_PATH_RULE = "may not be '.' or '..' and may not contain '/' or '%'"
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
    "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_QUALIFIED_RULE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_LABEL_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
    "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


def string(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **more}


def integer(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "integer", "format": "int32", "description": description, **more}


def time(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "format": "date-time", "description": description, **more}


def string_map(description: str) -> dict[str, Any]:
    return {"type": "object", "description": description, "additionalProperties": {"type": "string"}}


def struct(description: str, properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    out: dict[str, Any] = {"type": "object", "description": description, "properties": properties}
    if required:
        out["required"] = list(required)
    return out


def array(description: str, items: dict[str, Any], *, keys: tuple[str, ...] = (), kind: str = "") -> dict[str, Any]:
    """A list. ``keys`` make it a list map; ``kind`` may be ``set`` or ``atomic``."""
    out: dict[str, Any] = {"type": "array", "description": description, "items": items}
    if keys:
        out["x-kubernetes-list-type"] = "map"
        out["x-kubernetes-list-map-keys"] = list(keys)
        out["x-kubernetes-patch-strategy"] = "merge"
        out["x-kubernetes-patch-merge-key"] = keys[0]
    elif kind:
        out["x-kubernetes-list-type"] = kind
        if kind == "set":
            out["x-kubernetes-patch-strategy"] = "merge"
    return out


OWNER_REFERENCE = struct(
    "An object that this one depends on.",
    {
        "apiVersion": string("API version of the owner."),
        "kind": string("Kind of the owner."),
        "name": string("Name of the owner."),
        "uid": string("UID of the owner.", default=""),
        "controller": {"type": "boolean", "description": "Whether the owner is the managing controller."},
        "blockOwnerDeletion": {
            "type": "boolean",
            "description": "Whether the owner waits for this object to go.",
        },
    },
)
OWNER_REFERENCE["x-kubernetes-map-type"] = "atomic"
OWNER_REFERENCE["x-told-required"] = ["apiVersion", "kind", "name", "uid"]

MANAGED_FIELDS_ENTRY = struct(
    "What one manager owns of this object, through one operation.",
    {
        "apiVersion": string("Version in which the fields are named."),
        "fieldsType": string("Form of fieldsV1: FieldsV1."),
        "fieldsV1": {
            "type": "object",
            "description": "The set of owned fields.",
            "x-kubernetes-preserve-unknown-fields": True,
        },
        "manager": string("Who owns the fields."),
        "operation": string("Apply or Update."),
        "subresource": string("Subresource through which the fields were written."),
        "time": time("When the set of owned fields last changed."),
    },
)

OBJECT_META: dict[str, Any] = struct(
    "What every stored object carries: names, labels, owners, and what the server keeps about it.",
    {
        "name": string("Unique within the namespace (or cluster); can't change."),
        "generateName": string("Prefix from which the server makes a name where none is given."),
        "namespace": string("The space that the name is unique in; empty for cluster-scoped objects."),
        "labels": string_map("Key-value pairs to select objects by."),
        "annotations": string_map("Key-value pairs for tools; not selectable."),
        "finalizers": array("Who must let go before the object is removed.", {"type": "string"}, kind="set"),
        "ownerReferences": array("The objects that this one depends on.", OWNER_REFERENCE, keys=("uid",)),
        "uid": string("Unique in space and time; set by the server."),
        "resourceVersion": string("Opaque version of the object; changes with every write."),
        "generation": integer("Counts the changes of the desired state.", format="int64"),
        "creationTimestamp": time("When the object was created."),
        "deletionTimestamp": time("When the object was asked to be deleted."),
        "deletionGracePeriodSeconds": integer("Seconds left to end gracefully.", format="int64"),
        "selfLink": string("No longer set."),
        "managedFields": array("Who owns which fields.", MANAGED_FIELDS_ENTRY, kind="atomic"),
    },
)


def metadata_errors(obj: dict[str, Any], *, dns_label_name: bool = False, path_name: bool = False) -> list[FieldError]:
    """Errors in name, generateName, labels, annotations and finalizers. Types were checked by the schema.

    ``dns_label_name``: names must be DNS labels (namespaces) instead of subdomains; ``path_name``: anything that
    fits in a path (roles).
    """
    meta = obj.get("metadata") or {}
    if path_name:
        errors = _name_errors(meta, _PATH_SEGMENT, _PATH_RULE)
    else:
        errors = _name_errors(
            meta, _LABEL if dns_label_name else _SUBDOMAIN, _LABEL_RULE if dns_label_name else _SUBDOMAIN_RULE
        )
    for key, value in (meta.get("labels") or {}).items():
        errors += _key_errors("metadata.labels", key)
        if len(value) > MAX_LABEL_CHARS:
            errors.append(invalid_value("metadata.labels", value, f"must be no more than {MAX_LABEL_CHARS} characters"))
        elif not _LABEL_VALUE.match(value):
            errors.append(invalid_value("metadata.labels", value, _LABEL_VALUE_RULE))
    annotations = meta.get("annotations") or {}
    for key in annotations:
        errors += _key_errors("metadata.annotations", key)
    if sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items()) > MAX_ANNOTATION_BYTES:
        errors.append(too_long("metadata.annotations", MAX_ANNOTATION_BYTES))
    errors += _owner_errors(meta.get("ownerReferences") or [])
    for index, finalizer in enumerate(meta.get("finalizers") or ()):
        errors += _key_errors("metadata.finalizers", finalizer)
        if "/" not in finalizer and finalizer not in _STANDARD_FINALIZERS:
            problem = "name is neither a standard finalizer name nor is it fully qualified"
            errors.append(invalid_value(f"metadata.finalizers[{index}]", finalizer, problem))
    return errors


def _owner_errors(owners: list[dict[str, Any]]) -> list[FieldError]:
    """Owners are named in full, and one of them at most is the controller."""
    where = "metadata.ownerReferences"
    errors = []
    for owner in owners:
        for field, problem in _OWNER_NEEDS:
            if not owner.get(field):
                errors.append(invalid_value(f"{where}.{field}", "", problem))
    ruling = [owner for owner in owners if owner.get("controller")]
    if len(ruling) > 1:
        first, second = (f"{owner.get('kind')}/{owner.get('name')}" for owner in ruling[:2])
        problem = (
            f'Only one reference can have Controller set to true. Found "true" in references for {first} and {second}'
        )
        errors.append(invalid_value(where, owners, problem))
    return errors


def _name_errors(meta: dict[str, Any], form: re.Pattern[str], rule: str) -> list[FieldError]:
    name = meta.get("name")
    if not name:
        return [required("metadata.name", "name or generateName is required")] if not meta.get("generateName") else []
    if len(name) > MAX_NAME_CHARS:
        return [invalid_value("metadata.name", name, f"must be no more than {MAX_NAME_CHARS} characters")]
    return [] if form.match(name) else [invalid_value("metadata.name", name, rule)]


def _key_errors(field: str, key: str) -> list[FieldError]:
    prefix, slash, name = key.rpartition("/")
    if slash and not _SUBDOMAIN.match(prefix):
        return [invalid_value(field, key, f"prefix part {_SUBDOMAIN_RULE}")]
    if not name:
        return [invalid_value(field, key, "name part must be non-empty")]
    if len(name) > MAX_LABEL_CHARS:
        return [invalid_value(field, key, f"name part must be no more than {MAX_LABEL_CHARS} characters")]
    return [] if _QUALIFIED.match(name) else [invalid_value(field, key, _QUALIFIED_RULE)]


def immutable_errors(old: dict[str, Any], new: dict[str, Any]) -> list[FieldError]:
    """Errors where an update changes what can't change: name, namespace, uid."""
    before, after = old.get("metadata", {}), new.get("metadata", {})
    return [
        invalid_value(f"metadata.{key}", after[key], "field is immutable")
        for key in ("name", "namespace", "uid")
        if after.get(key) and after[key] != before.get(key)
    ] + _finalizers_after_deletion(before, after)


def _finalizers_after_deletion(before: dict[str, Any], after: dict[str, Any]) -> list[FieldError]:
    if not before.get("deletionTimestamp"):
        return []
    had = before.get("finalizers") or []
    new = [each for each in after.get("finalizers") or [] if each not in had]
    if not new:
        return []
    found = "[]string{" + ", ".join(f'"{each}"' for each in new) + "}"
    problem = f"no new finalizers can be added if the object is being deleted, found new finalizers {found}"
    return [forbidden_field("metadata.finalizers", problem)]

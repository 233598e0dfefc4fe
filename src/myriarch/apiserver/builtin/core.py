"""Built-in types Secret and ServiceAccount."""

from __future__ import annotations

import base64
from typing import Any

from myriarch.apiserver.builtin.frozen import encoded_sizes, frozen_errors, key_errors, size_errors
from myriarch.apiserver.builtin.tables import kind_schema, shapes
from myriarch.apiserver.columns import AGE, NAME, Column
from myriarch.apiserver.errors import FieldError, invalid_value, required
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.objectmeta import array, string, string_map

Object = dict[str, Any]

OPAQUE = "Opaque"
_NEEDED_KEYS = {
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


def _complete(obj: Object, _old: Object | None) -> None:
    """What was given as text is kept in base64."""
    text = obj.pop("stringData", None)
    if text:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in text.items() if value is not None}
        obj["data"] = {**(obj.get("data") or {}), **encoded}
    obj.setdefault("type", OPAQUE)


def _errors(obj: Object, old: Object | None) -> list[FieldError]:
    data = obj.get("data") or {}
    errors = [required(f"data[{key}]") for key in _NEEDED_KEYS.get(obj["type"], ()) if key not in data]
    if old is not None and obj["type"] != old.get("type"):
        errors.append(invalid_value("type", obj["type"], "field is immutable"))
    errors += key_errors(obj, "data") + size_errors("data", encoded_sizes(data))
    return errors + frozen_errors(obj, old, ("data",))


SECRET = ResourceType(
    group="",
    version="v1",
    kind="Secret",
    plural="secrets",
    singular="secret",
    namespaced=True,
    strategic_merge=True,
    selectable_fields=("type",),
    prepare=_complete,
    check=_errors,
    columns=(
        NAME,
        Column("Type", description="What the secret is for.", path=".type"),
        Column("Data", description="Number of keys.", render=lambda obj, _now: len(obj.get("data") or ())),
        AGE,
    ),
    schema=kind_schema(
        "Secret",
        "Small private values as key-value pairs.",
        data={
            "type": "object",
            "description": "Values in base64.",
            "additionalProperties": {"type": "string", "format": "byte"},
        },
        stringData=string_map("Values as text; kept in data."),
        type=string("What the secret is for."),
        immutable={"type": "boolean", "description": "Whether data may no longer change."},
    ),
)

SERVICE_ACCOUNT = ResourceType(
    group="",
    version="v1",
    kind="ServiceAccount",
    plural="serviceaccounts",
    singular="serviceaccount",
    namespaced=True,
    short_names=("sa",),
    strategic_merge=True,
    subresources=frozenset({"token"}),
    columns=(
        NAME,
        Column("Secrets", description="Number of secrets.", render=lambda obj, _now: len(obj.get("secrets") or ())),
        AGE,
    ),
    schema=kind_schema(
        "ServiceAccount",
        "Who a program is.",
        secrets=array("Secrets that its pods may use.", shapes()["ObjectReference"], keys=("name",)),
        imagePullSecrets=array("Secrets to pull images with.", shapes()["LocalObjectReference"], kind="atomic"),
        automountServiceAccountToken={"type": "boolean", "description": "Whether pods get a token."},
    ),
)

"""Built-in type ConfigMap."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.frozen import encoded_sizes, frozen_errors, key_errors, size_errors
from myriarch.apiserver.columns import AGE, NAME, Column
from myriarch.apiserver.errors import FieldError, invalid_value
from myriarch.apiserver.kinds import ResourceType, whole_schema
from myriarch.apiserver.objectmeta import string_map


def _config_errors(obj: dict[str, Any], old: dict[str, Any] | None) -> list[FieldError]:
    errors = key_errors(obj, "data") + key_errors(obj, "binaryData")
    both = set(obj.get("data") or ()) & set(obj.get("binaryData") or ())
    errors += [invalid_value(f"data[{key}]", key, "duplicate of key present in binaryData") for key in sorted(both)]
    texts = (len(value.encode()) for value in (obj.get("data") or {}).values())
    errors += size_errors("[]", (*texts, *encoded_sizes(obj.get("binaryData"))))  # as Kubernetes names the whole
    return errors + frozen_errors(obj, old, ("data", "binaryData"))


def _data_count(obj: dict[str, object], _now: float) -> int:
    return sum(len(part) for key in ("data", "binaryData") if isinstance(part := obj.get(key), dict))


CONFIG_MAP = ResourceType(
    group="",
    version="v1",
    kind="ConfigMap",
    plural="configmaps",
    singular="configmap",
    namespaced=True,
    short_names=("cm",),
    strategic_merge=True,
    check=_config_errors,
    columns=(NAME, Column("Data", type="string", description="Number of keys.", render=_data_count), AGE),
    schema=whole_schema(
        "ConfigMap",
        "Configuration as key-value pairs.",
        {
            "data": string_map("Values that are UTF-8 text."),
            "binaryData": {
                "type": "object",
                "description": "Values that are not text, in base64.",
                "additionalProperties": {"type": "string", "format": "byte"},
            },
            "immutable": {"type": "boolean", "description": "Whether data may no longer change."},
        },
    ),
)

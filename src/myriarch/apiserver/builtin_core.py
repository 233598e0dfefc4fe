"""Built-in types Namespace and ConfigMap: schema and columns.

Only the fields that make sense here are described; unknown ones are pruned as anywhere else.
"""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.frozen import encoded_sizes, frozen_errors, key_errors, size_errors
from myriarch.apiserver.columns import AGE, NAME, Column
from myriarch.apiserver.errors import FieldError, invalid_value
from myriarch.apiserver.kinds import ALL_VERBS, ResourceType, whole_schema
from myriarch.apiserver.objectmeta import array, string, string_map, struct, time

NAME_LABEL = "kubernetes.io/metadata.name"

CONDITION = struct(
    "One observation of the state.",
    {
        "type": string("What is observed."),
        "status": string("True, False or Unknown."),
        "reason": string("Why, in one word."),
        "message": string("Why, for people."),
        "lastTransitionTime": time("When the status last changed.", nullable=True),
        "lastHeartbeatTime": time("When the condition was last reported.", nullable=True),
        "observedGeneration": {"type": "integer", "format": "int64", "description": "Generation observed."},
    },
    ("type", "status"),
)


def _named(obj: dict[str, Any], _old: dict[str, Any] | None) -> None:
    """A namespace can be selected by its name."""
    meta = obj["metadata"]
    if meta.get("name") and isinstance(meta.get("labels") or {}, dict):
        meta["labels"] = {**(meta.get("labels") or {}), NAME_LABEL: meta["name"]}


def _config_errors(obj: dict[str, Any], old: dict[str, Any] | None) -> list[FieldError]:
    errors = key_errors(obj, "data") + key_errors(obj, "binaryData")
    both = set(obj.get("data") or ()) & set(obj.get("binaryData") or ())
    errors += [invalid_value(f"data[{key}]", key, "duplicate of key present in binaryData") for key in sorted(both)]
    texts = (len(value.encode()) for value in (obj.get("data") or {}).values())
    errors += size_errors("[]", (*texts, *encoded_sizes(obj.get("binaryData"))))  # as Kubernetes names the whole
    return errors + frozen_errors(obj, old, ("data", "binaryData"))


NAMESPACE = ResourceType(
    group="",
    version="v1",
    kind="Namespace",
    plural="namespaces",
    singular="namespace",
    namespaced=False,
    short_names=("ns",),
    subresources=frozenset({"finalize", "status"}),
    selectable_fields=("status.phase",),
    strategic_merge=True,
    dns_label_name=True,
    verbs=tuple(verb for verb in ALL_VERBS if verb != "deletecollection"),
    prepare=_named,
    columns=(
        NAME,
        Column("Status", description="Active or Terminating.", path=".status.phase"),
        AGE,
    ),
    schema=whole_schema(
        "Namespace",
        "A space for names: objects in it are named apart from those in others.",
        {
            "spec": struct(
                "How the namespace behaves.",
                {"finalizers": array("Who must let go first.", {"type": "string"}, kind="atomic")},
            ),
            "status": struct(
                "What is seen of the namespace.",
                {
                    "phase": string("Active or Terminating."),
                    "conditions": array("Latest observations.", CONDITION, keys=("type",)),
                },
            ),
        },
    ),
)


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

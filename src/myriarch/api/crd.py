"""CustomResourceDefinitions of Myriarch's kinds, made from their Python types.

``crd`` wraps the structural schema of a kind (``api/crd_schema.py``) with what its registry entry says:
names, scope, printer columns. Every kind has a status subresource and belongs to the category ``myriarch``,
so that ``kubectl get myriarch`` lists them all. The embedded server serves from these, ``myriarch crds``
prints them.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import msgspec

from myriarch.api.crd_schema import JsonSchema, description_of, schema_of_struct
from myriarch.api.kinds import KINDS, KindInfo, PrinterColumn
from myriarch.api.meta import GROUP, VERSION

CATEGORY = "myriarch"

TYPE_META: JsonSchema = {
    "apiVersion": {"type": "string", "description": "Group and version of this object's schema."},
    "kind": {"type": "string", "description": "Kind of this object."},
    "metadata": {"type": "object"},  # an API server allows nothing more here: it knows metadata itself
}


def all_crds() -> list[dict[str, Any]]:
    """The definitions of all kinds, in the registry's order. Fresh dicts: the caller may change them."""
    return [crd(info) for info in KINDS.values()]


def crd(info: KindInfo) -> dict[str, Any]:
    """The ``apiextensions.k8s.io/v1`` definition of one kind. A fresh dict each time."""
    made: dict[str, Any] = msgspec.json.decode(_encoded(info))
    return made


@cache
def _encoded(info: KindInfo) -> bytes:
    """Looking into the types takes long; kept as bytes, so that nobody can change what is kept."""
    return msgspec.json.encode(_make(info))


def _make(info: KindInfo) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{info.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": {
                "kind": info.kind,
                "listKind": f"{info.kind}List",
                "plural": info.plural,
                "singular": info.singular,
                "shortNames": list(info.short_names),
                "categories": [CATEGORY],
            },
            "scope": "Namespaced" if info.namespaced else "Cluster",
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "schema": {"openAPIV3Schema": object_schema(info.struct)},
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": [_column(column) for column in info.columns],
                }
            ],
        },
    }


def object_schema(struct: type) -> JsonSchema:
    """Schema of a whole object: type and metadata as every kind has them, then what the struct adds."""
    with_defaults = schema_of_struct(struct, defaults=True)
    without = schema_of_struct(struct, defaults=False)
    own = {
        name: (without if name == "status" else with_defaults)["properties"][name]
        for name in with_defaults["properties"]
        if name not in TYPE_META
    }
    schema: JsonSchema = {"description": description_of(struct), "type": "object"}
    if required := [name for name in with_defaults.get("required", ()) if name in own]:
        schema["required"] = required
    rules = {key: value for key, value in with_defaults.items() if key == "x-kubernetes-validations"}
    return {**schema, "properties": {**copy.deepcopy(TYPE_META), **own}, **rules}


def _column(column: PrinterColumn) -> dict[str, Any]:
    written: dict[str, Any] = {"name": column.name, "type": column.type, "jsonPath": column.json_path}
    if column.description:
        written["description"] = column.description
    if column.priority:
        written["priority"] = column.priority
    return written

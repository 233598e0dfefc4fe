"""The types that the server serves: one ``ResourceType`` for each, built in or made from a CRD.

A ``ResourceType`` is everything that the rest of the server needs to know of a type: its names, its schema,
its columns, its subresources. Handlers are written once, over this value; nothing else switches on a kind.
``events`` is served in two API groups over one storage: ``storage`` names where the objects are, and
``inward`` / ``outward`` translate between the served and the stored form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from myriarch.apiserver.columns import Column, Render
from myriarch.apiserver.errors import FieldError
from myriarch.apiserver.objectmeta import OBJECT_META, string
from myriarch.apiserver.schema import Schema
from myriarch.apiserver.status import qualified

ALL_VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
SUBRESOURCE_VERBS = ("get", "patch", "update")

Translate = Callable[[dict[str, Any]], dict[str, Any]]
Prepare = Callable[[dict[str, Any], dict[str, Any] | None], None]
"""(object, old or None at creation): completes the object in place beyond the defaults of its schema. It may be
called with objects that break their schema: those are refused right after."""
Check = Callable[[dict[str, Any], dict[str, Any] | None], list[FieldError]]
"""(object, old or None): what is wrong that no schema tells. Called with what the schema admitted."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the ``scale`` subresource finds what it shows: dotted paths, ``selector`` may be empty."""

    replicas: str
    status_replicas: str
    selector: str = ""


def unchanged(obj: dict[str, Any]) -> dict[str, Any]:
    return obj


@dataclass(frozen=True, eq=False)
class ResourceType:
    """``schema`` is OpenAPI v3 of the whole object. ``columns`` exclude none: the first is the name.

    ``dns_label_name`` names must be DNS labels, ``path_name`` ones only fit for a path; others are subdomains.
    ``initial_status`` is what a new object's status is, whatever its creator says; None leaves it alone.
    """

    group: str
    version: str
    kind: str
    plural: str
    singular: str
    namespaced: bool
    schema: dict[str, Any]
    columns: tuple[Column, ...]
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: frozenset[str] = frozenset()
    verbs: tuple[str, ...] = ALL_VERBS
    selectable_fields: tuple[str, ...] = ()
    storage_group: str | None = None
    inward: Translate = unchanged
    outward: Translate = unchanged
    strategic_merge: bool = False
    dns_label_name: bool = False
    path_name: bool = False
    description: str = ""
    counts_generation: bool = False
    prepare: Prepare | None = None
    prepare_status: Callable[[dict[str, Any]], None] | None = None
    check: Check | None = None
    scale: Scale | None = None
    initial_status: dict[str, Any] | None = None

    @property
    def group_version(self) -> str:
        """``apiVersion`` of its objects: ``v1``, ``myriarch.io/v1alpha1``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def list_kind(self) -> str:
        return f"{self.kind}List"

    @property
    def storage(self) -> tuple[str, str]:
        """(group, plural) under which objects are stored: shared where two groups present one storage."""
        return (self.group if self.storage_group is None else self.storage_group, self.plural)

    @cached_property
    def bucket_name(self) -> str:
        """``resource`` of the bucket that holds objects of this type: ``pods``, ``deployments.apps``."""
        group, plural = self.storage
        return qualified(plural, group)

    @property
    def gvk(self) -> dict[str, str]:
        return {"group": self.group, "version": self.version, "kind": self.kind}

    @cached_property
    def compiled(self) -> Schema:
        """The schema compiled to functions: defaulting, pruning, validation, field paths. Made once."""
        return Schema(self.schema)

    @cached_property
    def compiled_status(self) -> Schema:
        """The schema of ``{"status": ...}`` alone, so that a status write doesn't check the rest again."""
        part = self.schema.get("properties", {}).get("status", {"type": "object"})
        return Schema({"type": "object", "properties": {"status": part}})

    @cached_property
    def cells(self) -> tuple[Render, ...]:
        """One function a column, from (object, now) to the cell."""
        return tuple(column.compile() for column in self.columns)

    def reset_fields(self, subresource: str) -> frozenset[str]:
        """Top-level fields that a write through ``subresource`` ("" is the object itself) can't touch."""
        if "status" not in self.subresources:
            return frozenset()
        if subresource == "status":
            keep = {"apiVersion", "kind", "metadata", "status"}
            return frozenset(self.schema.get("properties", {})) - keep
        return frozenset({"status"})


def whole_schema(kind: str, description: str, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The schema of a whole object: ``properties`` beside apiVersion, kind and metadata."""
    return {
        "type": "object",
        "description": description,
        **more,
        "properties": {
            "apiVersion": string("Version of the schema that this object is written in."),
            "kind": string(f"{kind}."),
            "metadata": OBJECT_META,
            **properties,
        },
    }

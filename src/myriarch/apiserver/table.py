"""``meta.k8s.io/v1`` Tables: what kubectl prints. Cells are made by ``columns.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.status import bad_request

INCLUDES = ("None", "Metadata", "Object")
_PARTIAL = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1"}


def render_table(
    rtype: ResourceType,
    objects: Sequence[dict[str, Any]],
    include_object: str,
    now: float,
    *,
    list_metadata: dict[str, Any] | None = None,
    with_columns: bool = True,
) -> dict[str, Any]:
    """A Table of ``objects``. ``include_object`` is ``None``, ``Metadata`` (also for "") or ``Object``.

    ``list_metadata`` is the list's (resourceVersion, continue); a watch sends column definitions with its
    first event only. Raises ApiError 400 for an ``include_object`` that doesn't exist.
    """
    include = include_object or "Metadata"
    if include not in INCLUDES:
        allowed = "must be 'Metadata', 'Object', 'None', or empty"
        problem = (
            f'Unable to convert to Table as requested: includeObject: Invalid value: "{include_object}": {allowed}'
        )
        raise bad_request(problem)
    table: dict[str, Any] = {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": list_metadata if list_metadata is not None else _metadata_of(objects),
    }
    table["columnDefinitions"] = [column.definition() for column in rtype.columns] if with_columns else None
    table["rows"] = [_row(rtype, obj, include, now) for obj in objects]
    return table


def _metadata_of(objects: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if len(objects) != 1:
        return {}
    return {"resourceVersion": objects[0].get("metadata", {}).get("resourceVersion", "")}


def _row(rtype: ResourceType, obj: dict[str, Any], include: str, now: float) -> dict[str, Any]:
    row: dict[str, Any] = {"cells": [cell(obj, now) for cell in rtype.cells]}
    if include == "Object":
        row["object"] = obj
    elif include == "Metadata":
        row["object"] = {**_PARTIAL, "metadata": obj.get("metadata", {})}
    return row

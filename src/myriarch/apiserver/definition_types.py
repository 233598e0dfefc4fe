"""From a CustomResourceDefinition to the types that it brings: one for each version that it serves.

Objects are kept in the storage version; the others differ from it in their name alone (conversion ``None``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from myriarch.apiserver.columns import AGE, NAME, Column
from myriarch.apiserver.errors import FieldError, invalid_value
from myriarch.apiserver.kinds import Check, ResourceType, Scale, Translate, unchanged, whole_schema


def type_from_crd(crd: dict[str, Any]) -> ResourceType:
    """The type that a CustomResourceDefinition describes, at its storage version."""
    stored = stored_version(crd)
    version = next(each for each in crd["spec"]["versions"] if each["name"] == stored)
    return _version_type(crd, version, stored)


def types_from_crd(crd: dict[str, Any]) -> list[ResourceType]:
    """A type for each version that a CustomResourceDefinition serves, the one that clients should prefer first."""
    stored = stored_version(crd)
    served = [each for each in crd["spec"]["versions"] if each.get("served", True)]
    return [_version_type(crd, version, stored) for version in sorted(served, key=lambda v: version_rank(v["name"]))]


def stored_version(crd: dict[str, Any]) -> str:
    """The name of the version that objects are kept in."""
    versions = crd["spec"]["versions"]
    return str(next((each for each in versions if each.get("storage")), versions[0])["name"])


_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?\Z")
_STABILITY = {None: 0, "beta": 1, "alpha": 2}


def version_rank(name: str) -> tuple[int, int, int, str]:
    """Sorts versions as Kubernetes prefers them: v2, v1, v1beta2, v1beta1, v1alpha1, then all others by name."""
    found = _VERSION.match(name)
    if found is None:
        return (len(_STABILITY), 0, 0, name)
    return (_STABILITY[found[2]], -int(found[1]), -int(found[3] or 0), name)


def _version_type(crd: dict[str, Any], version: dict[str, Any], stored: str) -> ResourceType:
    spec = crd["spec"]
    names, group = spec["names"], spec["group"]
    root = version.get("schema", {}).get("openAPIV3Schema", {"type": "object"})
    subresources = version.get("subresources") or {}
    several = len(spec["versions"]) > 1
    return ResourceType(
        group=group,
        version=version["name"],
        kind=names["kind"],
        plural=names["plural"],
        singular=names.get("singular") or names["kind"].lower(),
        namespaced=spec.get("scope", "Namespaced") == "Namespaced",
        schema=whole_type_schema(names["kind"], root),
        columns=_crd_columns(version.get("additionalPrinterColumns")),
        short_names=tuple(names.get("shortNames", ())),
        categories=tuple(names.get("categories", ())),
        subresources=frozenset(name for name in ("scale", "status") if subresources.get(name) is not None),
        selectable_fields=tuple(f["jsonPath"].lstrip(".") for f in version.get("selectableFields", ())),
        counts_generation=True,
        scale=_crd_scale(subresources.get("scale")),
        check=_scale_check(subresources.get("scale")),
        inward=_in_version(f"{group}/{stored}") if several else unchanged,
        outward=_in_version(f"{group}/{version['name']}") if several else unchanged,
        description=root.get("description", ""),
    )


def _in_version(api_version: str) -> Translate:
    return lambda obj: {**obj, "apiVersion": api_version}


def _crd_scale(spec: dict[str, Any] | None) -> Scale | None:
    if not spec:
        return None
    return Scale(
        spec["specReplicasPath"].lstrip("."),
        spec["statusReplicasPath"].lstrip("."),
        (spec.get("labelSelectorPath") or "").lstrip("."),
    )


def _scale_check(spec: dict[str, Any] | None) -> Check | None:
    """What scales must not be scaled below zero, whatever its schema says."""
    if not spec:
        return None
    path = spec["specReplicasPath"]
    keys = path.strip(".").split(".")

    def check(obj: dict[str, Any], _old: dict[str, Any] | None) -> list[FieldError]:
        value: Any = obj
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, int) and value < 0:
            return [invalid_value(path, value, "should be a non-negative integer")]
        return []

    return check


def whole_type_schema(kind: str, root: dict[str, Any]) -> dict[str, Any]:
    """The schema of a whole custom object, from the one in its definition."""
    own = {k: v for k, v in root.get("properties", {}).items() if k not in ("apiVersion", "kind", "metadata")}
    more = {k: v for k, v in root.items() if k not in ("properties", "type", "description")}
    return whole_schema(kind, root.get("description", ""), own, **more)


def _crd_columns(columns: Sequence[dict[str, Any]] | None) -> tuple[Column, ...]:
    if not columns:
        return (NAME, replace(AGE, type="date"))
    made = [
        Column(
            name=column["name"],
            type=column["type"],
            description=column.get("description", ""),
            priority=column.get("priority", 0),
            path=column["jsonPath"],
            format=column.get("format", ""),
        )
        for column in columns
    ]
    return (NAME, *made)

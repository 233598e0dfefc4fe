"""Built-in type CustomResourceDefinition (apiextensions.k8s.io/v1): what it must say, and what is filled in.

What a definition brings about (types that are served, conditions, the end of its objects) is in
``definitions.py``. Conversion webhooks are refused: versions differ in nothing but their names here.
"""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.builtin.cells import at
from myriarch.apiserver.builtin.tables import kind_schema
from myriarch.apiserver.columns import NAME, Column, created
from myriarch.apiserver.definition_types import whole_type_schema
from myriarch.apiserver.errors import FieldError, invalid_value, required, unsupported
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.schema import Schema

Object = dict[str, Any]

APIEXTENSIONS = "apiextensions.k8s.io"
_SCOPES = ("Cluster", "Namespaced")
_FIXED = (("group",), ("scope",), ("names", "kind"), ("names", "plural"))
_OPEN = ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string", "x-kubernetes-embedded-resource")
_SCHEMA = ("schema", "openAPIV3Schema")


def _complete(obj: Object, old: Object | None) -> None:
    spec = obj.get("spec")
    if not isinstance(spec, dict):
        return
    names = spec.get("names")
    if isinstance(names, dict) and isinstance(names.get("kind"), str):
        names.setdefault("singular", names["kind"].lower())
        names.setdefault("listKind", f"{names['kind']}List")
    spec.setdefault("conversion", {"strategy": "None"})
    if old is None:
        versions = [v for v in spec.get("versions") or () if isinstance(v, dict)]
        stored = [v.get("name", "") for v in versions if v.get("storage")]
        names = {"kind": "", "plural": ""}
        obj["status"] = {"acceptedNames": names, "storedVersions": stored}


def _errors(obj: Object, old: Object | None) -> list[FieldError]:
    spec = obj["spec"]
    name = f"{spec['names']['plural']}.{spec['group']}"
    errors: list[FieldError] = []
    if obj["metadata"].get("name") != name:
        problem = 'must be spec.names.plural+"."+spec.group'
        errors.append(invalid_value("metadata.name", obj["metadata"].get("name"), problem))
    if "." not in spec["group"]:
        errors.append(invalid_value("spec.group", spec["group"], "should be a domain with at least one dot"))
    if spec["scope"] not in _SCOPES:
        errors.append(unsupported("spec.scope", spec["scope"], _SCOPES))
    if spec["conversion"].get("strategy") != "None":
        errors.append(unsupported("spec.conversion.strategy", spec["conversion"].get("strategy"), ("None",)))
    errors += _version_errors(spec["versions"])
    for keys in _FIXED if old is not None else ():
        if at(spec, *keys) != at(old, "spec", *keys):
            errors.append(invalid_value("spec." + ".".join(keys), at(spec, *keys), "field is immutable"))
    return errors


def _version_errors(versions: list[Object]) -> list[FieldError]:
    errors: list[FieldError] = []
    if not versions:
        return [required("spec.versions", "must have at least one version")]
    if sum(1 for version in versions if version["storage"]) != 1:
        problem = "must have exactly one version marked as storage version"
        errors.append(invalid_value("spec.versions", versions, problem))
    for index, version in enumerate(versions):
        where = f"spec.versions[{index}].schema.openAPIV3Schema"
        root = at(version, *_SCHEMA)
        if root is None:
            errors.append(required(where))
        else:
            errors += structural_errors(root, where) or _compile_errors(root, where)
    return errors


def structural_errors(node: Any, path: str) -> list[FieldError]:
    """Where a schema does not say of each value what type it has."""
    if not isinstance(node, dict):
        return [invalid_value(path, node, "must be a schema")]
    errors: list[FieldError] = []
    if not node.get("type") and not any(node.get(key) for key in _OPEN):
        errors.append(required(f"{path}.type", "must not be empty for specified object fields"))
    for name, child in (node.get("properties") or {}).items():
        errors += structural_errors(child, f"{path}.properties[{name}]")
    if "items" in node:
        errors += structural_errors(node["items"], f"{path}.items")
    if isinstance(node.get("additionalProperties"), dict):
        errors += structural_errors(node["additionalProperties"], f"{path}.additionalProperties")
    return errors


def _compile_errors(root: Object, path: str) -> list[FieldError]:
    try:
        schema = Schema(whole_type_schema("Any", root))
        _ = schema.rules
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        return [invalid_value(path, "", f"can't be used: {problem}")]
    return []


CRD = ResourceType(
    group=APIEXTENSIONS,
    version="v1",
    kind="CustomResourceDefinition",
    plural="customresourcedefinitions",
    singular="customresourcedefinition",
    namespaced=False,
    short_names=("crd", "crds"),
    categories=("api-extensions",),
    strategic_merge=True,
    counts_generation=True,
    subresources=frozenset({"status"}),
    prepare=_complete,
    check=_errors,
    columns=(NAME, Column("Created At", description="When it was made.", render=lambda obj, _now: created(obj))),
    schema=kind_schema(
        "CustomResourceDefinition",
        "A kind of object that the server serves on request.",
        "CustomResourceDefinitionSpec",
        "CustomResourceDefinitionStatus",
        ("spec",),
    ),
)

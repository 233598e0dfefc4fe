"""What a real API server refuses in a CustomResourceDefinition, as a list of sentences.

Source: the rules for structural schemas, list types, defaults and validation rules of
``apiextensions.k8s.io/v1``. The server's estimate of what CEL rules cost is approached from the safe side:
what a rule iterates over, and every list or map that a rule sits in, must be bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import cel

SCALARS = {"string", "integer", "number", "boolean"}
TYPES = SCALARS | {"object", "array"}
KNOWN = {
    *("type", "format", "description", "title", "default", "enum", "nullable", "example"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("properties", "additionalProperties", "required", "items", "anyOf"),
    *("x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"),
    *("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"),
    "x-kubernetes-validations",
}
REASONS = {"FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"}
INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
NOT_RE2 = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]")
ITERATES = re.compile(r"self((?:\.\w+)+)\.(?:all|exists|exists_one|map|filter)\(")
PYTHON_TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
MESSAGE_LENGTH = 2048

Schema = dict[str, Any]


def problems_of_crd(crd: dict[str, Any]) -> list[str]:
    """Everything wrong with a definition; empty when a server would accept it."""
    return [*_names(crd), *(p for v in crd["spec"]["versions"] for p in _version(v))]


def problems_of_schema(schema: Schema, path: str = "") -> Iterator[str]:
    """Everything wrong with a schema and what is inside it."""
    yield from (f"{path}: {problem}" for problem in _node(schema))
    for name, inner in schema.get("properties", {}).items():
        yield from problems_of_schema(inner, f"{path}.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from problems_of_schema(schema[key], f"{path}[{key}]")
            if "maxItems" not in schema and "maxProperties" not in schema and _has_rules(schema[key]):
                yield f"{path}: rules inside an unbounded list or map cost too much"


def _names(crd: dict[str, Any]) -> Iterator[str]:
    names, group = crd["spec"]["names"], crd["spec"]["group"]
    if crd["metadata"]["name"] != f"{names['plural']}.{group}":
        yield "metadata.name is not plural.group"
    for name in [names["plural"], names["singular"], *names["shortNames"], *names["categories"]]:
        if not re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", name):
            yield f"{name!r} is no DNS label"
    if crd["spec"]["scope"] not in {"Cluster", "Namespaced"}:
        yield "scope is neither Cluster nor Namespaced"
    if [version["storage"] for version in crd["spec"]["versions"]].count(True) != 1:
        yield "not exactly one version is stored"


def _version(version: dict[str, Any]) -> Iterator[str]:
    schema = version["schema"]["openAPIV3Schema"]
    yield from problems_of_schema(schema)
    if set(schema["properties"]["metadata"]) - {"type", "description"}:
        yield ".metadata: only its type may be said"
    for column in version["additionalPrinterColumns"]:
        if column["type"] not in SCALARS | {"date"}:
            yield f"column {column['name']}: no such type {column['type']!r}"
        top = column["jsonPath"].split(".")[1]
        if not column["jsonPath"].startswith(".") or top not in schema["properties"]:
            yield f"column {column['name']}: {column['jsonPath']} leads nowhere"


def _node(schema: Schema) -> Iterator[str]:
    yield from (f"unknown key {key}" for key in sorted(set(schema) - KNOWN))
    kind = schema.get("type")
    free = schema.get("x-kubernetes-int-or-string") or schema.get("x-kubernetes-preserve-unknown-fields")
    if kind not in TYPES and not (free and kind is None):
        yield f"type is {kind!r}"
    if ("anyOf" in schema) != ("x-kubernetes-int-or-string" in schema):
        yield "anyOf is for int-or-string only"
    if "anyOf" in schema and schema["anyOf"] != INT_OR_STRING:
        yield "anyOf of an int-or-string is not integer, string"
    if "properties" in schema and "additionalProperties" in schema:
        yield "properties and additionalProperties exclude each other"
    yield from _keywords(schema)
    yield from _list_type(schema)
    yield from _default(schema)
    yield from (problem for rule in schema.get("x-kubernetes-validations", ()) for problem in _rule(rule, schema))


def _keywords(schema: Schema) -> Iterator[str]:
    kind = schema.get("type")
    if (kind == "array") != ("items" in schema):
        yield "an array has items, and nothing else has"
    if set(schema.get("required", ())) - set(schema.get("properties", ())):
        yield "requires what it does not declare"
    for flag in ("exclusiveMinimum", "exclusiveMaximum"):
        if not isinstance(schema.get(flag, True), bool):
            yield f"{flag} is a flag in OpenAPI v3.0"
    if NOT_RE2.search(schema.get("pattern", "")):
        yield "the pattern is not RE2"
    if "pattern" in schema:
        re.compile(schema["pattern"])


def _list_type(schema: Schema) -> Iterator[str]:
    list_type = schema.get("x-kubernetes-list-type", "atomic")
    keys = schema.get("x-kubernetes-list-map-keys", [])
    items = schema.get("items", {})
    if list_type not in {"atomic", "set", "map"} or (list_type != "atomic" and schema.get("type") != "array"):
        yield f"x-kubernetes-list-type {list_type} does not fit"
    if (list_type == "map") != bool(keys):
        yield "a map list has keys, and nothing else has"
    if list_type == "set" and items.get("type") not in SCALARS:
        yield "items of a set are scalars"
    for key in keys:
        declared = items.get("properties", {}).get(key, {})
        if declared.get("type") not in SCALARS:
            yield f"map key {key} is no scalar property of the items"
        if key not in items.get("required", ()) and "default" not in declared:
            yield f"map key {key} is neither required nor defaulted"


def _default(schema: Schema) -> Iterator[str]:
    if "default" not in schema:
        return
    default = schema["default"]
    expected = (int, str) if schema.get("x-kubernetes-int-or-string") else PYTHON_TYPES.get(schema["type"])
    is_flag = isinstance(default, bool)
    if expected is None or not isinstance(default, expected) or is_flag != (schema.get("type") == "boolean"):
        yield f"default {default!r} is of another type"
    elif default not in schema.get("enum", [default]):
        yield f"default {default!r} is not among the choices"
    elif isinstance(default, str) and not re.search(schema.get("pattern", ""), default):
        yield f"default {default!r} does not match the pattern"
    elif not isinstance(default, str) and not (
        schema.get("minimum", default) <= default <= schema.get("maximum", default)
    ):
        yield f"default {default!r} is out of range"


def _rule(rule: dict[str, str], schema: Schema) -> Iterator[str]:
    cel.compile(rule["rule"])
    message = rule.get("message", "")
    if not message.strip() or "\n" in message or len(message) > MESSAGE_LENGTH:
        yield f"rule {rule['rule']!r}: its message is empty, too long or has more than one line"
    if rule.get("reason", "FieldValueInvalid") not in REASONS:
        yield f"rule {rule['rule']!r}: no such reason {rule['reason']!r}"
    if "fieldPath" in rule and _at(schema, rule["fieldPath"]) is None:
        yield f"rule {rule['rule']!r}: {rule['fieldPath']} is not declared"
    for path in ITERATES.findall(rule["rule"]):
        looped = _at(schema, path)
        if looped is None or not {"maxItems", "maxProperties"} & set(looped):
            yield f"rule {rule['rule']!r}: iterates over self{path}, which is unbounded"


def _at(schema: Schema, path: str) -> Schema | None:
    found: Schema | None = schema
    for part in path.strip(".").split("."):
        found = (found or {}).get("properties", {}).get(part)
    return found


def _has_rules(schema: Schema) -> bool:
    inner = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]
    return "x-kubernetes-validations" in schema or any(_has_rules(s) for s in inner if isinstance(s, dict))

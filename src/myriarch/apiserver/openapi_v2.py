"""OpenAPI v2 of what is served, made from the documents of v3: for clients that know no newer form.

One document holds all groups. Structures are the same; what v2 can't say (choices between types) is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from myriarch import __version__
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.openapi import openapi_v3_group

Document = dict[str, Any]

JSON = "application/json"
_V3, _V2 = "#/components/schemas/", "#/definitions/"
_PATCHES = (
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
)
_METHODS = ("get", "put", "post", "delete", "patch")


def openapi_v2(types: Sequence[ResourceType]) -> Document:
    """The body of ``/openapi/v2``."""
    paths: Document = {}
    definitions: Document = {}
    for group, version in dict.fromkeys((rtype.group, rtype.version) for rtype in types):
        document = openapi_v3_group(types, group, version)
        if document is None:
            continue
        paths |= {path: _path(item) for path, item in document["paths"].items()}
        definitions |= {name: _schema(node) for name, node in document["components"]["schemas"].items()}
    return {
        "swagger": "2.0",
        "info": {"title": "Myriarch", "version": __version__},
        "paths": dict(sorted(paths.items())),
        "definitions": dict(sorted(definitions.items())),
    }


def _path(item: Document) -> Document:
    out: Document = {method: _operation(item[method]) for method in _METHODS if method in item}
    if item.get("parameters"):
        out["parameters"] = [_parameter(each) for each in item["parameters"]]
    return out


def _operation(operation: Document) -> Document:
    out = {key: value for key, value in operation.items() if key not in ("parameters", "requestBody", "responses")}
    parameters = [_parameter(each) for each in operation.get("parameters", ())]
    body = operation.get("requestBody")
    consumes = ["*/*"]
    if body:
        content = body["content"]
        consumes = sorted(content, key=_patch_order) if len(content) > 1 else ["*/*"]
        schema = _schema(next(iter(content.values()))["schema"])
        parameters.insert(0, {"name": "body", "in": "body", "required": True, "schema": schema})
    responses = {}
    for code, response in operation.get("responses", {}).items():
        described: Document = {"description": response.get("description", "")}
        content = response.get("content") or {}
        if JSON in content and "schema" in content[JSON]:
            described["schema"] = _schema(content[JSON]["schema"])
        responses[code] = described
    return {**out, "consumes": consumes, "produces": [JSON], "parameters": parameters, "responses": responses}


def _patch_order(media_type: str) -> int:
    """Apply comes last, as Kubernetes lists patches."""
    return _PATCHES.index(media_type) if media_type in _PATCHES else len(_PATCHES)


def _parameter(parameter: Document) -> Document:
    out = {key: value for key, value in parameter.items() if key != "schema"}
    return {**out, **parameter.get("schema", {})}


def _schema(node: Any) -> Any:
    """A schema in the words of v2."""
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"].replace(_V3, _V2)}
    out: Document = {}
    for key, value in node.items():
        if key in ("oneOf", "anyOf", "default", "nullable"):
            continue
        if key == "allOf" and len(value) == 1:
            out |= _schema(value[0])
        elif key == "properties":
            out[key] = {name: _schema(child) for name, child in value.items()}
        elif key in ("items", "additionalProperties"):
            out[key] = _schema(value)
        else:
            out[key] = value
    if "oneOf" in node and "type" not in out:
        out["type"] = "string"
    return out

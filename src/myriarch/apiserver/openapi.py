"""OpenAPI v3 of what is served: an index with a hash of each document, and a document a group version.

kubectl reads the documents to explain types, and to learn that PATCH takes ``fieldValidation`` and
``dryRun``. The schemas of types are those that validate; ``ObjectMeta`` and ``ListMeta`` are components of
their own, so that ``explain`` names them. Documents are made once for a list of types and shared: treat them
as values. The paths themselves are in ``openapi_paths.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from myriarch import __version__
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.objectmeta import OBJECT_META, array, integer, string, struct
from myriarch.apiserver.openapi_paths import LIST_META, META, STATUS, component, paths_of, reference
from myriarch.apiserver.openapi_schemas import Publisher, custom_schema
from myriarch.apiserver.registry import is_custom

Document = dict[str, Any]

_LIST_META = struct(
    "What a list says of itself.",
    {
        "resourceVersion": string("Version of the whole list; a watch goes on from it."),
        "continue": string("Token for the next part, where the list was cut."),
        "remainingItemCount": integer("How many are left, where known.", format="int64"),
        "selfLink": string("No longer set."),
    },
)
_STATUS = struct(
    "The answer to a request that returns no object.",
    {
        "apiVersion": string("v1."),
        "kind": string("Status."),
        "metadata": reference(LIST_META),
        "status": string("Success or Failure."),
        "message": string("What happened, for people."),
        "reason": string("What happened, in one word."),
        "details": {"type": "object", "description": "Which object, and the causes."},
        "code": integer("HTTP code."),
    },
)


def openapi_v3_index(types: Sequence[ResourceType]) -> Document:
    """The body of ``/openapi/v3``: where each document is, with its hash."""
    paths = {}
    for group, version in dict.fromkeys((rtype.group, rtype.version) for rtype in types):
        path = f"apis/{group}/{version}" if group else f"api/{version}"
        mark = _hash(tuple(types), group, version)
        paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={mark}"}
    return {"paths": paths}


def openapi_v3_group(types: Sequence[ResourceType], group: str, version: str) -> Document | None:
    """The document of one group version (``/openapi/v3/api/v1``); None where it isn't served."""
    return _document(tuple(types), group, version)


@lru_cache(maxsize=64)
def _hash(types: tuple[ResourceType, ...], group: str, version: str) -> str:
    body = msgspec.json.encode(_document(types, group, version), order="sorted")
    return hashlib.sha256(body).hexdigest().upper()


@lru_cache(maxsize=64)
def _document(types: tuple[ResourceType, ...], group: str, version: str) -> Document | None:
    found = [rtype for rtype in types if (rtype.group, rtype.version) == (group, version)]
    if not found:
        return None
    publisher = Publisher()
    publisher.structure(OBJECT_META)
    schemas = {LIST_META: _LIST_META, STATUS: _STATUS}
    paths: Document = {}
    for rtype in found:
        schemas[component(rtype)] = _object_schema(rtype, publisher)
        schemas[component(rtype) + "List"] = _list_schema(rtype)
        paths |= paths_of(rtype)
    schemas |= publisher.components
    return {
        "openapi": "3.0.0",
        "info": {"title": "Myriarch", "version": __version__},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": schemas},
    }


def _object_schema(rtype: ResourceType, publisher: Publisher) -> Document:
    gvks = {"x-kubernetes-group-version-kind": [rtype.gvk]}
    if not is_custom(rtype):
        return {**publisher.whole(rtype.schema), **gvks}
    schema = custom_schema(rtype.schema)
    metadata = {"description": "Metadata as every object has it.", "allOf": [reference(META)]}
    out = {**schema, "properties": {**schema["properties"], "metadata": metadata}, **gvks}
    if rtype.selectable_fields:
        out["x-kubernetes-selectable-fields"] = [{"fieldPath": path} for path in rtype.selectable_fields]
    return out


def _list_schema(rtype: ResourceType) -> Document:
    items = array(f"The {rtype.plural}.", {"allOf": [reference(component(rtype))], "default": {}})
    properties = {
        "apiVersion": string("Version of the schema that this list is written in."),
        "kind": string(f"{rtype.list_kind}."),
        "metadata": {"description": "Metadata as every list has it.", "allOf": [reference(LIST_META)], "default": {}},
        "items": items,
    }
    schema = struct(f"A list of {rtype.plural}.", properties, ("items",))
    schema["x-kubernetes-group-version-kind"] = [{**rtype.gvk, "kind": rtype.list_kind}]
    return schema

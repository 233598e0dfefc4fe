"""Strategic merge patch: a merge patch that knows which lists are sets and which are maps.

kubectl sends these for built-in types. The schema tells how a list merges (``x-kubernetes-patch-strategy``,
``x-kubernetes-patch-merge-key``); a list without a strategy is replaced. Directives: ``$patch`` (replace,
delete, merge), ``$deleteFromPrimitiveList/FIELD``, ``$retainKeys``. ``$setElementOrder/FIELD`` is accepted and
has no effect: lists keep their order, and new items follow.
"""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.patch import PatchError, json_equal

Node = dict[str, Any]

_PATCH = "$patch"
_RETAIN = "$retainKeys"
_DELETE_FROM = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"
_DIRECTIVES = ("merge", "replace", "delete")


def strategic_merge(doc: Any, patch: Any, schema: Node) -> Any:
    """``doc`` with ``patch`` merged in; ``schema`` is the OpenAPI schema of the whole object.

    Neither argument is changed; parts that don't change are shared. Raises PatchError.
    """
    if not isinstance(patch, dict):
        raise PatchError("a strategic merge patch must be an object", malformed=True)
    return _merge_map(doc if isinstance(doc, dict) else {}, patch, schema)


def _merge_map(doc: dict[str, Any], patch: dict[str, Any], schema: Node) -> dict[str, Any]:
    match _directive(patch):
        case "replace":
            return {key: value for key, value in patch.items() if key != _PATCH}
        case "delete":
            return {}
    out = dict(doc)
    for key, value in patch.items():
        if key.startswith("$"):
            _apply_directive(out, key, value)
        elif value is None:
            out.pop(key, None)
        else:
            node = _schema_of(schema, key)
            merged = _merge_value(out.get(key), value, node, key)
            out[key] = _ordered(out.get(key), merged, value, patch.get(_ORDER + key), node)
            if isinstance(value, dict) and value.get(_PATCH) == "delete":
                del out[key]
    if _RETAIN in patch:
        out = {key: value for key, value in out.items() if key in patch[_RETAIN]}
    return out


def _directive(patch: dict[str, Any]) -> str:
    directive = patch.get(_PATCH, "merge")
    if directive not in _DIRECTIVES:
        raise PatchError(f"unknown patch type: {directive}", malformed=True)
    return str(directive)


def _apply_directive(out: dict[str, Any], key: str, value: Any) -> None:
    if key in (_PATCH, _RETAIN) or key.startswith(_ORDER):
        return
    if not key.startswith(_DELETE_FROM) or not isinstance(value, list):
        raise PatchError(f"unknown directive {key}", malformed=True)
    field = key.removeprefix(_DELETE_FROM)
    if isinstance(out.get(field), list):
        out[field] = [item for item in out[field] if not any(json_equal(item, gone) for gone in value)]


def _schema_of(schema: Node, key: str) -> Node:
    extra = schema.get("additionalProperties")
    found = schema.get("properties", {}).get(key) or (extra if isinstance(extra, dict) else {})
    return found if isinstance(found, dict) else {}


def _merge_value(old: Any, value: Any, schema: Node, name: str) -> Any:
    if isinstance(value, dict):
        return _merge_map(old if isinstance(old, dict) else {}, value, schema)
    if not isinstance(value, list):
        return value
    if schema.get("x-kubernetes-patch-strategy") != "merge":
        return [_plain(item) for item in value if not _is_marker(item)]
    key = schema.get("x-kubernetes-patch-merge-key")
    base = old if isinstance(old, list) else []
    if key is None:
        return _union(base, value)
    return _merge_items(base, value, key, schema.get("items") or {}, name)


def _ordered(before: Any, merged: Any, value: Any, stated: Any, schema: Node) -> Any:
    """The merged list in the order of Kubernetes: what the patch names as it orders it (``$setElementOrder``, or as it
    comes), and what it doesn't name before the first of these that stood behind it."""
    if not isinstance(merged, list) or not isinstance(before, list) or not isinstance(value, list):
        return merged
    if schema.get("x-kubernetes-patch-strategy") != "merge" or any(_is_marker(item) for item in value):
        return merged
    key = schema.get("x-kubernetes-patch-merge-key")
    order = [_mark(item, key) for item in (stated if isinstance(stated, list) else value)]
    was = {_mark(item, key): place for place, item in reversed(list(enumerate(before)))}
    named = sorted(
        (item for item in merged if _mark(item, key) in order), key=lambda item: order.index(_mark(item, key))
    )
    rest = [item for item in merged if _mark(item, key) not in order]
    out: list[Any] = []
    for item in named:
        place = was.get(_mark(item, key), -1)
        while rest and was.get(_mark(rest[0], key), -1) < place:
            out.append(rest.pop(0))
        out.append(item)
    return [*out, *rest]


def _mark(item: Any, key: str | None) -> str:
    """What tells an item of a merging list from others."""
    return repr(item.get(key) if key is not None and isinstance(item, dict) else item)


def _is_marker(item: Any) -> bool:
    """``{"$patch": "replace"}`` in a list: the list replaces the old one."""
    return isinstance(item, dict) and item.keys() == {_PATCH} and item[_PATCH] == "replace"


def _plain(item: Any) -> Any:
    return {key: value for key, value in item.items() if key != _PATCH} if isinstance(item, dict) else item


def _union(base: list[Any], extra: list[Any]) -> list[Any]:
    out = list(base)
    for item in extra:
        if not any(json_equal(item, each) for each in out):
            out.append(item)
    return out


def _merge_items(base: list[Any], patch: list[Any], key: str, schema: Node, name: str) -> list[Any]:
    if any(_is_marker(item) for item in patch):
        return [_plain(item) for item in patch if not _is_marker(item)]
    out = list(base)
    for change in patch:
        if not isinstance(change, dict) or key not in change:
            raise PatchError(f"{name}: an item does not contain declared merge key: {key}", malformed=True)
        places = [i for i, item in enumerate(out) if isinstance(item, dict) and item.get(key) == change[key]]
        match _directive(change):
            case "delete":
                out = [item for i, item in enumerate(out) if i not in places]
            case "replace" if places:
                out[places[0]] = _plain(change)
            case _ if places:
                out[places[0]] = _merge_map(out[places[0]], change, schema)
            case _:
                out.append(_merge_map({}, _plain(change), schema))
    return out

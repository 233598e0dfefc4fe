"""Sets of field paths and FieldsV1."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myriarch.apiserver.field_merge import compare, merge, remove
from myriarch.apiserver.field_tree import compile_fields
from myriarch.apiserver.fields import all_paths, from_json, from_object, has, show, to_json

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "plain": {"type": "array", "items": {"type": "integer"}},
        "tags": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        "items": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "n": {"type": "integer"}, "m": {"type": "integer"}},
            },
        },
        "whole": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"a": {"type": "integer"}}},
        "deep": {"type": "object", "properties": {"x": {"type": "integer"}}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
TREE = compile_fields(SCHEMA)

SMALL = st.integers(0, 2)
NAMES = st.sampled_from(["a", "b", "c"])
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "labels": st.dictionaries(NAMES, NAMES, max_size=3),
        "plain": st.lists(SMALL, max_size=2),
        "tags": st.lists(NAMES, unique=True, max_size=3),
        "items": st.dictionaries(NAMES, st.fixed_dictionaries({}, optional={"n": SMALL, "m": SMALL}), max_size=3).map(
            lambda named: [{"name": name, **rest} for name, rest in named.items()]
        ),
        "whole": st.fixed_dictionaries({"a": SMALL}),
        "deep": st.fixed_dictionaries({}, optional={"x": SMALL}),
        "free": st.dictionaries(NAMES, SMALL | st.dictionaries(NAMES, SMALL, max_size=2), max_size=2),
    },
)


def test_fields_of_an_object() -> None:
    obj = {
        "labels": {"a": "1"},
        "plain": [1, 2],
        "tags": ["t"],
        "items": [{"name": "x", "n": 1}],
        "whole": {"a": 1},
        "deep": {},
        "free": {"q": {"r": 1}},
    }
    assert to_json(from_object(obj, TREE)) == {
        "f:labels": {"f:a": {}},
        "f:plain": {},
        "f:tags": {'v:"t"': {}},
        "f:items": {'k:{"name":"x"}': {".": {}, "f:name": {}, "f:n": {}}},
        "f:whole": {},
        "f:deep": {},
        "f:free": {"f:q": {".": {}, "f:r": {}}},
    }


def test_unknown_fields_belong_to_nobody() -> None:
    assert from_object({"nothing": 1, "plain": []}, TREE) == {("f:plain",)}


def test_paths_read_well() -> None:
    path = ("f:items", 'k:{"name":"x","port":1}', "f:n")
    assert show(path) == '.items[name="x",port=1].n'
    assert show(("f:tags", 'v:"t"')) == '.tags[="t"]'


@given(OBJECTS)
def test_json_round_trip(obj: dict[str, Any]) -> None:
    fields = from_object(obj, TREE)
    written = to_json(fields)
    assert from_json(written) == fields
    assert all(has(written, path) for path in fields)
    assert not has(written, ("f:never",))


@pytest.mark.parametrize("bad", ["text", {"spec": {}}, {"f:a": 1}])
def test_what_is_no_fields_v1_is_refused(bad: Any) -> None:
    with pytest.raises(ValueError):
        from_json(bad)


@given(OBJECTS, OBJECTS)
def test_merge_states_everything_that_was_applied(live: dict[str, Any], applied: dict[str, Any]) -> None:
    merged = merge(live, applied, TREE)
    assert from_object(applied, TREE) <= _paths(merged)
    assert merge(merged, applied, TREE) == merged
    assert not compare(merged, merge(merged, applied, TREE), TREE).modified


def _paths(obj: dict[str, Any]) -> frozenset[tuple[str, ...]]:
    """Every path, containers too: an empty map that is applied over a full one is no leaf of the result."""
    out: list[tuple[str, ...]] = []
    all_paths(obj, TREE, (), out)
    return frozenset(out)


@given(OBJECTS, OBJECTS)
def test_compare_tells_exactly_what_differs(old: dict[str, Any], new: dict[str, Any]) -> None:
    changes = compare(old, new, TREE)
    backwards = compare(new, old, TREE)
    assert sorted(changes.added) == sorted(backwards.removed)
    assert sorted(changes.modified) == sorted(backwards.modified)
    same = not (changes.added or changes.removed or changes.modified)
    # Lists of items and sets have no order of their own.
    assert same == (_ordered(old) == _ordered(new))


def _ordered(obj: dict[str, Any]) -> dict[str, Any]:
    out = dict(obj)
    if "tags" in out:
        out["tags"] = sorted(out["tags"])
    if "items" in out:
        out["items"] = sorted(out["items"], key=lambda item: item["name"])
    return out


@given(OBJECTS)
def test_removing_all_fields_leaves_nothing_below_the_top(obj: dict[str, Any]) -> None:
    left = remove(obj, from_object(obj, TREE), TREE, set())
    assert all(value in ({}, []) for value in left.values())


def test_keys_of_an_item_go_only_with_the_item() -> None:
    obj = {"items": [{"name": "x", "n": 1, "m": 2}]}
    item = ("f:items", 'k:{"name":"x"}')
    kept = {item[:1], item, (*item, "f:m")}
    left = remove(obj, [item, (*item, "f:name"), (*item, "f:n")], TREE, kept)
    assert left == {"items": [{"name": "x", "m": 2}]}

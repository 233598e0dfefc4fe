"""JSON patch, merge patch and strategic merge."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myriarch.apiserver.builtin.catalogue import builtin_types
from myriarch.apiserver.patch import PatchError, json_equal, json_patch, merge_patch
from myriarch.apiserver.strategic import strategic_merge

NODE = next(rtype.schema for rtype in builtin_types() if rtype.kind == "Node")

KEYS = st.sampled_from(["a", "b", "c"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def defined_merge(target: Any, patch: Any) -> Any:
    """RFC 7386, section 2, word for word."""
    if not isinstance(patch, dict):
        return patch
    if not isinstance(target, dict):
        target = {}
    for name, value in patch.items():
        if value is None:
            if name in target:
                del target[name]
        else:
            target[name] = defined_merge(target.get(name), value)
    return target


@given(JSON, JSON)
def test_merge_patch_is_as_defined_and_leaves_its_input_alone(doc: Any, patch: Any) -> None:
    before, patch_before = copy.deepcopy(doc), copy.deepcopy(patch)
    merged = merge_patch(doc, patch)
    assert json_equal(merged, defined_merge(copy.deepcopy(doc), copy.deepcopy(patch)))
    assert json_equal(doc, before)
    assert json_equal(patch, patch_before)


@given(JSON, JSON)
def test_merge_patch_twice_is_once(doc: Any, patch: Any) -> None:
    once = merge_patch(doc, patch)
    assert json_equal(merge_patch(once, patch), once)


@pytest.mark.parametrize(
    ("doc", "ops", "result"),
    [
        ({"a": 1}, [{"op": "add", "path": "/b", "value": 2}], {"a": 1, "b": 2}),
        ({"a": [1, 3]}, [{"op": "add", "path": "/a/1", "value": 2}], {"a": [1, 2, 3]}),
        ({"a": [1]}, [{"op": "add", "path": "/a/-", "value": 2}], {"a": [1, 2]}),
        ({"a": 1, "b": 2}, [{"op": "remove", "path": "/a"}], {"b": 2}),
        ({"a": [1, 2]}, [{"op": "remove", "path": "/a/0"}], {"a": [2]}),
        ({"a": 1}, [{"op": "replace", "path": "/a", "value": None}], {"a": None}),
        ({"a": [1, 2]}, [{"op": "replace", "path": "/a/1", "value": 3}], {"a": [1, 3]}),
        ({"a": {"b": 1}}, [{"op": "move", "from": "/a/b", "path": "/c"}], {"a": {}, "c": 1}),
        ({"a": {"b": 1}}, [{"op": "copy", "from": "/a", "path": "/c"}], {"a": {"b": 1}, "c": {"b": 1}}),
        ({"a": 1}, [{"op": "test", "path": "/a", "value": 1}], {"a": 1}),
        ({"a/b": 1, "c~d": 2}, [{"op": "remove", "path": "/a~1b"}, {"op": "remove", "path": "/c~0d"}], {}),
        ({"a": 1}, [{"op": "replace", "path": "", "value": {"z": 1}}], {"z": 1}),
        ({"": 1}, [{"op": "replace", "path": "/", "value": 2}], {"": 2}),
    ],
)
def test_json_patch(doc: Any, ops: Any, result: Any) -> None:
    before = copy.deepcopy(doc)
    assert json_patch(doc, ops) == result
    assert doc == before


@pytest.mark.parametrize(
    ("ops", "malformed"),
    [
        ({"op": "add"}, True),
        ([{"path": "/a"}], True),
        ([{"op": "jump", "path": "/a"}], False),
        ([{"op": "add", "path": "a", "value": 1}], True),
        ([{"op": "add", "path": "/a"}], True),
        ([{"op": "move", "from": "/a", "path": "/a/b"}], True),
        ([{"op": "remove", "path": "/zz"}], False),
        ([{"op": "replace", "path": "/zz/y", "value": 1}], False),
        ([{"op": "test", "path": "/a", "value": True}], False),
        ([{"op": "add", "path": "/l/9", "value": 1}], False),
        ([{"op": "add", "path": "/l/01", "value": 1}], False),
        ([{"op": "remove", "path": "/l/-"}], False),
        ([{"op": "add", "path": "/x/y", "value": 1}], False),
        ([{"op": "add", "path": "/a/y", "value": 1}], False),
    ],
)
def test_json_patch_refusals(ops: Any, malformed: bool) -> None:
    with pytest.raises(PatchError) as caught:
        json_patch({"a": 1, "l": [0]}, ops)
    assert caught.value.malformed is malformed


def test_json_patch_is_all_or_nothing() -> None:
    doc = {"a": 1}
    with pytest.raises(PatchError):
        json_patch(doc, [{"op": "remove", "path": "/a"}, {"op": "remove", "path": "/a"}])
    assert doc == {"a": 1}


def node(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "n", "labels": {"a": "1"}, "finalizers": ["x"]}, "status": status}


READY = {"type": "Ready", "status": "True", "reason": "Fine"}
DISK = {"type": "DiskPressure", "status": "False"}


def test_strategic_merge_merges_list_maps_by_key() -> None:
    patch = {"status": {"conditions": [{"type": "Ready", "status": "False"}, {"type": "New", "status": "True"}]}}
    merged = strategic_merge(node(conditions=[READY, DISK]), patch, NODE)
    assert merged["status"]["conditions"] == [
        {"type": "Ready", "status": "False", "reason": "Fine"},
        {"type": "New", "status": "True"},
        DISK,
    ]


def test_strategic_merge_directives() -> None:
    doc = node(conditions=[READY, DISK])
    gone = {"status": {"conditions": [{"type": "Ready", "$patch": "delete"}]}}
    assert strategic_merge(doc, gone, NODE)["status"]["conditions"] == [DISK]
    swap = {"status": {"conditions": [{"$patch": "replace"}, {"type": "X"}]}}
    assert strategic_merge(doc, swap, NODE)["status"]["conditions"] == [{"type": "X"}]
    labels = {"metadata": {"labels": {"$patch": "replace", "b": "2"}}}
    assert strategic_merge(doc, labels, NODE)["metadata"]["labels"] == {"b": "2"}
    assert "labels" not in strategic_merge(doc, {"metadata": {"labels": {"$patch": "delete"}}}, NODE)["metadata"]
    retain = {"metadata": {"$retainKeys": ["name"]}}
    assert strategic_merge(doc, retain, NODE)["metadata"] == {"name": "n"}


def test_strategic_merge_of_primitive_lists() -> None:
    patch = {
        "metadata": {
            "finalizers": ["y", "x"],
            "$setElementOrder/finalizers": ["x", "y"],
        }
    }
    doc = node()
    assert strategic_merge(doc, patch, NODE)["metadata"]["finalizers"] == ["x", "y"]
    removal = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x"]}}
    assert strategic_merge(doc, removal, NODE)["metadata"]["finalizers"] == []
    assert doc == node()


def test_strategic_merge_replaces_lists_without_a_strategy_and_deletes_by_null() -> None:
    doc = {"metadata": {"labels": {"a": "1"}}, "spec": {"taints": [{"key": "a"}, {"key": "b"}], "podCIDR": "x"}}
    merged = strategic_merge(doc, {"spec": {"taints": [{"key": "b"}], "podCIDR": None}}, NODE)
    assert merged["spec"] == {"taints": [{"key": "b"}]}
    assert strategic_merge(doc, {"metadata": {"labels": {"a": None}}}, NODE)["metadata"] == {"labels": {}}


def test_strategic_merge_refuses_items_without_their_key() -> None:
    with pytest.raises(PatchError, match="does not contain declared merge key: type"):
        strategic_merge(node(conditions=[]), {"status": {"conditions": [{"status": "True"}]}}, NODE)

"""Refusals and errors, worded as clients expect them."""

from __future__ import annotations

from myriarch.apiserver import status
from myriarch.apiserver.errors import invalid_value, required
from myriarch.apiserver.objectmeta import immutable_errors, metadata_errors


def test_not_found_in_both_kinds_of_group() -> None:
    body = status.not_found("configmaps", "", "x").body()
    assert body == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'configmaps "x" not found',
        "reason": "NotFound",
        "details": {"name": "x", "kind": "configmaps"},
        "code": 404,
    }
    assert status.not_found("releases", "myriarch.io", "r").message == 'releases.myriarch.io "r" not found'


def test_conflict() -> None:
    assert status.conflict("leases", "coordination.k8s.io", "l").message == (
        'Operation cannot be fulfilled on leases.coordination.k8s.io "l": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )


def test_invalid_lists_its_causes() -> None:
    one = status.invalid("Release", "myriarch.io", "r", [required("spec.component")])
    assert one.message == 'Release.myriarch.io "r" is invalid: spec.component: Required value'
    two = status.invalid("Node", "", "n", [required("a"), invalid_value("b", 1, "too small")])
    assert two.message == 'Node "n" is invalid: [a: Required value, b: Invalid value: 1: too small]'
    assert two.body()["details"]["causes"] == [
        {"reason": "FieldValueRequired", "message": "Required value", "field": "a"},
        {"reason": "FieldValueInvalid", "message": "Invalid value: 1: too small", "field": "b"},
    ]


def test_apply_conflict_names_managers_and_fields() -> None:
    body = status.apply_conflict([('"hub"', ".spec.mode")], "Apply failed").body()
    assert body["details"]["causes"] == [
        {"reason": "FieldManagerConflict", "message": 'conflict with "hub"', "field": ".spec.mode"}
    ]


def test_names_labels_and_annotations() -> None:
    def said(**meta: object) -> list[str]:
        return [error.field for error in metadata_errors({"metadata": meta})]

    assert said(name="a.b-c") == []
    assert said(generateName="a-") == []
    assert said() == ["metadata.name"]
    assert said(name="A") == ["metadata.name"]
    assert said(name="a" * 254) == ["metadata.name"]
    assert said(name="a", labels={"x.io/y": "Z_1", "empty": ""}) == []
    assert said(name="a", labels={"x.io/": "z"}) == ["metadata.labels"]
    assert said(name="a", labels={"x": "-"}) == ["metadata.labels"]
    assert said(name="a", labels={"x": "y" * 64}) == ["metadata.labels"]
    assert said(name="a", annotations={"bad key": ""}) == ["metadata.annotations"]
    assert said(name="a", annotations={"k": "x" * (256 * 1024)}) == ["metadata.annotations"]


def test_what_may_not_change() -> None:
    old = {"metadata": {"name": "a", "uid": "1", "finalizers": ["x/y"], "deletionTimestamp": "t"}}
    assert immutable_errors(old, {"metadata": {"name": "a", "uid": "1", "finalizers": []}}) == []
    changed = {"metadata": {"name": "a", "uid": "2", "finalizers": ["x/y", "x/z"]}}
    assert [error.field for error in immutable_errors(old, changed)] == ["metadata.uid", "metadata.finalizers"]

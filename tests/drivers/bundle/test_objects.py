"""Objects of a bundle: what is one, in which order they go, in which namespace, and what YAML means."""

from __future__ import annotations

from typing import Any

import pytest

from myriarch.base.errors import UserFault
from myriarch.drivers.bundle.documents import read_documents
from myriarch.drivers.bundle.objects import ObjectId, label_of, manager_of, place, read_objects, stages_of


def an_object(kind: str, name: str = "x", group: str = "", **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": f"{group}/v1" if group else "v1", "kind": kind, "metadata": {"name": name, **metadata}}


def stages(*objects: dict[str, Any]) -> list[list[str]]:
    return [[each.id.kind for each in stage] for stage in stages_of(read_objects(objects))]


def test_what_others_need_comes_first_and_what_stands_in_their_way_last() -> None:
    found = stages(
        an_object("ValidatingWebhookConfiguration", group="admissionregistration.k8s.io"),
        an_object("Gear", group="example.com"),
        an_object("Deployment", group="apps"),
        an_object("ClusterRole", group="rbac.authorization.k8s.io"),
        an_object("CustomResourceDefinition", group="apiextensions.k8s.io"),
        an_object("Namespace"),
        an_object("ConfigMap"),
    )
    assert found == [
        ["Namespace"],
        ["CustomResourceDefinition"],
        ["ClusterRole", "ConfigMap", "Deployment", "Gear"],
        ["ValidatingWebhookConfiguration"],
    ]


def test_a_step_waits_for_the_one_before() -> None:
    late = {"annotations": {"myriarch.io/step": "1"}}
    early = {"annotations": {"myriarch.io/step": "-1"}}
    found = stages(an_object("Namespace", **late), an_object("ConfigMap"), an_object("Job", group="batch", **early))
    assert found == [["Job"], ["ConfigMap"], ["Namespace"]]


def test_lists_are_opened_and_what_only_the_server_says_is_left_out() -> None:
    item = an_object("ConfigMap", uid="1", resourceVersion="2", managedFields=[]) | {"status": {"a": 1}}
    (made,) = read_objects([None, {"kind": "List", "apiVersion": "v1", "items": [item]}])
    assert made.body == an_object("ConfigMap")


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ("text", "objects[0]"),
        ({"kind": "X", "metadata": {"name": "x"}}, "objects[0].apiVersion"),
        ({"apiVersion": "v1", "metadata": {"name": "x"}}, "objects[0].kind"),
        ({"apiVersion": "v1", "kind": "X", "metadata": {"generateName": "x-"}}, "objects[0].metadata.name"),
        (an_object("X", labels={"a": 1}), "objects[0].metadata.labels"),
        (an_object("X", annotations={"myriarch.io/step": "soon"}), "objects[0].metadata.annotations[myriarch.io/step]"),
    ],
)
def test_mistakes_are_named(document: Any, field: str) -> None:
    with pytest.raises(UserFault) as caught:
        read_objects([document])
    assert caught.value.field == field


def test_an_object_is_there_once() -> None:
    with pytest.raises(UserFault, match="given twice"):
        read_objects([an_object("ConfigMap"), an_object("ConfigMap")])
    objects = read_objects([an_object("ConfigMap"), an_object("ConfigMap", namespace="home")])
    with pytest.raises(UserFault, match="given twice"):
        place(objects, {each.id: True for each in objects}, "home")


def test_namespaces_go_to_those_that_need_one() -> None:
    objects = read_objects([an_object("ConfigMap"), an_object("ClusterRole", namespace="stray"), an_object("Gear")])
    scopes = {objects[0].id: True, objects[1].id: False}
    placed = place(objects, scopes, "home")
    assert [each.id.namespace for each in placed] == ["home", "", ""]
    assert placed[0].body["metadata"]["namespace"] == "home"
    assert "namespace" not in placed[1].body["metadata"]
    assert placed[1].id == ObjectId("", "ClusterRole", "", "x")


def test_long_names_make_labels_and_managers_that_fit() -> None:
    long = "a" * 200
    assert len(label_of(long)) <= 63
    assert label_of(long) != label_of(long + "b")
    assert len(manager_of(long)) <= 128


def test_yaml_means_what_kubernetes_reads() -> None:
    (found,) = read_documents("{day: 2026-01-05, time: 12:30, mode: 0644, on: true, n: 1_000, s: '1'}", "here")
    assert found == {"day": "2026-01-05", "time": "12:30", "mode": 420, "true": True, "n": 1000, "s": "1"}


def test_a_mistake_in_yaml_is_placed_and_not_quoted() -> None:
    with pytest.raises(UserFault) as caught:
        read_documents("a: 1\npassword: 'very secret\n", "payload.manifests")
    assert caught.value.field == "payload.manifests"
    assert "line" in caught.value.message
    assert "very secret" not in caught.value.message

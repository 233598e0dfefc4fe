"""Discovery documents."""

from __future__ import annotations

from myriarch.api.crd import all_crds
from myriarch.apiserver.builtin.catalogue import builtin_types
from myriarch.apiserver.definition_types import type_from_crd
from myriarch.apiserver.discovery import (
    aggregated,
    api_group,
    api_group_list,
    api_resource_list,
    api_versions,
)

TYPES = [*builtin_types(), *(type_from_crd(crd) for crd in all_crds())]


def test_groups() -> None:
    groups = {group["name"]: group for group in api_group_list(TYPES)["groups"]}
    assert {"apps", "batch", "coordination.k8s.io", "events.k8s.io", "myriarch.io", "policy"} <= set(groups)
    assert groups["myriarch.io"]["preferredVersion"] == {
        "groupVersion": "myriarch.io/v1alpha1",
        "version": "v1alpha1",
    }
    assert api_group(TYPES, "nothing.io") is None
    assert api_group(TYPES, "") is None
    found = api_group(TYPES, "myriarch.io")
    assert found is not None
    assert found["kind"] == "APIGroup"
    assert api_versions("host:1")["versions"] == ["v1"]


def test_resources_of_a_group_version() -> None:
    found = api_resource_list(TYPES, "myriarch.io", "v1alpha1")
    assert found is not None
    assert (found["kind"], found["groupVersion"]) == ("APIResourceList", "myriarch.io/v1alpha1")
    by_name = {entry["name"]: entry for entry in found["resources"]}
    assert by_name["releases"]["namespaced"] is True
    assert by_name["clusters"]["namespaced"] is False
    assert "myriarch" in by_name["clusters"]["categories"]
    assert "mcl" in by_name["clusters"]["shortNames"]
    assert by_name["clusters/status"]["verbs"] == ["get", "patch", "update"]
    assert by_name["clusters/status"]["singularName"] == ""
    assert api_resource_list(TYPES, "myriarch.io", "v9") is None


def test_aggregated_says_the_same_as_the_legacy_documents() -> None:
    for core in (True, False):
        for item in aggregated(TYPES, core=core)["items"]:
            group = item["metadata"].get("name", "")
            for version in item["versions"]:
                legacy = api_resource_list(TYPES, group, version["version"])
                assert legacy is not None
                names = [entry["name"] for entry in legacy["resources"]]
                new = [
                    name
                    for entry in version["resources"]
                    for name in (
                        entry["resource"],
                        *(f"{entry['resource']}/{sub['subresource']}" for sub in entry.get("subresources", ())),
                    )
                ]
                assert new == names


def test_aggregated_entries() -> None:
    (core,) = aggregated(TYPES, core=True)["items"]
    node = next(entry for entry in core["versions"][0]["resources"] if entry["resource"] == "nodes")
    assert node["scope"] == "Cluster"
    assert node["singularResource"] == "node"
    assert node["shortNames"] == ["no"]
    assert node["responseKind"] == {"group": "", "version": "v1", "kind": "Node"}
    assert node["subresources"][0]["subresource"] == "status"

"""OpenAPI v3 documents: what kubectl looks for in them."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from myriarch.api.crd import all_crds
from myriarch.apiserver.builtin.catalogue import builtin_types
from myriarch.apiserver.definition_types import type_from_crd
from myriarch.apiserver.openapi import openapi_v3_group, openapi_v3_index
from myriarch.apiserver.openapi_v2 import openapi_v2

TYPES = [*builtin_types(), *(type_from_crd(crd) for crd in all_crds())]


def document(group: str, version: str) -> dict[str, Any]:
    found = openapi_v3_group(TYPES, group, version)
    assert found is not None
    return found


def test_the_index_names_every_group_version_with_a_hash() -> None:
    paths = openapi_v3_index(TYPES)["paths"]
    assert set(paths) >= {
        "api/v1",
        "apis/apps/v1",
        "apis/batch/v1",
        "apis/coordination.k8s.io/v1",
        "apis/events.k8s.io/v1",
        "apis/myriarch.io/v1alpha1",
        "apis/policy/v1",
        "apis/rbac.authorization.k8s.io/v1",
        "apis/scheduling.k8s.io/v1",
    }
    for path, entry in paths.items():
        assert re.fullmatch(rf"/openapi/v3/{re.escape(path)}\?hash=[0-9A-F]{{64}}", entry["serverRelativeURL"])


def test_the_hash_changes_with_the_schema() -> None:
    crd = all_crds()[0]
    before = openapi_v3_index([type_from_crd(crd)])
    assert openapi_v3_index([type_from_crd(crd)]) == before
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schema["description"] = "Something else."
    assert openapi_v3_index([type_from_crd(crd)]) != before


def test_every_type_is_found_by_its_kind() -> None:
    for rtype in TYPES:
        schemas = document(rtype.group, rtype.version)["components"]["schemas"]
        found = [s for s in schemas.values() if rtype.gvk in s.get("x-kubernetes-group-version-kind", ())]
        assert len(found) == 1
        assert found[0]["properties"]["metadata"]["allOf"]


def test_patch_offers_dry_run_and_field_validation() -> None:
    for rtype in TYPES:
        paths = document(rtype.group, rtype.version)["paths"]
        patches = [
            path["patch"]
            for path in paths.values()
            if "patch" in path and path["patch"]["x-kubernetes-group-version-kind"] == rtype.gvk
        ]
        assert len(patches) == (1 + len(rtype.subresources) if "patch" in rtype.verbs else 0)
        for patch in patches:
            names = {parameter["name"] for parameter in patch["parameters"]}
            assert {"dryRun", "fieldManager", "fieldValidation", "force"} <= names


def test_every_reference_leads_somewhere() -> None:
    for group, version in {(rtype.group, rtype.version) for rtype in TYPES}:
        found = document(group, version)
        for name in _references(found):
            assert name.removeprefix("#/components/schemas/") in found["components"]["schemas"]


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [name for child in node.values() for name in _references(child)]
    return [name for child in node for name in _references(child)] if isinstance(node, list) else []


def test_what_is_not_served_has_no_document() -> None:
    assert openapi_v3_group(TYPES, "nothing.io", "v1") is None


def test_structures_are_told_by_the_names_that_clients_know() -> None:
    schemas = document("apps", "v1")["components"]["schemas"]
    template = schemas["io.k8s.api.apps.v1.DeploymentSpec"]["properties"]["template"]
    assert template == {"allOf": [{"$ref": "#/components/schemas/io.k8s.api.core.v1.PodTemplateSpec"}], "default": {}}
    assert "image" in schemas["io.k8s.api.core.v1.Container"]["properties"]
    assert schemas["io.k8s.api.apps.v1.DeploymentSpec"]["required"] == ["selector", "template"]


def test_every_reference_leads_to_a_component() -> None:
    for group, version in {(rtype.group, rtype.version) for rtype in TYPES}:
        told = document(group, version)
        text = msgspec.json.encode(told).decode()
        for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
            assert name in told["components"]["schemas"], name


def test_version_2_tells_the_same_structures() -> None:
    told = openapi_v2(TYPES)
    assert told["swagger"] == "2.0"
    assert told["definitions"]["io.k8s.api.apps.v1.DeploymentSpec"]["properties"]["template"] == {
        "$ref": "#/definitions/io.k8s.api.core.v1.PodTemplateSpec"
    }
    patch = told["paths"]["/api/v1/namespaces/{namespace}/configmaps/{name}"]["patch"]
    assert patch["consumes"][-1] == "application/apply-patch+yaml"
    assert {"name": "body", "in": "body"}.items() <= patch["parameters"][0].items()
    assert b"#/components/" not in msgspec.json.encode(told)

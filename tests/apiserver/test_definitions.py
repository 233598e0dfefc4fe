"""CustomResourceDefinitions made at run time: served, pruned, defaulted, ruled, scaled, and gone with their objects."""

from __future__ import annotations

import asyncio
from copy import deepcopy
from typing import Any

from tests.apiserver.embedded import MERGE, WIDGET_CRD, Api, names, run

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
GEARS = "/apis/gears.io/v1/namespaces/default/gears"

SPEC_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "teeth": {"type": "integer", "default": 8},
        "replicas": {"type": "integer"},
        "maker": {"type": "string", "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "is fixed"}]},
    },
}


def version(name: str, *, storage: bool) -> dict[str, Any]:
    status = {"type": "object", "properties": {"replicas": {"type": "integer"}, "selector": {"type": "string"}}}
    return {
        "name": name,
        "served": True,
        "storage": storage,
        "subresources": {
            "status": {},
            "scale": {
                "specReplicasPath": ".spec.replicas",
                "statusReplicasPath": ".status.replicas",
                "labelSelectorPath": ".status.selector",
            },
        },
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": SPEC_SCHEMA, "status": status}}},
    }


def gears_crd() -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gears.gears.io"},
        "spec": {
            "group": "gears.io",
            "scope": "Namespaced",
            "names": {"kind": "Gear", "plural": "gears"},
            "versions": [version("v1beta1", storage=False), version("v1", storage=True)],
        },
    }


async def with_gears() -> Api:
    api = Api()
    status, body = await api.call("POST", CRDS, gears_crd())
    assert status == 201, body
    return api


def test_a_definition_is_established_and_its_kind_served() -> None:
    async def main() -> None:
        api = await with_gears()
        await asyncio.sleep(0)
        _, crd = await api.call("GET", f"{CRDS}/gears.gears.io")
        held = {c["type"]: c["status"] for c in crd["status"]["conditions"]}
        assert held == {"NamesAccepted": "True", "Established": "True"}
        assert crd["status"]["acceptedNames"]["listKind"] == "GearList"
        assert crd["status"]["storedVersions"] == ["v1"]
        _, group = await api.call("GET", "/apis/gears.io")
        assert [v["version"] for v in group["versions"]] == ["v1", "v1beta1"]
        assert (await api.call("GET", "/openapi/v3/apis/gears.io/v1"))[0] == 200

    run(main)


def test_objects_are_defaulted_pruned_and_ruled() -> None:
    async def main() -> None:
        api = await with_gears()
        made = await api.made(GEARS, "a", spec={"maker": "x", "unknown": 1})
        assert made["spec"] == {"teeth": 8, "maker": "x"}
        status, body = await api.call("PATCH", f"{GEARS}/a", {"spec": {"maker": "y"}}, media=MERGE)
        assert (status, body["details"]["causes"][0]["field"]) == (422, "spec.maker")

    run(main)


def test_every_served_version_shows_the_same_objects() -> None:
    async def main() -> None:
        api = await with_gears()
        await api.made(GEARS, "a", spec={})
        status, old = await api.call("GET", GEARS.replace("/v1/", "/v1beta1/") + "/a")
        assert (status, old["apiVersion"]) == (200, "gears.io/v1beta1")
        old["spec"]["teeth"] = 9
        status, _ = await api.call("PUT", GEARS.replace("/v1/", "/v1beta1/") + "/a", old)
        assert status == 200
        _, new = await api.call("GET", f"{GEARS}/a")
        assert (new["apiVersion"], new["spec"]["teeth"]) == ("gears.io/v1", 9)

    run(main)


def test_scale() -> None:
    async def main() -> None:
        api = await with_gears()
        await api.made(GEARS, "a", spec={"replicas": 2})
        await api.call("PATCH", f"{GEARS}/a/status", {"status": {"selector": "a=b"}}, media=MERGE)
        _, scale = await api.call("GET", f"{GEARS}/a/scale")
        assert (scale["kind"], scale["spec"]["replicas"], scale["status"]) == (
            "Scale",
            2,
            {"replicas": 0, "selector": "a=b"},
        )
        scale["spec"]["replicas"] = 5
        assert (await api.call("PUT", f"{GEARS}/a/scale", scale))[0] == 200
        assert (await api.call("PUT", f"{GEARS}/a/scale", scale))[0] == 409  # the version it names is old
        _, patched = await api.call("PATCH", f"{GEARS}/a/scale", {"spec": {"replicas": 1}}, media=MERGE)
        assert patched["spec"] == {"replicas": 1}
        assert (await api.call("GET", f"{GEARS}/a"))[1]["metadata"]["generation"] == 3

    run(main)


def test_a_definition_takes_its_objects_along_and_waits_for_finalizers() -> None:
    async def main() -> None:
        api = await with_gears()
        await api.made(GEARS, "a")
        await api.call("POST", GEARS, {"metadata": {"name": "held", "finalizers": ["test.io/hold"]}})
        status, crd = await api.call("DELETE", f"{CRDS}/gears.gears.io")
        assert (status, crd["metadata"]["finalizers"]) == (200, ["customresourcecleanup.apiextensions.k8s.io"])
        assert names((await api.call("GET", GEARS))[1]) == ["held"]
        await api.call("PATCH", f"{GEARS}/held", {"metadata": {"finalizers": None}}, media=MERGE)
        assert (await api.call("GET", f"{CRDS}/gears.gears.io"))[0] == 404
        assert (await api.call("GET", GEARS))[0] == 404

    run(main)


def test_what_a_definition_must_say() -> None:
    async def main() -> None:
        api = Api()
        wrong_name, no_schema, untyped, two = (gears_crd() for _ in range(4))
        wrong_name["metadata"]["name"] = "wheels.gears.io"
        del no_schema["spec"]["versions"][0]["schema"]
        untyped["spec"]["versions"] = [deepcopy(version("v1", storage=True))]
        del untyped["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["type"]
        two["spec"]["versions"][0]["storage"] = True
        for crd in (wrong_name, no_schema, untyped, two):
            status, body = await api.call("POST", CRDS, crd)
            assert (status, body["reason"]) == (422, "Invalid"), body

    run(main)


def test_the_hubs_own_kinds_can_be_read_but_not_deleted() -> None:
    async def main() -> None:
        api = Api()
        _, listing = await api.call("GET", CRDS)
        assert names(listing) == [WIDGET_CRD["metadata"]["name"]]
        assert (await api.call("DELETE", f"{CRDS}/widgets.test.io"))[0] == 403

    run(main)

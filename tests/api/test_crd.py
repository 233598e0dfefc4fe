"""The CRDs of the real kinds: a real API server would accept them, and they say what the types say."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
import yaml
from tests.api.structural import problems_of_crd

from myriarch.api.crd import all_crds, crd
from myriarch.api.kinds import KINDS, KindInfo

INFOS = list(KINDS.values())

SMALLEST: dict[str, dict[str, Any]] = {
    "Cluster": {"environment": "production"},
    "Environment": {"class": "simulated"},
    "Component": {},
    "Revision": {"component": "node-agent"},
    "ReleasePolicy": {"stages": [{"name": "production"}]},
    "Release": {"component": "node-agent", "revision": "node-agent-2", "policy": "careful"},
    "ReleaseTrain": {"cars": [{"component": "os", "revision": "os-2"}], "policy": "standard"},
    "FreezeWindow": {"reason": "end of the quarter", "stop": True},
    "Override": {
        "bypass": ["Freeze"],
        "release": "default/node-agent-2",
        "owner": "ada",
        "reason": "security fix",
        "expires": "2026-01-05T00:00:00Z",
    },
}


def schema_of(info: KindInfo) -> dict[str, Any]:
    schema: dict[str, Any] = crd(info)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return schema


@pytest.mark.parametrize("info", INFOS, ids=lambda info: info.kind)
def test_an_api_server_accepts_it(info: KindInfo) -> None:
    assert problems_of_crd(crd(info)) == []


@pytest.mark.parametrize("info", INFOS, ids=lambda info: info.kind)
def test_every_kind_has_status_columns_and_the_category(info: KindInfo) -> None:
    definition = crd(info)["spec"]
    version = definition["versions"][0]
    assert version["subresources"] == {"status": {}}
    assert version["additionalPrinterColumns"][-1]["name"] == "Age"
    assert definition["names"]["categories"] == ["myriarch"]
    assert definition["names"]["shortNames"] == list(info.short_names)
    assert definition["scope"] == ("Namespaced" if info.namespaced else "Cluster")


@pytest.mark.parametrize("info", INFOS, ids=lambda info: info.kind)
def test_the_smallest_object_survives_the_wire(info: KindInfo) -> None:
    written = {"kind": info.kind, "metadata": {"name": "a"}, "spec": SMALLEST[info.kind]}
    decoded = msgspec.convert(written, info.struct)
    again = msgspec.json.decode(msgspec.json.encode(decoded), type=info.struct)
    assert again == decoded
    sent = json.loads(msgspec.json.encode(decoded))
    assert set(sent) <= set(schema_of(info)["properties"])


@pytest.mark.parametrize("info", INFOS, ids=lambda info: info.kind)
def test_required_says_what_the_type_requires(info: KindInfo) -> None:
    """Leaving out any one required field of the spec is refused by the type, as it is by the schema."""
    smallest = SMALLEST[info.kind]
    for missing in schema_of(info)["properties"]["spec"].get("required", []):
        spec = {key: value for key, value in smallest.items() if key != missing}
        with pytest.raises(msgspec.ValidationError, match=missing):
            msgspec.convert({"kind": info.kind, "spec": spec}, info.struct)


@pytest.mark.parametrize("info", INFOS, ids=lambda info: info.kind)
def test_nothing_is_defaulted_in_a_status(info: KindInfo) -> None:
    assert '"default":' not in json.dumps(schema_of(info)["properties"].get("status", {}))


def test_yaml_needs_no_anchors() -> None:
    assert "&id" not in yaml.safe_dump_all(all_crds(), sort_keys=False)


def test_definitions_share_nothing() -> None:
    first = all_crds()
    first[0]["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["metadata"]["type"] = "mended"
    assert all_crds()[0] != first[0]

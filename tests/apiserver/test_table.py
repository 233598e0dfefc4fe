"""Tables, cells and ages."""

from __future__ import annotations

from typing import Any

import pytest

from myriarch.apiserver.builtin.catalogue import builtin_types
from myriarch.apiserver.columns import age, compile_path, human_duration
from myriarch.apiserver.definition_types import type_from_crd
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.status import ApiError
from myriarch.apiserver.table import render_table
from myriarch.base.clock import parse_rfc3339

NOW = parse_rfc3339("2026-01-05T12:00:00Z")


def builtin(kind: str, group: str = "") -> ResourceType:
    return next(rtype for rtype in builtin_types() if (rtype.kind, rtype.group) == (kind, group))


def row(rtype: ResourceType, obj: dict[str, Any]) -> dict[str, Any]:
    table = render_table(rtype, [obj], "None", NOW)
    names = [column["name"] for column in table["columnDefinitions"]]
    return dict(zip(names, table["rows"][0]["cells"], strict=True))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "<invalid>"),
        (-0.5, "0s"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (130, "2m10s"),
        (599, "9m59s"),
        (600, "10m"),
        (10799, "179m"),
        (10800, "3h"),
        (3 * 3600 + 120, "3h2m"),
        (8 * 3600 + 120, "8h"),
        (47 * 3600, "47h"),
        (48 * 3600, "2d"),
        (50 * 3600, "2d2h"),
        (8 * 86400 + 3600, "8d"),
        (729 * 86400, "729d"),
        (2 * 365 * 86400, "2y"),
        (2 * 365 * 86400 + 86400, "2y1d"),
        (9 * 365 * 86400 + 86400, "9y"),
    ],
)
def test_durations_read_as_kubectl_words_them(seconds: float, text: str) -> None:
    assert human_duration(seconds) == text


def test_ages() -> None:
    assert age("2026-01-05T11:59:00Z", NOW) == "60s"
    assert age(None, NOW) == "<unknown>"
    assert age("yesterday", NOW) == "<invalid>"


def test_nodes() -> None:
    node = {
        "metadata": {
            "name": "n1",
            "creationTimestamp": "2026-01-05T10:00:00Z",
            "labels": {"node-role.kubernetes.io/worker": "", "node-role.kubernetes.io/gpu": ""},
        },
        "spec": {"unschedulable": True},
        "status": {
            "conditions": [{"type": "Ready", "status": "False"}],
            "nodeInfo": {"kubeletVersion": "v1.34.4", "osImage": "Ubuntu 22.04"},
            "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
        },
    }
    cells = row(builtin("Node"), node)
    assert cells["Status"] == "NotReady,SchedulingDisabled"
    assert cells["Roles"] == "gpu,worker"
    assert cells["Age"] == "120m"
    assert cells["Version"] == "v1.34.4"
    assert cells["Internal-IP"] == "10.0.0.1"
    assert cells["External-IP"] == "<none>"
    assert row(builtin("Node"), {"metadata": {"name": "x"}})["Status"] == "Unknown"


def test_only_wide_columns_have_a_priority() -> None:
    shown = [column.name for column in builtin("Node").columns if not column.priority]
    assert shown == ["Name", "Status", "Roles", "Age", "Version"]


def test_config_maps_count_their_keys() -> None:
    assert row(builtin("ConfigMap"), {"metadata": {}, "data": {"a": "1"}, "binaryData": {"b": "Mg=="}})["Data"] == 2


def test_events_show_the_same_through_both_groups() -> None:
    stored = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "e"},
        "involvedObject": {"kind": "Release", "name": "r", "namespace": "d"},
        "reason": "Rolled",
        "message": "back ",
        "type": "Warning",
        "count": 3,
        "source": {"component": "hub"},
        "lastTimestamp": "2026-01-05T11:00:00Z",
    }
    newer = builtin("Event", "events.k8s.io")
    outward = newer.outward(stored)
    assert outward["regarding"] == stored["involvedObject"]
    assert outward["note"] == "back "
    assert outward["apiVersion"] == "events.k8s.io/v1"
    assert newer.inward(outward) == stored
    assert newer.storage == builtin("Event").storage
    cells = row(builtin("Event"), stored)
    assert cells == row(newer, outward)
    assert (cells["Last Seen"], cells["Object"], cells["Message"], cells["Count"]) == ("60m", "release/r", "back", 3)
    assert newer.compiled.validate(outward) == []
    assert newer.compiled.prune(outward) == []


def crd(**version: Any) -> dict[str, Any]:
    return {
        "spec": {
            "group": "example.org",
            "scope": "Cluster",
            "names": {"kind": "Thing", "plural": "things", "shortNames": ["th"], "categories": ["all"]},
            "versions": [{"name": "v1", "storage": True, "served": True, **version}],
        }
    }


def test_columns_of_a_crd() -> None:
    columns = [
        {"name": "Phase", "type": "string", "jsonPath": ".status.phase"},
        {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
        {"name": "Count", "type": "integer", "jsonPath": ".status.count", "priority": 1},
        {"name": "Since", "type": "date", "jsonPath": ".status.since"},
        {"name": "Odd", "type": "integer", "jsonPath": ".status.phase"},
    ]
    rtype = type_from_crd(crd(additionalPrinterColumns=columns))
    obj = {
        "metadata": {"name": "t"},
        "status": {
            "phase": "Up",
            "conditions": [{"type": "Other", "status": "?"}, {"type": "Ready", "status": "True"}],
            "count": 3,
            "since": "2026-01-05T11:00:00Z",
        },
    }
    assert row(rtype, obj) == {"Name": "t", "Phase": "Up", "Ready": "True", "Count": 3, "Since": "60m", "Odd": "Up"}
    assert row(rtype, {"metadata": {"name": "t"}})["Phase"] is None
    assert [column.name for column in type_from_crd(crd()).columns] == ["Name", "Age"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".a.b", [1]),
        ("{.a.b}", [1]),
        ("$.a.b", [1]),
        (".l[0].n", ["x"]),
        (".l[-1].n", ["y"]),
        (".l[9].n", []),
        (".l[*].n", ["x", "y"]),
        (".l[?(@.n=='y')].v", [2]),
        (".l[?(@.v==1)].n", ["x"]),
        (".l[?(@.n!='y')].v", [1]),
        (".m['a.b/c']", [5]),
        (".m.a\\.b/c", [5]),
        (".nothing.at.all", []),
    ],
)
def test_paths(path: str, found: list[Any]) -> None:
    obj = {"a": {"b": 1}, "l": [{"n": "x", "v": 1}, {"n": "y", "v": 2}], "m": {"a.b/c": 5}}
    assert compile_path(path)(obj) == found


def test_a_path_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match="not understood"):
        compile_path(".a[?(@.b > 1 && true)]")


def test_what_rows_include() -> None:
    obj = {"metadata": {"name": "n", "resourceVersion": "7"}, "data": {}}
    assert "object" not in render_table(builtin("ConfigMap"), [obj], "None", NOW)["rows"][0]
    meta = render_table(builtin("ConfigMap"), [obj], "", NOW)["rows"][0]["object"]
    assert meta == {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}
    whole = render_table(builtin("ConfigMap"), [obj], "Object", NOW)
    assert whole["rows"][0]["object"] == obj
    assert whole["metadata"] == {"resourceVersion": "7"}
    with pytest.raises(ApiError):
        render_table(builtin("ConfigMap"), [obj], "Everything", NOW)


def test_later_watch_events_repeat_no_columns() -> None:
    assert render_table(builtin("ConfigMap"), [], "None", NOW, with_columns=False)["columnDefinitions"] is None

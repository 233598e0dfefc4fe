"""The CRDs as a server applies them: what each kind admits, what it refuses, and what it says then."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.api.test_crd import SMALLEST

from myriarch.api.crd import crd
from myriarch.api.kinds import KINDS
from myriarch.apiserver.definition_types import type_from_crd
from myriarch.apiserver.schema import Schema

SCHEMAS = {kind: Schema(type_from_crd(crd(info)).schema) for kind, info in KINDS.items()}


def admitted(kind: str, spec: dict[str, Any], old_spec: dict[str, Any] | None = None) -> str:
    """What a server answers to a write: the paths it does not know and its errors, empty when all is well."""
    schema = SCHEMAS[kind]
    new, old = _whole(kind, spec), None if old_spec is None else _whole(kind, old_spec)
    unknown = schema.prune(new)
    for each in filter(None, (new, old)):
        schema.default(each)
    errors = schema.validate(new) or schema.validate_rules(new, old)
    return "\n".join([*unknown, *map(str, errors)])


def _whole(kind: str, spec: dict[str, Any]) -> dict[str, Any]:
    metadata = {"name": "a"}
    return {"apiVersion": "myriarch.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": copy.deepcopy(spec)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_smallest_object_is_admitted_and_may_be_written_again(kind: str) -> None:
    assert admitted(kind, SMALLEST[kind]) == ""
    assert admitted(kind, SMALLEST[kind], SMALLEST[kind]) == ""


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("Cluster", {"mode": "Sometimes"}, "spec.mode"),
        ("Environment", {"class": "staging"}, "spec.class"),
        ("Environment", {"order": -1}, "spec.order"),
        ("Component", {"historyLimit": 0}, "spec.historyLimit"),
        ("Revision", {"images": [{"name": "agent", "digest": "latest"}]}, "spec.images[0].digest"),
        ("Revision", {"colour": "red"}, "spec.colour"),
        ("ReleasePolicy", {"stages": []}, "spec.stages"),
        ("ReleasePolicy", {"stages": [{"name": "a"}, {"name": "a"}]}, "spec.stages[1]"),
        ("ReleasePolicy", {"stages": [{"name": "a", "soak": "soon"}]}, "spec.stages[0].soak"),
        (
            "ReleasePolicy",
            {"stages": [{"name": "a", "waves": [{"clusters": 1}], "exponential": {}}]},
            "either waves or exponential",
        ),
        ("Release", {"priority": "high"}, "spec.priority"),
        ("Release", {"order": "Dance"}, "spec.order"),
        ("FreezeWindow", {"stop": False}, "needs weekly, once or stop"),
        (
            "FreezeWindow",
            {"weekly": [{"days": ["Fri"], "from": "25:00", "until": "06:00"}]},
            "spec.weekly[0].from",
        ),
        ("Override", {"bypass": []}, "spec.bypass"),
        ("Override", {"expires": "tomorrow"}, "spec.expires"),
    ],
)
def test_what_is_wrong_is_refused_and_named(kind: str, change: dict[str, Any], said: str) -> None:
    assert said in admitted(kind, SMALLEST[kind] | change)


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("Cluster", {"environment": "simulated"}, "can't change"),
        ("Revision", {"version": "2"}, "immutable"),
        ("Revision", {"payload": {"image": "other"}}, "immutable"),
        ("Release", {"revision": "node-agent-3"}, "start another release"),
        ("Override", {"release": "default/other"}, "can't change"),
    ],
)
def test_what_is_fixed_stays(kind: str, change: dict[str, Any], said: str) -> None:
    assert said in admitted(kind, SMALLEST[kind] | change, SMALLEST[kind])


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        (None, "Abort", True),
        (None, "RollBack", True),
        ("Abort", "RollBack", True),
        ("Abort", None, False),
        ("RollBack", "Abort", False),
        ("RollBack", None, False),
        ("Abort", "Abort", True),
    ],
)
def test_an_order_stands(before: str | None, after: str | None, allowed: bool) -> None:
    old, new = (SMALLEST["Release"] | ({"order": order} if order else {}) for order in (before, after))
    assert (admitted("Release", new, old) == "") is allowed


def test_a_grant_is_merged_by_its_component() -> None:
    grant = {"component": "node-agent", "revision": "node-agent-2", "attempt": 1}
    spec = SMALLEST["Cluster"] | {"components": [grant]}
    assert admitted("Cluster", spec) == ""
    assert "spec.components[1]" in admitted("Cluster", spec | {"components": [grant, grant]})

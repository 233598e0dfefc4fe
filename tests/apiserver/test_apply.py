"""Server-side apply and ownership after other writes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myriarch.apiserver.apply import ApplyConflict, apply, update_managed
from myriarch.apiserver.schema import Schema
from myriarch.apiserver.status import ApiError

GRANT = {
    "type": "object",
    "properties": {"component": {"type": "string"}, "revision": {"type": "string"}, "ceiling": {"type": "integer"}},
}
SCHEMA = Schema(
    {
        "type": "object",
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
            "spec": {
                "type": "object",
                "properties": {
                    "mode": {"type": "string"},
                    "paused": {"type": "boolean"},
                    "components": {
                        "type": "array",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["component"],
                        "items": GRANT,
                    },
                },
            },
            "status": {"type": "object", "properties": {"ready": {"type": "integer"}}},
        },
    }
)

Object = dict[str, Any]


def config(labels: dict[str, str] | None = None, **parts: Any) -> Object:
    meta: Object = {"name": "c"} | ({"labels": labels} if labels is not None else {})
    return {"apiVersion": "myriarch.io/v1alpha1", "kind": "Cluster", "metadata": meta, **parts}


def applied(
    live: Object | None,
    wanted: Object,
    manager: str,
    *,
    force: bool = False,
    subresource: str = "",
    now: str = "2026-01-05T00:00:00Z",
    reset: frozenset[str] = frozenset(),
) -> Object:
    before = copy.deepcopy(live)
    out = apply(
        live,
        wanted,
        manager=manager,
        force=force,
        schema=SCHEMA,
        subresource=subresource,
        now_text=now,
        reset=reset,
    )
    assert live == before, "apply changed the live object"
    return out


def updated(
    live: Object | None, new: Object, manager: str, *, now: str = "2026-01-06T00:00:00Z", sub: str = ""
) -> Object:
    out = copy.deepcopy(new)
    update_managed(live, out, manager=manager, operation="Update", subresource=sub, now_text=now, schema=SCHEMA)
    return out


def owners(obj: Object) -> dict[tuple[str, str, str], Any]:
    return {
        (entry.get("manager", ""), entry["operation"], entry.get("subresource", "")): entry["fieldsV1"]
        for entry in obj["metadata"].get("managedFields", ())
    }


def test_apply_creates_and_owns() -> None:
    out = applied(None, config({"a": "1"}, spec={"mode": "observe"}), "hub")
    assert out["spec"] == {"mode": "observe"}
    assert out["metadata"]["managedFields"] == [
        {
            "manager": "hub",
            "operation": "Apply",
            "apiVersion": "myriarch.io/v1alpha1",
            "time": "2026-01-05T00:00:00Z",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:metadata": {"f:labels": {"f:a": {}}}, "f:spec": {"f:mode": {}}},
        }
    ]


def test_applying_again_changes_nothing_not_even_the_time() -> None:
    one = applied(None, config(spec={"mode": "observe"}), "hub")
    assert applied(one, config(spec={"mode": "observe"}), "hub", now="2027-01-01T00:00:00Z") == one


def test_a_conflict_is_a_difference_with_an_owner() -> None:
    live = applied(None, config(spec={"mode": "observe", "paused": True}), "hub")
    with pytest.raises(ApplyConflict) as caught:
        applied(live, config(spec={"mode": "manage"}), "team")
    assert str(caught.value) == 'Apply failed with 1 conflict: conflict with "hub": .spec.mode'
    shared = applied(live, config(spec={"mode": "observe"}), "team")
    assert owners(shared)["team", "Apply", ""] == {"f:spec": {"f:mode": {}}}
    assert owners(shared)["hub", "Apply", ""] == {"f:spec": {"f:mode": {}, "f:paused": {}}}


def test_several_conflicts_are_listed_by_manager() -> None:
    live = applied(None, config(spec={"mode": "observe", "paused": True}), "hub")
    live = updated(live, {**live, "status": {"ready": 1}}, "kubectl")
    with pytest.raises(ApplyConflict) as caught:
        applied(live, config(spec={"mode": "manage", "paused": False}, status={"ready": 2}), "team")
    assert str(caught.value) == (
        'Apply failed with 3 conflicts: conflicts with "hub":\n- .spec.mode\n- .spec.paused\n'
        'conflicts with "kubectl" using myriarch.io/v1alpha1:\n- .status.ready'
    )


def test_force_takes_the_field_over() -> None:
    live = applied(None, config(spec={"mode": "observe", "paused": True}), "hub")
    out = applied(live, config(spec={"mode": "manage"}), "team", force=True)
    assert out["spec"] == {"mode": "manage", "paused": True}
    assert owners(out) == {
        ("hub", "Apply", ""): {"f:spec": {"f:paused": {}}},
        ("team", "Apply", ""): {"f:spec": {"f:mode": {}}},
    }


def test_a_manager_that_owns_nothing_is_dropped() -> None:
    live = applied(None, config(spec={"mode": "observe"}), "hub")
    out = applied(live, config(spec={"mode": "manage"}), "team", force=True)
    assert list(owners(out)) == [("team", "Apply", "")]


def test_fields_no_longer_applied_go_unless_shared() -> None:
    live = applied(None, config({"a": "1", "b": "2"}, spec={"mode": "observe"}), "hub")
    live = applied(live, config({"b": "2"}), "team")
    out = applied(live, config(spec={"mode": "observe"}), "hub")
    assert out["metadata"]["labels"] == {"b": "2"}
    assert applied(out, config(), "team")["metadata"].get("labels") is None


def test_grants_of_several_managers_live_in_one_list() -> None:
    grant = {"component": "agent", "revision": "r1"}
    live = applied(None, config(spec={"components": [grant]}), "release-agent")
    other = {"component": "cni", "revision": "r9", "ceiling": 3}
    live = applied(live, config(spec={"components": [other]}), "release-cni")
    assert live["spec"]["components"] == [grant, other]
    raised = applied(live, config(spec={"components": [{**grant, "ceiling": 5}]}), "release-agent")
    assert raised["spec"]["components"] == [{**grant, "ceiling": 5}, other]
    with pytest.raises(ApplyConflict, match=r'\.spec\.components\[component="cni"\]\.revision'):
        applied(raised, config(spec={"components": [grant, {"component": "cni", "revision": "r1"}]}), "release-agent")
    gone = applied(raised, config(spec={"components": []}), "release-agent")
    assert gone["spec"]["components"] == [other]


def test_an_item_stays_while_another_manager_owns_part_of_it() -> None:
    live = applied(None, config(spec={"components": [{"component": "a", "revision": "r", "ceiling": 1}]}), "one")
    live = applied(live, config(spec={"components": [{"component": "a", "ceiling": 1}]}), "two")
    out = applied(live, config(), "one")
    assert out["spec"]["components"] == [{"component": "a", "ceiling": 1}]


def test_subresources_have_owners_of_their_own() -> None:
    live = applied(None, config(spec={"mode": "observe"}), "hub")
    out = applied(
        live, config(spec={"mode": "no"}, status={"ready": 4}), "hub", subresource="status", reset=frozenset({"spec"})
    )
    assert out["spec"] == {"mode": "observe"}
    assert out["status"] == {"ready": 4}
    assert owners(out) == {
        ("hub", "Apply", ""): {"f:spec": {"f:mode": {}}},
        ("hub", "Apply", "status"): {"f:status": {"f:ready": {}}},
    }


def test_apply_refuses_managed_fields() -> None:
    wanted = config()
    wanted["metadata"]["managedFields"] = [{"manager": "x"}]
    with pytest.raises(ApiError) as caught:
        applied(None, wanted, "hub")
    assert caught.value.code == 400


def test_apply_to_something_half_formed_does_not_crash() -> None:
    out = applied(config(spec={"components": "text"}), config(spec={"components": [1, "x"]}, status=3), "hub")
    assert out["spec"]["components"] == [1, "x"]


def test_updates_take_what_they_change() -> None:
    live = applied(None, config({"a": "1"}, spec={"mode": "observe", "paused": True}), "hub")
    new = copy.deepcopy(live)
    new["spec"]["mode"] = "manage"
    new["spec"]["components"] = [{"component": "a"}]
    del new["metadata"]["labels"]
    out = updated(live, new, "kubectl")
    assert owners(out) == {
        ("hub", "Apply", ""): {"f:spec": {"f:paused": {}}},
        ("kubectl", "Update", ""): {
            "f:spec": {"f:components": {".": {}, 'k:{"component":"a"}': {".": {}, "f:component": {}}}, "f:mode": {}}
        },
    }


def test_an_update_of_owned_values_keeps_everything_as_it_is() -> None:
    live = updated(None, config(spec={"mode": "observe"}), "kubectl", now="t1")
    new = config(spec={"mode": "manage"})
    out = updated(live, new, "kubectl", now="t2")
    assert out["metadata"]["managedFields"] == live["metadata"]["managedFields"]
    more = updated(out, config(spec={"mode": "manage", "paused": True}), "kubectl", now="t3")
    assert [entry["time"] for entry in more["metadata"]["managedFields"]] == ["t3"]


def test_an_update_that_others_own_too_takes_the_field_from_them() -> None:
    live = applied(None, config(spec={"mode": "observe"}), "hub")
    live = updated(live, {**copy.deepcopy(live), "spec": {"mode": "manage"}}, "kubectl")
    live = applied(live, config(spec={"mode": "manage"}), "hub")
    new = copy.deepcopy(live)
    new["spec"]["mode"] = "observe"
    assert list(owners(updated(live, new, "kubectl"))) == [("kubectl", "Update", "")]


def test_an_empty_list_forgets_all_owners() -> None:
    live = updated(None, config(spec={"mode": "observe"}), "kubectl")
    new = config(spec={"mode": "observe"})
    new["metadata"]["managedFields"] = []
    assert "managedFields" not in updated(live, new, "kubectl")["metadata"]


@pytest.mark.parametrize(
    "entries",
    [
        "text",
        [1],
        [{"manager": []}],
        [{"fieldsV1": "x"}],
        [{"manager": "m", "operation": "Apply", "fieldsV1": {"f:spec": 1}}],
    ],
)
def test_damaged_managed_fields_do_no_harm(entries: Any) -> None:
    live = config(spec={"mode": "observe"})
    live["metadata"]["managedFields"] = entries
    out = updated(live, config(spec={"mode": "manage"}), "kubectl")
    assert owners(out)["kubectl", "Update", ""] == {"f:spec": {"f:mode": {}}}
    assert applied(live, config(spec={"mode": "manage"}), "hub")["spec"] == {"mode": "manage"}


def test_the_oldest_of_many_updaters_become_one() -> None:
    live: Object = config(spec={})
    for index in range(14):
        new = copy.deepcopy(live)
        new["metadata"].setdefault("labels", {})[f"l{index:02}"] = "x"
        live = updated(live, new, f"m{index:02}", now=f"t{index:02}")
    managers = [entry["manager"] for entry in live["metadata"]["managedFields"]]
    assert len(managers) == 10
    assert "ancient-changes" in managers
    assert "f:l00" in owners(live)["ancient-changes", "Update", ""]["f:metadata"]["f:labels"]


LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("12"), max_size=3)
GRANTS = st.dictionaries(st.sampled_from("xy"), st.integers(0, 2), max_size=2).map(
    lambda named: [{"component": name, "ceiling": ceiling} for name, ceiling in named.items()]
)
CONFIGS = st.builds(lambda labels, grants: config(labels, spec={"components": grants}), LABELS, GRANTS)


@given(st.lists(st.tuples(st.sampled_from(["p", "q", "r"]), CONFIGS), min_size=1, max_size=6))
def test_apply_properties(steps: list[tuple[str, Object]]) -> None:
    """Forced applies: what the last manager states is there, again changes nothing, and withdrawing all clears all."""
    live: Object | None = None
    for manager, wanted in steps:
        live = applied(live, wanted, manager, force=True)
        again = applied(live, wanted, manager)  # may bring back an empty list that its items left behind
        assert {**again, "spec": {**live["spec"], **again["spec"]}} == {**live, "spec": again["spec"]}
        assert applied(again, wanted, manager) == again
        labels = wanted["metadata"]["labels"]
        assert labels.items() <= live["metadata"].get("labels", {}).items()
        for grant in wanted["spec"]["components"]:
            assert grant in live["spec"]["components"]
    for manager in ("p", "q", "r"):
        live = applied(live, config(), manager, force=True)
    assert "managedFields" not in live["metadata"] or live["metadata"]["managedFields"] == []
    assert not live["metadata"].get("labels")
    assert not live.get("spec", {}).get("components")

"""The suite sees differences, and takes for equal what must differ."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.baseline import Entry, justification, stale
from tests.contract.case import Step, filled
from tests.contract.compare import Difference, differences
from tests.contract.exchange import Answer
from tests.contract.normalise import normalised
from tests.contract.reference import Missing, resolved

STEP = Step("GET", "/api/v1/namespaces/x/configmaps/a")
UIDS = ("11111111-2222-3333-4444-555555555555", "66666666-7777-8888-9999-000000000000")


def answer(uid: str, version: str, **fields: Any) -> Answer:
    meta = {"name": "a", "uid": uid, "resourceVersion": version, "creationTimestamp": "2030-01-01T00:00:00Z"}
    return Answer(200, {"content-type": "application/json"}, {"kind": "ConfigMap", "metadata": meta, **fields})


def found(ours: list[Answer], theirs: list[Answer]) -> list[str]:
    steps = [STEP] * len(ours)
    return [each.path for each in differences("case", normalised(steps, ours), normalised(steps, theirs))]


def test_uids_and_distances_of_versions_may_differ() -> None:
    ours = [answer(UIDS[0], "5"), answer(UIDS[0], "6")]
    assert found(ours, [answer(UIDS[1], "70"), answer(UIDS[1], "90")]) == []


def test_an_object_that_became_another_or_did_not_change_is_seen() -> None:
    ours = [answer(UIDS[0], "5"), answer(UIDS[0], "6")]
    assert found(ours, [answer(UIDS[0], "5"), answer(UIDS[1], "6")]) == ["2.body.metadata.uid"]
    assert found(ours, [answer(UIDS[0], "5"), answer(UIDS[0], "5")]) == ["2.body.metadata.resourceVersion"]


def test_values_types_and_presence_are_compared() -> None:
    ours = [answer(UIDS[0], "5", a=1, b=True)]
    assert found(ours, [answer(UIDS[0], "5", a=2, b=1, c="")]) == ["1.body.a", "1.body.b", "1.body.c"]


def test_another_status_is_one_difference() -> None:
    refusal = Answer(404, {}, {"kind": "Status", "message": "not found"})
    assert found([answer(UIDS[0], "5")], [refusal]) == ["1.status"]


def test_steps_that_nobody_answered_show_nothing() -> None:
    never = Answer(0, {}, "never became {'status': 403}")
    assert found([never], [never]) == ["1.status"]


def test_references_keep_types_and_must_be_there() -> None:
    bodies = [{"metadata": {"name": "a"}, "items": [{"n": 3}]}]
    assert resolved({"x": "$1.items.0.n", "y": "is ${1.metadata.name}"}, bodies) == {"x": 3, "y": "is a"}
    with pytest.raises(Missing):
        resolved("$1.metadata.absent", bodies)


def test_short_forms_of_paths() -> None:
    assert filled("GET {cm}/a", "n") == "GET /api/v1/namespaces/n/configmaps/a"


def test_the_baseline_covers_by_pattern_and_grows_stale() -> None:
    entries = [Entry("watch/*", "2.*", "because"), Entry("gone/*", "*", "no more")]
    seen = Difference("watch/a", "2.status", 1, 2)
    assert justification(entries, seen) == "because"
    assert justification(entries, Difference("watch/a", "1.status", 1, 2)) is None
    assert stale(entries, [seen]) == entries[1:]

"""Label and field selectors."""

from __future__ import annotations

import pytest

from myriarch.apiserver.selectors import both, exact_field, parse_fields, parse_labels
from myriarch.apiserver.status import ApiError

OBJ = {
    "metadata": {"name": "n", "namespace": "d", "labels": {"env": "prod", "zone": "a", "myriarch.io/x": ""}},
    "spec": {"unschedulable": True},
    "involvedObject": {"name": "c"},
}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("env=prod", True),
        ("env==prod,zone=a", True),
        ("env = test", False),
        ("env!=test", True),
        ("nothing!=x", True),
        ("env in (test, prod)", True),
        ("env in (test),zone=a", False),
        ("env notin (test,x)", True),
        ("nothing notin (x)", True),
        ("nothing in (x)", False),
        ("env", True),
        ("!env", False),
        ("!nothing", True),
        ("myriarch.io/x", True),
        ("myriarch.io/x=", True),
        ("nothing=", False),
    ],
)
def test_labels(text: str, matches: bool) -> None:
    predicate = parse_labels(text)
    assert predicate is not None
    assert predicate(OBJ) is matches


def test_nothing_selects_everything() -> None:
    assert parse_labels("") is None
    assert parse_labels(" ") is None
    assert parse_fields("") is None
    assert both(None, None) is None


@pytest.mark.parametrize("text", ["a=b=c", "a in x", "a in (x", "=x", "a,,b", "-a=b", "a=b c", "a>x", "a b"])
def test_labels_that_make_no_sense(text: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_labels(text)
    assert caught.value.code == 400


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("metadata.name=n", True),
        ("metadata.name==n,metadata.namespace=d", True),
        ("metadata.name!=n", False),
        ("spec.unschedulable=true", True),
        ("spec.unschedulable!=false", True),
        ("involvedObject.name=c", True),
        ("metadata.namespace=", False),
    ],
)
def test_fields(text: str, matches: bool) -> None:
    predicate = parse_fields(text, ("spec.unschedulable", "involvedObject.name"))
    assert predicate is not None
    assert predicate(OBJ) is matches


def test_fields_that_are_not_offered_are_refused() -> None:
    with pytest.raises(ApiError, match=r"field label not supported: spec\.x") as caught:
        parse_fields("spec.x=1")
    assert (caught.value.code, caught.value.reason) == (400, "BadRequest")
    with pytest.raises(ApiError):
        parse_fields("metadata.name")


def test_exact_field_and_conjunction() -> None:
    assert exact_field("metadata.name=n,metadata.namespace!=x", "metadata.name") == "n"
    assert exact_field("metadata.name!=n", "metadata.name") is None
    predicate = both(parse_labels("env=prod"), parse_fields("metadata.name=other"))
    assert predicate is not None
    assert not predicate(OBJ)

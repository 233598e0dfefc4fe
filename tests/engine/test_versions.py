"""Versions in order, and ranges as Helm reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myriarch.engine.versions import Version, kubernetes_version, parse_range, parse_version

ORDERED = "0.0.0-0 0.9 1.0.0-alpha 1.0.0-alpha.1 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.10"
"""As section 11 of Semantic Versioning 2.0 has it."""


def version(text: str) -> Version:
    found = parse_version(text)
    assert found is not None
    return found


def test_versions_are_ordered_as_the_standard_says() -> None:
    versions = [version(text) for text in ORDERED.split()]
    assert versions == sorted(set(versions))
    assert len(set(versions)) == len(versions)
    assert version("v1.2") == version("1.2.0+build.7") == version("1.2.0")


@pytest.mark.parametrize("text", ["", "1.2.3.4", "latest", "1.02", "v", "1.2-", "1.x", "-1", "1 2"])
def test_what_is_no_version_is_none(text: str) -> None:
    assert parse_version(text) is None


@pytest.mark.parametrize(
    ("range_", "inside", "outside"),
    [
        (">=1.4, <2", "1.4.0 1.9.9", "1.3.9 2.0.0 2.0.0-rc.1 1.5.0-beta"),
        (">=1.4 <2", "1.4.0 1.9.9", "1.3.9 2.0.0"),
        (">=1.4,<2", "1.4.0", "2.0.0"),
        ("1.4", "1.4.0 1.4.9", "1.5.0 1.3.9"),
        ("=1.4.2", "1.4.2 1.4.2+build", "1.4.3 1.4.2-rc.1"),
        ("!=1.4", "1.3.0 1.5.0", "1.4.0 1.4.7"),
        (">1.4", "1.5.0 2.0.0", "1.4.0 1.4.9"),
        (">1.4.2", "1.4.3", "1.4.2 1.4.1"),
        ("<=1.4", "1.4.9 0.1.0", "1.5.0"),
        ("<=1.4.2", "1.4.2", "1.4.3"),
        ("<1.4", "1.3.9", "1.4.0"),
        ("~1.4.2", "1.4.2 1.4.9", "1.4.1 1.5.0"),
        ("~1", "1.0.0 1.9.0", "2.0.0"),
        ("^1.4", "1.4.0 1.9.0", "2.0.0 1.3.9"),
        ("^0.2.3", "0.2.3 0.2.9", "0.3.0 0.2.2"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        ("^0.0", "0.0.9", "0.1.0"),
        ("1.4.x", "1.4.0 1.4.9", "1.5.0"),
        ("v1.x", "1.0.0 1.9.0", "2.0.0"),
        ("*", "0.0.1 9.9.9", "1.0.0-rc.1"),
        ("1.2 - 1.6", "1.2.0 1.6.9", "1.1.9 1.7.0"),
        ("^1.4 || ^3", "1.5.0 3.1.0", "2.0.0 4.0.0"),
        (">=1.4-0", "1.4.0-rc.1 2.0.0-alpha 1.4.0", "1.3.9"),
        (">= 1.4.0-rc.1, < 1.5", "1.4.0-rc.1 1.4.0-rc.2 1.4.9", "1.4.0-alpha 1.5.0"),
        (">1.4.0-rc.1", "1.4.0-rc.1.1 1.4.0-rc.2 1.4.0", "1.4.0-rc.1"),
    ],
)
def test_ranges(range_: str, inside: str, outside: str) -> None:
    parsed = parse_range(range_)
    assert [text for text in inside.split() if not parsed.has(version(text))] == []
    assert [text for text in outside.split() if parsed.has(version(text))] == []


@pytest.mark.parametrize(
    "range_", ["", " ", "latest", ">=", ">=1.4 ||", "1.4,", ">=1.4;<2", "1.2.3.4", "1.x-rc.1", "> = 1", "1.4 -", ",1"]
)
def test_what_is_no_range_is_refused(range_: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_range(range_)


def test_what_a_vendor_adds_to_kubernetes_is_no_prerelease() -> None:
    parsed = parse_range(">=1.33")
    for text, lies in (("v1.33.4-gke.100", True), ("v1.33.0-eks-1a2b", True), ("v1.33.0-rc.1", False), ("1.32", False)):
        found = kubernetes_version(text)
        assert found is not None
        assert parsed.has(found) is lies


versions = st.builds(Version, st.tuples(*[st.integers(0, 3)] * 3))


@given(versions, versions)
def test_the_comparisons_agree_with_the_order(one: Version, other: Version) -> None:
    for operator, holds in (
        (">", one > other),
        (">=", one >= other),
        ("<", one < other),
        ("<=", one <= other),
        ("=", one == other),
        ("!=", one != other),
    ):
        assert parse_range(f"{operator}{other}").has(one) is holds

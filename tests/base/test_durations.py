"""Durations read as people and Go write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myriarch.base.durations import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1h30m", 5400),
        ("500ms", 0.5),
        ("2d", 172_800),
        ("1w", 604_800),
        ("1.5h", 5400),
        (".5s", 0.5),
        ("0", 0),
        ("0s", 0),
        ("-5m", -300),
        ("+5m", 300),
        ("1h0m0s", 3600),
        (" 10s ", 10),
        ("3us", 3e-6),
    ],
)
def test_parse(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "5",
        "5 s",
        "h",
        "1h 30m",
        "1x",
        "s5",
        "1h30",
        "٣s",
        "1e3s",
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (90, "1m30s"),
        (5400, "1h30m"),
        (86_400, "1d"),
        (0.5, "500ms"),
        (-61, "-1m1s"),
        (0.0001, "0s"),
    ],
)
def test_format(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_refuses_more_than_a_century() -> None:
    with pytest.raises(ValueError, match="century"):
        parse_duration("200000d")


@given(st.integers(-(10**11), 10**11))
def test_round_trip(milliseconds: int) -> None:
    assert parse_duration(format_duration(milliseconds / 1000)) == pytest.approx(milliseconds / 1000)

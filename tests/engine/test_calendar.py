"""When work that rests during freezes is done."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from myriarch.api.freezewindow import FreezeWindowSpec, Once, Weekday, Weekly
from myriarch.engine.calendar import HORIZON_SECONDS, done_at, spans_within
from myriarch.engine.windows import freeze_at

HOUR = 3600.0
MONDAY = 1_767_571_200.0  # 2026-01-05T00:00Z
NIGHTS = FreezeWindowSpec(weekly=[Weekly(days=list(Weekday), from_="18:00", until="08:00")], reason="nobody is there")
STOP = FreezeWindowSpec(stop=True, reason="stop")


def test_work_is_done_in_the_openings() -> None:
    begin = MONDAY + 9 * HOUR
    assert done_at([NIGHTS], begin, 2 * HOUR) == begin + 2 * HOUR
    assert done_at([NIGHTS], begin, 9 * HOUR) == MONDAY + 18 * HOUR
    assert done_at([NIGHTS], begin, 10 * HOUR) == MONDAY + 33 * HOUR
    assert done_at([NIGHTS], MONDAY, 1 * HOUR) == MONDAY + 9 * HOUR
    assert done_at([], begin, 5.0) == begin + 5.0


def test_what_never_opens_is_never_done() -> None:
    assert done_at([STOP], MONDAY, 1.0) == math.inf
    year = Once(from_="2026-01-01T00:00", until="2027-06-01T00:00")
    assert done_at([FreezeWindowSpec(once=[year], reason="a year off")], MONDAY, 1.0) == math.inf


def test_windows_hold_together() -> None:
    days = FreezeWindowSpec(weekly=[Weekly(days=list(Weekday), from_="08:00", until="17:00")], reason="office hours")
    assert done_at([NIGHTS, days], MONDAY + 9 * HOUR, 2 * HOUR) == MONDAY + (24 + 18) * HOUR


@given(st.floats(0, 7 * 24 * HOUR), st.floats(1, 60 * HOUR))
def test_the_openings_until_it_is_done_are_as_long_as_the_work(begin: float, work: float) -> None:
    done = done_at([NIGHTS], MONDAY + begin, work)
    frozen = sum(min(span.end, done) - span.begin for span in spans_within("n", NIGHTS, MONDAY + begin, done))
    assert done - MONDAY - begin - frozen == pytest.approx(work, abs=1e-3)
    assert not freeze_at(NIGHTS, done - 1e-3).active


def test_spans_are_those_that_fall_between() -> None:
    spans = list(spans_within("nights", NIGHTS, MONDAY + 9 * HOUR, MONDAY + 48 * HOUR))
    assert [(span.begin - MONDAY, span.end - MONDAY) for span in spans] == [
        (18 * HOUR, 32 * HOUR), (42 * HOUR, 56 * HOUR)
    ]  # fmt: skip
    assert [span.end for span in spans_within("stop", STOP, MONDAY, math.inf)] == [math.inf]
    assert len(list(spans_within("nights", NIGHTS, MONDAY, math.inf))) <= HORIZON_SECONDS / 86400 + 2

"""Freeze windows: when one is in force, when that changes, across changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from myriarch.api.freezewindow import FreezeWindowSpec, Once, Weekday, Weekly
from myriarch.base.errors import UserFault
from myriarch.engine.windows import INFINITE, freeze_at, time_zone, window_faults

NIGHTS = FreezeWindowSpec(
    time_zone="Europe/Berlin", weekly=[Weekly(days=list(Weekday), from_="20:00", until="06:00")], reason="night"
)
WEEKEND = FreezeWindowSpec(
    weekly=[
        Weekly(days=[Weekday.FRIDAY], from_="18:00", until="00:00"),
        Weekly(days=[Weekday.SATURDAY, Weekday.SUNDAY], from_="00:00", until="00:00"),
    ],
    reason="weekend",
)
SKIPPED = FreezeWindowSpec(
    time_zone="Europe/Berlin", weekly=[Weekly(days=[Weekday.SUNDAY], from_="02:30", until="04:00")], reason="change"
)
FAIR = FreezeWindowSpec(
    time_zone="America/New_York", once=[Once(from_="2026-11-26T00:00", until="2026-11-30T06:00")], reason="fair"
)
STOP = FreezeWindowSpec(stop=True, reason="stop")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("spec", "now", "active", "changes"),
    [
        (NIGHTS, "2026-01-05T12:00", False, "2026-01-05T19:00"),
        (NIGHTS, "2026-01-05T19:00", True, "2026-01-06T05:00"),
        (NIGHTS, "2026-01-06T04:59", True, "2026-01-06T05:00"),
        (NIGHTS, "2026-01-06T05:00", False, "2026-01-06T19:00"),
        (NIGHTS, "2026-03-28T23:00", True, "2026-03-29T04:00"),  # the night is an hour shorter
        (NIGHTS, "2026-10-24T18:00", True, "2026-10-25T05:00"),  # and here an hour longer
        (WEEKEND, "2026-01-09T18:00", True, "2026-01-12T00:00"),  # windows that touch are one
        (WEEKEND, "2026-01-11T23:59", True, "2026-01-12T00:00"),
        (WEEKEND, "2026-01-12T00:00", False, "2026-01-16T18:00"),
        (SKIPPED, "2026-03-29T00:00", False, "2026-03-29T01:30"),  # 02:30 does not exist: 03:30 summer time
        (FAIR, "2026-11-01T00:00", False, "2026-11-26T05:00"),
        (FAIR, "2026-11-27T00:00", True, "2026-11-30T11:00"),
        (FAIR, "2026-12-01T00:00", False, None),
        (STOP, "2026-01-05T12:00", True, None),
    ],
)
def test_in_force(spec: FreezeWindowSpec, now: str, active: bool, changes: str | None) -> None:
    freeze = freeze_at(spec, at(now))
    assert freeze.active is active
    assert freeze.changes_at == (INFINITE if changes is None else at(changes))


def test_what_it_says_of_the_next_change_is_so() -> None:
    for spec in (NIGHTS, WEEKEND, SKIPPED):
        now = at("2026-03-20T00:00")
        while now < at("2026-04-10T00:00"):
            freeze = freeze_at(spec, now)
            assert freeze_at(spec, freeze.changes_at - 1).active is freeze.active
            assert freeze_at(spec, freeze.changes_at).active is not freeze.active
            now = freeze.changes_at


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        (FreezeWindowSpec(time_zone="Berlin", stop=True, reason="r"), "spec.timeZone"),
        (FreezeWindowSpec(once=[Once(from_="2026-02-30T00:00", until="2026-03-01T00:00")], reason="r"), "spec.once[0]"),
        (
            FreezeWindowSpec(once=[Once(from_="2026-02-02T00:00", until="2026-02-01T00:00")], reason="r"),
            "spec.once[0].until",
        ),
    ],
)
def test_faults_name_their_field(spec: FreezeWindowSpec, field: str) -> None:
    assert [fault.field for fault in window_faults(spec)] == [field]


def test_a_sound_window_has_no_faults_and_no_zone_is_a_fault() -> None:
    assert not window_faults(NIGHTS)
    with pytest.raises(UserFault, match="no time zone"):
        time_zone("Mars/Olympus", "spec.timeZone")

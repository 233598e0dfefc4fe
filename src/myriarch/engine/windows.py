"""Freeze windows: whether one is in force, and when that changes next.

Calendar rules are in local time, so daylight saving moves them as people expect: an instant that a change of
the clock skips counts as the moment of the change, one that it repeats as its first occurrence (``fold=0``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from myriarch.api.freezewindow import FreezeWindowSpec, Weekday
from myriarch.base.errors import UserFault
from myriarch.engine.selector_check import selector_faults

INFINITE = float("inf")
_DAYS = tuple(Weekday)
_LOOK_BACK_DAYS = 8
_LOOK_AHEAD_DAYS = 15


@dataclass(frozen=True, slots=True)
class Freeze:
    """``active`` now; ``changes_at`` (Unix seconds) is when that changes next, infinite where it never does."""

    active: bool
    changes_at: float


def freeze_at(spec: FreezeWindowSpec, now: float) -> Freeze:
    """Whether the window holds at ``now`` (Unix seconds). Raises UserFault for an unknown time zone."""
    if spec.stop:
        return Freeze(True, INFINITE)
    spans = sorted(span for span in _spans(spec, now) if span[1] > now)
    covering = [span for span in spans if span[0] <= now]
    if not covering:
        return Freeze(False, min((span[0] for span in spans), default=INFINITE))
    end = max(span[1] for span in covering)
    for span in spans:
        if span[0] <= end:
            end = max(end, span[1])
    return Freeze(True, end)


def _spans(spec: FreezeWindowSpec, now: float) -> Iterator[tuple[float, float]]:
    zone = time_zone(spec.time_zone, "spec.timeZone")
    for once in spec.once:
        yield _instant(datetime.fromisoformat(once.from_), zone), _instant(datetime.fromisoformat(once.until), zone)
    today = datetime.fromtimestamp(now, zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    for offset in range(-_LOOK_BACK_DAYS, _LOOK_AHEAD_DAYS):
        day = today + timedelta(days=offset)
        for weekly in spec.weekly:
            if _DAYS[day.weekday()] in weekly.days:
                start, end = day + _clock(weekly.from_), day + _clock(weekly.until)
                yield _instant(start, zone), _instant(end if end > start else end + timedelta(days=1), zone)


def _clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _instant(local: datetime, zone: ZoneInfo) -> float:
    return local.replace(tzinfo=zone).astimezone(UTC).timestamp()


def time_zone(name: str, field: str) -> ZoneInfo:
    """The IANA zone ``name``. Raises UserFault where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UserFault(field, name, "is no time zone", "Give an IANA name such as UTC or Europe/Berlin.") from None


def window_faults(spec: FreezeWindowSpec) -> list[UserFault]:
    """Faults beyond the schema: unknown zone, a week without an opening, dates that are none, ends before begins."""
    try:
        time_zone(spec.time_zone, "spec.timeZone")
    except UserFault as fault:
        return [fault]
    faults = [*selector_faults(spec.selector, "spec.selector"), *_never_open(spec)]
    for index, once in enumerate(spec.once):
        field = f"spec.once[{index}]"
        try:
            if datetime.fromisoformat(once.until) <= datetime.fromisoformat(once.from_):
                faults.append(UserFault(f"{field}.until", once.until, "is not after 'from'", "Give a later time."))
        except ValueError:
            cure = "Write dates such as 2026-12-24T18:00."
            faults.append(UserFault(field, f"{once.from_} to {once.until}", "is not a date and time", cure))
    return faults


def _never_open(spec: FreezeWindowSpec) -> Iterator[UserFault]:
    """Weekly windows that together leave no minute of the week: nothing would ever move again."""
    frozen = bytearray(_WEEK_MINUTES)
    for weekly in spec.weekly:
        start, end = (int(_clock(text).total_seconds()) // 60 for text in (weekly.from_, weekly.until))
        length = end - start if end > start else end - start + _DAY_MINUTES
        for day in weekly.days:
            first = _DAYS.index(day) * _DAY_MINUTES + start
            for minute in range(first, first + length):
                frozen[minute % _WEEK_MINUTES] = 1
    if spec.weekly and all(frozen):
        cure = "Leave an opening; to stop everything for now, write stop: true in place of it."
        yield UserFault("spec.weekly", f"{len(spec.weekly)} windows", "leave no opening in any week", cure)


_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES

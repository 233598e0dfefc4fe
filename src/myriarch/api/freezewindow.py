"""FreezeWindow: when forward steps rest. Rollback never does."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, field

from myriarch.api.meta import Conditions, LabelSelector, Resource, Struct, Timestamp
from myriarch.api.rule import Rule

ClockTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length=5, description="HH:MM")]
LocalTime = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$",
        max_length=19,
        description="Date and time in the window's time zone, such as 2026-12-24T18:00.",
    ),
]


class Weekday(StrEnum):
    """Days of the week."""

    MONDAY = "Mon"
    TUESDAY = "Tue"
    WEDNESDAY = "Wed"
    THURSDAY = "Thu"
    FRIDAY = "Fri"
    SATURDAY = "Sat"
    SUNDAY = "Sun"


class Weekly(Struct, kw_only=True):
    """A window that recurs every week. An ``until`` at or before ``from`` ends on the next day."""

    days: Annotated[list[Weekday], Meta(description="Days on which it begins.", min_length=1, max_length=7)]
    from_: ClockTime = field(name="from")
    until: ClockTime


class Once(Struct, kw_only=True):
    """A window that happens once."""

    from_: LocalTime = field(name="from")
    until: LocalTime

    __rules__: ClassVar[tuple[Rule, ...]] = (
        Rule("self.until > self.from", "is not after 'from': give a later time", ".until"),
    )


class FreezeWindowSpec(Struct, kw_only=True):
    """When, where and why."""

    time_zone: Annotated[str, Meta(max_length=64, description="IANA time zone, such as Europe/Berlin.")] = "UTC"
    weekly: Annotated[list[Weekly], Meta(description="Windows that recur every week.", max_length=32)] = []
    once: Annotated[list[Once], Meta(description="Windows that happen once.", max_length=64)] = []
    stop: Annotated[
        bool, Meta(description="In force now and until removed: every grant it selects expires at once.")
    ] = False
    environments: Annotated[list[str], Meta(max_length=32, description="Empty: all.")] = []
    components: Annotated[list[str], Meta(max_length=64, description="Empty: all.")] = []
    selector: Annotated[LabelSelector, Meta(description="Clusters; absent: all.")] | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=1024, description="Why; shown to who waits.")]

    __rules__: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "(has(self.stop) && self.stop) || (has(self.weekly) && self.weekly.size() > 0)"
            " || (has(self.once) && self.once.size() > 0)",
            "a window needs weekly, once or stop: add one",
            "",
        ),
    )


class FreezeWindowStatus(Struct, kw_only=True):
    """Whether it is in force."""

    active: Annotated[bool, Meta(description="Whether it is in force.")] = False
    next: Annotated[Timestamp | None, Meta(description="When that changes.")] = None
    conditions: Annotated[Conditions, Meta(description="Conditions of the window.")] = []


class FreezeWindow(Resource, kw_only=True):
    """When forward steps rest; a calendar rule with a time zone, a selector and a reason."""

    kind: str = "FreezeWindow"
    spec: FreezeWindowSpec
    status: FreezeWindowStatus = field(default_factory=FreezeWindowStatus)

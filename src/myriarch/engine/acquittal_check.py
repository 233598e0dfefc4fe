"""What an acquittal must obey beyond its schema: a time to hold that is one."""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.acquittal import Acquittal
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault


def acquittal_faults(acquittal: Acquittal | None, root: str) -> Iterator[UserFault]:
    """The faults of the policy's acquittal."""
    if acquittal is None:
        return
    field = f"{root}.maxHold"
    try:
        seconds = parse_duration(acquittal.max_hold)
    except ValueError:
        yield UserFault(field, acquittal.max_hold, "is no duration", "Write 90s, 30m, 24h or 7d.")
        return
    if seconds == 0:
        cure = "Give the time that an outage may last, such as 24h, or leave the acquittal out."
        yield UserFault(field, acquittal.max_hold, "holds for no time at all", cure)

"""What a watch must obey beyond its schema: a time in which something can be found, and kept count of."""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.watch import Watch
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault

LONGEST_SECONDS = 90 * 86400.0
"""After a season nothing is compared with a record from before it any more."""


def watch_faults(watch: Watch | None, root: str) -> Iterator[UserFault]:
    """The faults of the policy's watch."""
    if watch is None:
        return
    field = f"{root}.for"
    try:
        seconds = parse_duration(watch.for_)
    except ValueError:
        yield UserFault(field, watch.for_, "is no duration", "Write 36h, 7d or 15d.")
        return
    if seconds <= 0:
        cure = "Give the time in which harm may still show, such as 15d, or leave the watch out."
        yield UserFault(field, watch.for_, "watches for no time at all", cure)
    if seconds > LONGEST_SECONDS:
        yield UserFault(field, watch.for_, "is longer than a season", "Give 90d at most.")

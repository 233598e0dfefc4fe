"""The recent changes of one bucket: what a watch resumes from, and what a paged list is undone by.

Bounded by count and by bytes. ``floor`` is the version below which nothing is known: who asks for an older
one is told 410 Gone and lists again. Versions rise along the list, so a version is found by bisection.
"""

from __future__ import annotations

from bisect import bisect_right

from myriarch.apiserver.record import Change, Record

MAX_CHANGES = 16_384
MAX_BYTES = 32 * 1024 * 1024
TRIM_SLACK = 1024  # how many dropped entries are tolerated before the list is cut


class Expired(Exception):
    """The version asked for is older than ``floor``."""

    def __init__(self, asked: int, floor: int) -> None:
        self.asked = asked
        self.floor = floor
        super().__init__(f"too old resource version: {asked} ({floor})")


class History:
    """Changes in order of version."""

    def __init__(self, floor: int, *, max_changes: int = MAX_CHANGES, max_bytes: int = MAX_BYTES) -> None:
        self.floor = floor
        self._max_changes = max_changes
        self._max_bytes = max_bytes
        self._changes: list[Change | None] = []
        self._versions: list[int] = []
        self._start = 0
        self._bytes = 0

    def append(self, change: Change) -> None:
        self._changes.append(change)
        self._versions.append(change.version)
        self._bytes += change.size_bytes
        while len(self._changes) - self._start > self._max_changes or self._bytes > self._max_bytes:
            self._drop_oldest()

    def since(self, version: int) -> list[Change]:
        """Every change after ``version``, oldest first. Raises Expired."""
        if version < self.floor:
            raise Expired(version, self.floor)
        begin = bisect_right(self._versions, version, lo=self._start)
        return [change for change in self._changes[begin:] if change is not None]

    def undo(self, version: int) -> dict[tuple[str, str], Record | None]:
        """For each object changed after ``version``, what it was then (None: it was not there)."""
        before: dict[tuple[str, str], Record | None] = {}
        for change in reversed(self.since(version)):
            before[change.record.key[1:]] = change.previous
        return before

    def _drop_oldest(self) -> None:
        oldest = self._changes[self._start]
        if oldest is None:  # can't be: entries before _start only are cleared
            return
        self.floor = oldest.version
        self._bytes -= oldest.size_bytes
        self._changes[self._start] = None
        self._start += 1
        if self._start > TRIM_SLACK:
            del self._changes[: self._start]
            del self._versions[: self._start]
            self._start = 0

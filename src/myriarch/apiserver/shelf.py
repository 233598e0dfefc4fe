"""The committed records of one bucket, in order of (namespace, name), with the history of their changes."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from myriarch.apiserver.history import History
from myriarch.apiserver.record import Record

Place = tuple[str, str]
"""(namespace, name) within a bucket."""


class Shelf:
    """``newest`` is the version of the latest change."""

    __slots__ = ("history", "newest", "order", "records")

    def __init__(self, history: History) -> None:
        self.records: dict[Place, Record] = {}
        self.order: list[Place] = []
        self.history = history
        self.newest = history.floor

    def set(self, place: Place, record: Record | None) -> None:
        if record is None:
            if self.records.pop(place, None) is not None:
                del self.order[bisect_left(self.order, place)]
            return
        if place not in self.records:
            insort(self.order, place)
        self.records[place] = record

    def places(self, namespace: str | None, after: Place | None) -> Iterator[Place]:
        """In order, from just after ``after``; only those of ``namespace`` where one is given."""
        begin = 0 if namespace is None else bisect_left(self.order, (namespace, ""))
        if after is not None:
            begin = max(begin, bisect_left(self.order, (after[0], after[1] + "\0")))
        for index in range(begin, len(self.order)):
            place = self.order[index]
            if namespace is not None and place[0] != namespace:
                return
            yield place

    def read(self, namespace: str | None, after: Place | None, at_version: int | None) -> Iterator[Record]:
        """The records in order; as they were at ``at_version``, where given. Raises history.Expired."""
        if at_version is None:
            return (self.records[place] for place in self.places(namespace, after))
        before = self.history.undo(at_version)
        places = set(self.places(namespace, after))
        for place in before:
            if (namespace is None or place[0] == namespace) and (after is None or place > after):
                places.add(place)
        chosen = (before[p] if p in before else self.records[p] for p in sorted(places))
        return (record for record in chosen if record is not None)

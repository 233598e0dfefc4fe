"""What the store needs of a disk: load everything once, then write batches that are synced when they return.

``sqlite.py`` is the one implementation; a store without a journal lives in memory. Batches hold the last
state of each key only: what was overwritten within one batch never needs to reach the disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from myriarch.apiserver.record import Key, Record


@dataclass(slots=True)
class Batch:
    """``objects`` and ``meta``: the new value of each key, None where it is removed."""

    objects: dict[Key, Record | None] = field(default_factory=dict)
    meta: dict[str, bytes | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.objects or self.meta)


@dataclass(frozen=True, slots=True)
class Loaded:
    """``records`` may be read once, in any order."""

    records: Iterable[Record]
    meta: dict[str, bytes]


class Journal(Protocol):
    """All methods block; they are called from one thread at a time."""

    def load(self) -> Loaded: ...

    def write(self, batch: Batch) -> None: ...

    def close(self) -> None: ...

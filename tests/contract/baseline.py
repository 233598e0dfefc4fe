"""The differences that stand, each with the reason why: ``baseline.yaml``.

An entry names its case and its place by shell patterns. One that meets no difference any more is stale, and fails the
suite as a new difference does: the file says what is so now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from tests.contract.compare import Difference

BASELINE = Path(__file__).parent / "baseline.yaml"


@dataclass(frozen=True, slots=True)
class Entry:
    case: str
    path: str
    justification: str

    def covers(self, difference: Difference) -> bool:
        return fnmatchcase(difference.case, self.case) and fnmatchcase(difference.path, self.path)


def read_baseline() -> list[Entry]:
    return [Entry(**entry) for entry in yaml.safe_load(BASELINE.read_text()) or ()]


def justification(entries: Sequence[Entry], difference: Difference) -> str | None:
    """Why the difference stands; None where nothing says so."""
    return next((entry.justification for entry in entries if entry.covers(difference)), None)


def stale(entries: Sequence[Entry], found: Sequence[Difference]) -> list[Entry]:
    """Entries that no difference needs."""
    return [entry for entry in entries if not any(entry.covers(difference) for difference in found)]

"""One variant of a harmless release before it has a name, and the draws that its numbers come from.

``families.py`` makes variants, ``generate.py`` names them and writes them as scenarios.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from myriarch.base.durations import format_duration

Document = dict[str, object]
Where = dict[str, list[str]]
T = TypeVar("T")

MINUTE = 60.0
HOUR = 3600.0
DAY = 86_400.0

NONE = "none"
OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What a scenario says beyond name and kind. ``attributes`` are those of the guilty one's harm."""

    title: str
    summary: str
    deaths_per_node_day: float = 0.0
    outages: tuple[Document, ...] = ()
    noise: tuple[Document, ...] = ()
    other_releases: tuple[Document, ...] = ()
    update: Document = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)

    def document(self, name: str) -> Document:
        """The scenario under ``name``, in the order in which a person writes it; what is empty is left out."""
        guilty = any(release.get("guilty") for release in self.other_releases)
        background: Document = {
            "deathsPerNodeDay": self.deaths_per_node_day,
            "outages": list(self.outages),
            "noise": list(self.noise),
            "otherReleases": list(self.other_releases),
        }
        scenario: Document = {"name": name, "title": self.title, "kind": "harmless", "summary": self.summary}
        if self.update:
            scenario["update"] = self.update
        scenario["background"] = {key: value for key, value in background.items() if value}
        expected: Document = {"observable": guilty, "guilty": OTHER if guilty else NONE}
        scenario["expected"] = expected | ({"attributes": self.attributes} if self.attributes else {})
        return scenario


class Draw:
    """Numbers of the variant ``number`` of ``count``. The same seed gives the same numbers.

    ``ladder`` spreads a family's main number evenly over its range; the rest is drawn.
    """

    def __init__(self, seed: Sequence[int], number: int, count: int) -> None:
        self._random = np.random.default_rng([*seed, number])
        self.number = number
        self._share = number / max(count - 1, 1)

    def ladder(self, low: float, high: float, digits: int = 2) -> float:
        """From ``low`` to ``high`` by equal factors."""
        return round(float(low * (high / low) ** self._share), digits)

    def between(self, low: float, high: float, digits: int = 2) -> float:
        """Evenly on the scale of logarithms: small numbers as often as large ones."""
        return round(float(low * (high / low) ** self._random.random()), digits)

    def span(self, low: float, high: float) -> str:
        """A length of time from ``low`` to ``high`` seconds, in whole minutes."""
        return minutes(self.between(low, high))

    def one(self, values: Sequence[T]) -> T:
        return values[int(self._random.integers(len(values)))]

    def turn(self, values: Sequence[T]) -> T:
        """Each of the values in turn, by the variant's number."""
        return values[self.number % len(values)]


def minutes(seconds: float) -> str:
    """A duration text, rounded to whole minutes and at least one."""
    return format_duration(max(round(seconds / MINUTE), 1) * MINUTE)

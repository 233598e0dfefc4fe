"""Measures harm: how many nodes a revision truly hurts, for how long, and how soon that was noticed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.engine.events import HARM
from myriarch.sim.truth import Nodes
from myriarch.sim.witness import Moved


@dataclass(slots=True)
class Harm:
    """``unit_seconds``: nodes times seconds. Moments in Unix seconds; None where there was none."""

    unit_seconds: float = 0.0
    first_at: float | None = None
    decided_at: float | None = None


class Meter:
    """By (component, attempt)."""

    def __init__(self) -> None:
        self._harm: dict[tuple[str, int], Harm] = {}
        self._running: dict[tuple[str, str], tuple[float, dict[int, int]]] = {}

    def harm(self, component: str, attempt: int) -> Harm:
        return self._harm.setdefault((component, attempt), Harm())

    def nodes_changed(self, after: Nodes) -> None:
        """Add up to now, and count anew."""
        harmed = after.harmed & after.present & after.part["started"]
        key = (after.cluster, after.component)
        if not harmed.any() and key not in self._running:
            return
        self._add_up(key, after.at)
        counts: dict[int, int] = {}
        if harmed.any():
            attempts, numbers = np.unique(after.part["attempt"][harmed], return_counts=True)
            counts = dict(zip(attempts.tolist(), numbers.tolist(), strict=True))
        for attempt in counts:
            found = self.harm(after.component, attempt)
            if found.first_at is None:
                found.first_at = after.at
        self._running[key] = (after.at, counts)

    def release_moved(self, moved: Moved, component: str, attempt: int) -> None:
        found = self.harm(component, attempt)
        if moved.entry.reason == HARM and found.decided_at is None:
            found.decided_at = moved.at

    def finish(self, at: float) -> None:
        """Add up to the end of the run."""
        for key in list(self._running):
            self._add_up(key, at)

    def _add_up(self, key: tuple[str, str], at: float) -> None:
        since, counts = self._running.get(key, (at, {}))
        for attempt, count in counts.items():
            self.harm(key[1], attempt).unit_seconds += count * (at - since)
        self._running[key] = (at, counts)

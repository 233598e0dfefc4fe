"""Flapping: something goes up and down again and again. It shows only over time, so it is counted here.

The memory may be lost with the process, and is gathered again.
"""

from __future__ import annotations

from collections import deque
from typing import Final

FLAPS: Final = 4
"""So many changes within the window, none of them by an order, are flapping."""

FLAP_WINDOW_SECONDS: Final = 3600.0


class Flaps:
    """Counts changes by name."""

    def __init__(self) -> None:
        self._changes: dict[str, deque[float]] = {}

    def note(self, name: str, now: float) -> None:
        """It changed."""
        self._changes.setdefault(name, deque(maxlen=FLAPS)).append(now)

    def forget(self, name: str) -> None:
        """It was moved, or is gone: what was counted means nothing any more."""
        self._changes.pop(name, None)

    def since(self, name: str, now: float) -> float:
        """Since when it flaps (Unix seconds); 0 where it does not."""
        changes = self._changes.get(name)
        if changes is None or len(changes) < FLAPS or now - changes[0] > FLAP_WINDOW_SECONDS:
            return 0.0
        return changes[-1]

"""How long to wait before the next try: exponential, capped, jittered by a seed."""

from __future__ import annotations

from typing import Final

from myriarch.base.hashing import stable_unit

FIRST_SECONDS: Final = 0.25
LONGEST_SECONDS: Final = 30.0
DOUBLINGS_MAX: Final = 16
JITTER_SHARE: Final = 0.5
"""A wait is shortened by up to this share, so that many that failed together come back apart."""


def backoff_seconds(
    seed: int,
    name: str,
    failures: int,
    first_seconds: float = FIRST_SECONDS,
    longest_seconds: float = LONGEST_SECONDS,
) -> float:
    """The wait after so many ``failures`` (from 1) of ``name``: a pure function, so a replay waits alike."""
    doublings = min(max(failures - 1, 0), DOUBLINGS_MAX)
    full = min(first_seconds * 2.0**doublings, longest_seconds)
    return full * (1 - JITTER_SHARE * stable_unit(seed, name, failures))


class Backoff:
    """Counts the failures of one thing in a row."""

    def __init__(self, seed: int, name: str) -> None:
        self._seed = seed
        self._name = name
        self._failures = 0

    def next_seconds(self, at_least_seconds: float = 0.0) -> float:
        """Count one more failure; the wait it calls for, in seconds."""
        self._failures += 1
        return max(at_least_seconds, backoff_seconds(self._seed, self._name, self._failures))

    def reset(self) -> None:
        self._failures = 0

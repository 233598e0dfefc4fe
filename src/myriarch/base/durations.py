"""Durations as people write them: ``90s``, ``1h30m``, ``1.5h``, ``500ms``, ``2d``, ``1w``.

The form is Go's, which Kubernetes users know, widened by days (24 h) and weeks. Calendar arithmetic (months,
daylight saving) is not here: freeze windows do it with time zones.
"""

from __future__ import annotations

import re
from typing import Final

UNIT_SECONDS: Final[dict[str, float]] = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
}

_PART: Final = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w)", re.ASCII)

LONGEST_SECONDS: Final = 100 * 366 * 86400.0
"""A century. More is a slip of the pen."""


def parse_duration(text: str) -> float:
    """Seconds of ``text``; ``0`` needs no unit. Raises ValueError saying what is wrong with it."""
    body = text.strip()
    sign = -1.0 if body.startswith("-") else 1.0
    digits = body[1:] if body[:1] in ("+", "-") else body
    if digits == "0":
        return 0.0
    seconds, end = 0.0, 0
    for part in _PART.finditer(digits):
        if part.start() != end:
            break
        seconds += float(part[1]) * UNIT_SECONDS[part[2]]
        end = part.end()
    if not digits or end != len(digits):
        raise ValueError(f"{text!r} is no duration: write numbers with units, such as 90s, 1h30m or 2d")
    if seconds > LONGEST_SECONDS:
        raise ValueError(f"{text!r} is longer than a century")
    return sign * seconds


def format_duration(seconds: float) -> str:
    """The shortest exact form in days down to milliseconds: ``1h30m``, ``500ms``, ``0s``.

    Rounds to whole milliseconds. ``parse_duration`` reads it back.
    """
    left = round(abs(seconds) * 1000)
    if left == 0:
        return "0s"
    parts: list[str] = ["-"] if seconds < 0 else []
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)

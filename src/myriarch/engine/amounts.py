"""Counts and percentages as policies write them: ``3`` or ``"10%"``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from myriarch.base.errors import UserFault

_PERCENT = re.compile(r"^([0-9]+(?:\.[0-9]+)?)%$")


@dataclass(frozen=True, slots=True)
class Amount:
    """``count`` units, or ``share`` (0 to 1) of a total; exactly one is set."""

    count: int | None = None
    share: float | None = None

    def at_most(self, total: int) -> int:
        """As a ceiling: rounded down, never above ``total``; a share above zero of something is at least 1."""
        if self.count is not None:
            return min(self.count, total)
        assert self.share is not None
        return min(total, max(int(self.share * total + 1e-9), 1 if self.share > 0 and total else 0))

    def floor(self, total: int) -> float:
        """As a limit that may be compared with: not rounded."""
        return float(self.count) if self.count is not None else (self.share or 0.0) * total


def parse_amount(value: int | str, field: str) -> Amount:
    """Read a count or a percentage. Raises UserFault naming ``field``."""
    if isinstance(value, int):
        if value < 0:
            raise UserFault(field, value, "is negative", "Give a count of 0 or more, or a percentage.")
        return Amount(count=value)
    found = _PERCENT.match(value)
    if found is None:
        raise UserFault(field, value, "is neither a count nor a percentage", "Write 3 or '10%'.")
    percent = float(found.group(1))
    if percent > 100:
        raise UserFault(field, value, "is over 100%", "Give a percentage from 0% to 100%.")
    return Amount(share=percent / 100)

"""What a release's status tells of its holds and of its next wake-up, beyond their sentences.

The engine knows since when most holds stand. Of the others the status itself remembers it: a hold of the same kind
about the same thing has held since it was first told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from myriarch.api.holds import HOLD_MESSAGE_LIMIT, HOLDS_MAX, HoldEntry
from myriarch.api.meta import Timestamp
from myriarch.base.clock import rfc3339
from myriarch.engine.decision import Decision
from myriarch.engine.hold import Hold

SUBJECT_WORDS = 2
"""A hold is about what its first words name: ``gate latency``, ``frozen: weekend``."""


def told_holds(before: Sequence[HoldEntry], decision: Decision, now: float) -> list[HoldEntry]:
    """An entry for each hold, at most HOLDS_MAX; ``before`` is what the status told last, ``now`` in Unix seconds."""
    known = {_subject(entry): entry.since for entry in before}
    return [_entry(hold, known, now) for hold in decision.waits[:HOLDS_MAX]]


def told_moment(at: float) -> Timestamp | None:
    """A moment in whole seconds, because it is worked out anew at every turn; None where it never comes."""
    return rfc3339(round(at)) if math.isfinite(at) else None


def _entry(hold: Hold, known: dict[tuple[str, ...], Timestamp | None], now: float) -> HoldEntry:
    entry = HoldEntry(
        kind=hold.kind,
        message=hold.message[:HOLD_MESSAGE_LIMIT],
        until=told_moment(hold.until),
        units=hold.units,
        approval=hold.approval,
    )
    entry.since = told_moment(hold.since) if hold.since else known.get(_subject(entry)) or told_moment(now)
    return entry


def _subject(entry: HoldEntry) -> tuple[str, ...]:
    return entry.kind, entry.approval, *entry.message.split()[:SUBJECT_WORDS]

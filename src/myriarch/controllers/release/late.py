"""What a watched release remembers of failures, as its status holds it and back (``engine/late.py``)."""

from __future__ import annotations

from myriarch.api.late import LateEvidence
from myriarch.api.late import LateRow as ToldRow
from myriarch.base.clock import parse_rfc3339, rfc3339_micro
from myriarch.engine.late import Late, LateRow

HOURS_DIGITS = 3


def late_of(told: LateEvidence | None) -> Late | None:
    """What the engine remembers."""
    if told is None:
        return None
    rows = {row.stratum: _row(row.seen) for row in told.rows}
    hour = parse_rfc3339(told.hour)
    return Late(parse_rfc3339(told.at), rows, told.passed, hour, told.in_hour, told.log_value, told.most_down)


def told_late(known: Late | None) -> LateEvidence | None:
    """As the status holds it."""
    if known is None:
        return None
    return LateEvidence(
        log_value=known.log_value,
        at=rfc3339_micro(known.at),
        hour=rfc3339_micro(known.hour),
        in_hour=known.in_hour,
        most_down=known.most_down,
        passed=known.passed,
        rows=[ToldRow(stratum=name, seen=_seen(row)) for name, row in sorted(known.rows.items())],
    )


def _row(seen: list[float]) -> LateRow:
    record, record_hours, watched_hours, *watched = seen
    return LateRow(int(record), record_hours, tuple(int(number) for number in watched), watched_hours)


def _seen(row: LateRow) -> list[float]:
    hours = round(row.record_hours, HOURS_DIGITS), round(row.watched_hours, HOURS_DIGITS)
    return [float(row.record), *hours, *(float(number) for number in row.watched)]

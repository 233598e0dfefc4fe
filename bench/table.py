"""Measurements as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from measurement import Measurement

HEADS = ("NAME", "VALUE", "UNIT", "PEER VALUE", "TIMES BETTER", "PEER")


def render(measurements: Sequence[Measurement]) -> str:
    """Lines of aligned columns, then how to repeat each."""
    rows = [HEADS, *(_row(measurement) for measurement in measurements)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    commands = dict.fromkeys(measurement.command for measurement in measurements)
    return "\n".join([*lines, "", "To repeat:", *(f"  {command}" for command in commands)])


def _row(measurement: Measurement) -> tuple[str, ...]:
    ratio = measurement.ratio
    peer_value = "" if measurement.peer_value is None else _number(measurement.peer_value)
    times = "" if ratio is None else f"{ratio:.2f}"
    return (measurement.name, _number(measurement.value), measurement.unit, peer_value, times, measurement.peer)


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 10 else f"{value:.1f}"

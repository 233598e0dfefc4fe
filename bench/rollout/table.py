"""The summary as a table for terminals."""

from __future__ import annotations

from collections.abc import Sequence

from rollout.aims import Aim
from rollout.summary import Summary

HEADS = (
    "POLICY",
    "CAUGHT",
    "EXPOSED MED/WORST %",
    "HARMED MED/WORST %",
    "NODE-HOURS MEAN",
    "DECIDED h",
    "RECOVERED h",
    "BY PERSON",
    "RELEASE",
    "ATTRIBUTE",
    "FALSE",
    "HARMLESS h",
)


def render(summaries: Sequence[Summary], aims: Sequence[Aim]) -> str:
    """Aligned columns, then the aims."""
    rows = [HEADS, *(row(summary) for summary in summaries)]
    widths = [max(len(each[column]) for each in rows) for column in range(len(HEADS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(each, widths, strict=True)).rstrip() for each in rows]
    return "\n".join([*lines, "", *(aim_line(aim) for aim in aims)])


def row(summary: Summary) -> tuple[str, ...]:
    """One policy's cells, in the order of ``HEADS``."""
    return (
        summary.policy,
        percent(summary.caught, 1),
        f"{percent(summary.exposed_median)} / {percent(summary.exposed_worst)}",
        f"{percent(summary.harmed_median)} / {percent(summary.harmed_worst)}",
        number(summary.node_hours_mean),
        number(summary.to_decision_median),
        number(summary.recovery_median),
        percent(summary.by_person, 1),
        percent(summary.right_release, 1),
        percent(summary.right_attribute, 1),
        percent(summary.false_alarms, 2),
        number(summary.duration_median),
    )


def aim_line(aim: Aim) -> str:
    said = {True: "met", False: "MISSED", None: "not measured"}[aim.met]
    missed = f" ({', '.join(aim.missed)})" if aim.missed else ""
    return f"{said:12} {aim.aim}: {aim.measured}{missed}".rstrip(": ")


def percent(share: float | None, digits: int = 2) -> str:
    return "-" if share is None else f"{100 * share:.{digits}f}"


def number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"

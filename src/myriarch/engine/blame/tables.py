"""Verdicts as small tables of plain text: what a person checks first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from myriarch.engine.blame.attribution import Attribution, Explanation, percent, q_text
from myriarch.engine.blame.verdict import CauseVerdict, Charge
from myriarch.engine.blame.votes import WINDOWS_HOURS, hours_text

GAP = "   "


def attribution_table(found: Attribution) -> str:
    """A line for each explanation, then for each suspect that none of them names, then for what is left."""
    rows: list[tuple[str, ...]] = [
        ("", "VALUES", "FAILED", "UPDATED", "RATE", "ELSEWHERE", "NOT UPDATED", "FALSE BY CHANCE")
    ]
    rows += [_row("blamed", explanation) for explanation in found.explanations]
    named = {explanation.values for explanation in found.explanations}
    rows += [_row("suspect", suspect) for suspect in found.suspects if suspect.values not in named]
    left = percent(found.left_failed / max(found.left_updated, 1))
    rows.append(("left over", "", f"{found.left_failed}", f"{found.left_updated}", left, "", "", ""))
    return _lines(rows)


def _row(what: str, e: Explanation) -> tuple[str, ...]:
    controls = f"{e.control_failed} of {e.control}" if e.control else "-"
    elsewhere = f"{e.elsewhere_failed} of {e.elsewhere_updated} ({percent(e.elsewhere_rate)})"
    return (what, e.name, f"{e.failed}", f"{e.updated}", percent(e.rate), elsewhere, controls, q_text(e.q))


def cause_table(verdict: CauseVerdict) -> str:
    """A line a release, a line an outage; then when the votes of the first release came after its arrival."""
    rows: list[tuple[str, ...]] = [("", "SCORE", "INCIDENTS", "WHERE IT HAD COME", "WHERE IT HAD NOT", "WHY")]
    rows += [_charge(charge) for charge in verdict.charges]
    rows += [(a.name, f"{a.gain:.0f}", f"{a.incidents}", "", "", f"{a.nodes} nodes {a.when}") for a in verdict.ambient]
    rows.append(
        ("left over", "", f"{verdict.left}", "", "", f"{verdict.background:.1f} votes expected of the background")
    )
    text = _lines(rows)
    return text + "\n\n" + window_table(verdict.charges[0]) if verdict.charges else text


def window_table(charge: Charge) -> str:
    """Votes for a release by the time since it came, beside those that the background would give."""
    rows = [(f"{charge.release}, after it came", "VOTES", "EXPECTED")]
    for window, (low, high) in enumerate(pairwise(WINDOWS_HOURS)):
        stretch = f"{hours_text(low) if low else '0'} to {hours_text(high)}"
        rows.append((stretch, f"{charge.votes[window]:.1f}", f"{charge.expected[window]:.2g}"))
    return _lines(rows)


def _charge(charge: Charge) -> tuple[str, ...]:
    why = "; ".join(charge.vetoes) or (f"as well as {', '.join(charge.rivals)}" if charge.rivals else charge.when)
    came, missed = charge.reached, charge.unreached
    name = f"{charge.release}: {charge.ruling.lower()}"
    return (name, f"{charge.score:.0f}", f"{charge.incidents}", _rate(came), _rate(missed), why)


def _rate(side: tuple[int, float, float]) -> str:
    return f"{side[0]} in {side[2]:.0f} node-h"


def _lines(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)

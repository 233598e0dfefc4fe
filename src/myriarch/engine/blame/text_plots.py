"""Plots for terminals: rates as bars, failures over time as columns of blocks."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from myriarch.engine.blame.attribution import Attribution, percent
from myriarch.engine.blame.timeline import Timeline
from myriarch.engine.population import Floats

WIDTH = 40
BLOCKS = " ▁▂▃▄▅▆▇█"


def rate_bars(found: Attribution) -> str:
    """The share of updated nodes that failed: with each explanation (or suspect), and elsewhere."""
    shown = found.explanations or found.suspects
    rows = [(e.name, e.rate, e.failed, e.updated) for e in shown]
    rows.append(("left over" if found.explanations else "all", *_rest(found)))
    width = max(len(row[0]) for row in rows)
    lines = []
    for name, rate, failed, updated in rows:
        bar = "█" * round(rate * WIDTH) or ("▏" if failed else "")
        lines.append(f"{name.ljust(width)}  {bar.ljust(WIDTH, '·')}  {percent(rate)} ({failed} of {updated})")
    return "\n".join(lines)


def _rest(found: Attribution) -> tuple[float, int, int]:
    failed, updated = found.left_failed, found.left_updated
    return failed / max(updated, 1), failed, updated


def timeline_text(line: Timeline) -> str:
    """Two rows of columns, nodes that failed after the release came and before, over the share where it had come."""
    top = int(max(line.reached.max(initial=0), line.unreached.max(initial=0), 1))
    rows = {
        f"failed, {line.release} had come": (_columns(line.reached / top), f"{line.reached.sum()} nodes"),
        f"failed, {line.release} had not": (_columns(line.unreached / top), f"{line.unreached.sum()} nodes"),
        f"share with {line.release}": (_columns(line.share), f"{percent(float(line.share[-1]))} now"),
    }
    width = max(len(name) for name in rows)
    lines = [f"{name.ljust(width)}  {columns}  {total}" for name, (columns, total) in rows.items()]
    ends = (moment(line.since), moment(line.now))
    axis = ends[0] + ends[1].rjust(max(len(line.share) - len(ends[0]), len(ends[1]) + 1))
    return "\n".join([*lines, f"{''.ljust(width)}  {axis}", f"{''.ljust(width)}  highest column: {top} nodes"])


def _columns(heights: Floats) -> str:
    steps = np.ceil(np.clip(heights, 0, 1) * (len(BLOCKS) - 1)).astype(int)
    return "".join(BLOCKS[step] for step in steps)


def moment(at: float) -> str:
    """A time of day in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%d %b %H:%M")

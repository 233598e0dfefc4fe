"""The same plots as SVG text: no script, no font, no reference to anything outside."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from myriarch.engine.blame.attribution import Attribution, percent
from myriarch.engine.blame.text_plots import moment
from myriarch.engine.blame.timeline import Timeline

WIDTH, BAR_HEIGHT, LABEL_WIDTH = 720, 22, 260
PLOT_HEIGHT, MARGIN = 160, 40
STRUCK, SPARED, LINE, TEXT = "#c0392b", "#95a5a6", "#2c3e50", "#222222"


def rate_bars_svg(found: Attribution) -> str:
    """The share of updated nodes that failed: with each explanation (or suspect), and elsewhere."""
    shown = found.explanations or found.suspects
    rest = found.left_failed / max(found.left_updated, 1)
    rows = [(e.name, e.rate, f"{e.failed} of {e.updated}", STRUCK) for e in shown]
    rows.append(("left over", rest, f"{found.left_failed} of {found.left_updated}", SPARED))
    room = WIDTH - LABEL_WIDTH - 170
    parts = []
    for row, (name, rate, counts, colour) in enumerate(rows):
        top = MARGIN + row * BAR_HEIGHT
        parts.append(_text(LABEL_WIDTH - 8, top + 15, name, "end"))
        parts.append(_rect(LABEL_WIDTH, top + 3, max(rate * room, 1.0), BAR_HEIGHT - 6, colour))
        parts.append(_text(LABEL_WIDTH + rate * room + 8, top + 15, f"{percent(rate)} ({counts})"))
    return _svg(MARGIN + len(rows) * BAR_HEIGHT + 10, "Share of updated nodes that failed", parts)


def timeline_svg(line: Timeline) -> str:
    """Failed nodes over time, those that the release had reached in red, under the share of nodes where it had come."""
    top = max(int((line.reached + line.unreached).max(initial=0)), 1)
    step = (WIDTH - 2 * MARGIN) / len(line.share)
    floor = MARGIN + PLOT_HEIGHT
    parts, path = [], []
    for bin_, share in enumerate(line.share):
        left = MARGIN + bin_ * step
        struck = PLOT_HEIGHT * float(line.reached[bin_]) / top
        spared = PLOT_HEIGHT * float(line.unreached[bin_]) / top
        parts += [_rect(left, floor - struck, step - 1, struck, STRUCK)] if struck else []
        parts += [_rect(left, floor - struck - spared, step - 1, spared, SPARED)] if spared else []
        path.append(f"{left + step:.1f},{floor - PLOT_HEIGHT * float(share):.1f}")
    parts.append(f'<polyline points="{" ".join(path)}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    parts += [_text(MARGIN, floor + 16, moment(line.since)), _text(WIDTH - MARGIN, floor + 16, moment(line.now), "end")]
    legend = f"red: {line.release} had come; grey: it had not; line: share of nodes with it; highest: {top} nodes"
    parts.append(_text(MARGIN, floor + 34, legend))
    return _svg(floor + 44, f"Failed nodes and the arrival of {line.release}", parts)


def _svg(height: float, title: str, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" font-family="sans-serif">'
    return "\n".join([head, f"<title>{escape(title)}</title>", _text(MARGIN, 22, title), *parts, "</svg>"]) + "\n"


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" fill="{TEXT}" text-anchor="{anchor}">{escape(words)}</text>'

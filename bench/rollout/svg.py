"""Small plots as SVG text: points with names, step curves, bars. Colours follow the page (``currentColor``)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 340
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 16, 46
COLOURS = ("#d1495b", "#00798c", "#edae49", "#30638e", "#8f5d9e", "#5b8c5a", "#b5651d", "#6c757d", "#c06c84")
LEAST_HOURS = 0.01
"""Where an axis of hours begins."""

Point = tuple[float, float]


def points(named: Mapping[str, Point], across: str, up: str, *, floor: float) -> str:
    """One point a name; the upper axis is logarithmic, and nothing lies below ``floor``."""
    highest = max((x for x, _ in named.values()), default=1.0) * 1.15 or 1.0
    scale = _Log(floor, max((y for _, y in named.values()), default=1.0) * 1.5)
    parts = [_axes(across, up), *_linear_ticks(highest), *scale.ticks()]
    for number, (name, (x, y)) in enumerate(named.items()):
        cx, cy, colour = _x(x / highest), scale.at(y), COLOURS[number % len(COLOURS)]
        parts.append(f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="5" fill="{colour}"/>')
        parts.append(f'<text x="{cx + 8:.1f}" y="{cy + 4:.1f}">{escape(name)}</text>')
    return _picture(parts)


def delays(named: Mapping[str, Point], mark: float, across: str, up: str, *, named_above: float, floor: float) -> str:
    """One point a name over hours, both axes logarithmic, a line at ``mark`` hours; names only where y is above."""
    hours = math.log10(max([mark, *(x for x, _ in named.values())]) * 1.5 / LEAST_HOURS)
    scale = _Log(floor, max((y for _, y in named.values()), default=1.0) * 1.5)
    ticks = [_tick_below(_x(power / hours), f"{LEAST_HOURS * 10**power:g}") for power in range(int(hours) + 1)]
    line = _x(math.log10(mark / LEAST_HOURS) / hours)
    parts = [_axes(across, up), *ticks, *scale.ticks()]
    parts.append(f'<path d="M{line:.1f},{TOP}V{HEIGHT - BOTTOM}" stroke="currentColor" stroke-dasharray="4 4"/>')
    for name, (x, y) in named.items():
        cx, cy = _x(math.log10(max(x, LEAST_HOURS) / LEAST_HOURS) / hours), scale.at(y)
        parts.append(
            f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="4" fill="{COLOURS[1]}"><title>{escape(name)}</title></circle>'
        )
        if y > named_above:
            parts.append(f'<text x="{cx - 7:.1f}" y="{cy + 4:.1f}" text-anchor="end">{escape(name)}</text>')
    return _picture(parts)


def curves(named: Mapping[str, Sequence[float]], across: str, up: str, *, floor: float) -> str:
    """For each name the share of values at most x, as steps; x is logarithmic from ``floor``."""
    highest = max((max(values) for values in named.values() if values), default=1.0)
    parts = [_axes(across, up)]
    for share in (0.25, 0.5, 0.75, 1.0):
        parts.append(_tick_left(_y(share), f"{share:.0%}"))
    span = math.log10(max(highest, floor * 10) / floor)
    for power in range(int(span) + 1):
        parts.append(_tick_below(_x(power / span), f"{100 * floor * 10**power:g} %"))
    for number, (name, values) in enumerate(named.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = _steps(sorted(values), floor, span)
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{LEFT + 10}" y="{TOP + 14 + 15 * number}" fill="{colour}">{escape(name)}</text>')
    return _picture(parts)


def bars(named: Mapping[str, float], up: str) -> str:
    """One bar a name, of shares."""
    highest = max([*named.values(), 0.01])
    parts = [_axes("", up)]
    for fraction in (0.5, 1.0):
        parts.append(_tick_left(_y(fraction), f"{100 * fraction * highest:.1f} %"))
    width = 1 / max(len(named), 1)
    for number, (name, value) in enumerate(named.items()):
        x, top = _x(number * width + 0.1 * width), _y(value / highest)
        wide, tall = (WIDTH - LEFT - RIGHT) * width * 0.8, HEIGHT - BOTTOM - top
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<rect x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{colour}"/>')
        parts.append(
            f'<text x="{x + wide / 2:.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{escape(name)}</text>'
        )
    return _picture(parts)


class _Log:
    """A logarithmic axis upwards."""

    def __init__(self, lowest: float, highest: float) -> None:
        self._lowest = lowest
        self._span = math.log10(max(highest, lowest * 10) / lowest)

    def at(self, value: float) -> float:
        return _y(math.log10(max(value, self._lowest) / self._lowest) / self._span)

    def ticks(self) -> list[str]:
        powers = range(int(self._span) + 1)
        return [
            _tick_left(self.at(self._lowest * 10**power), f"{100 * self._lowest * 10**power:g} %") for power in powers
        ]


def _steps(values: Sequence[float], floor: float, span: float) -> str:
    path = [f"M{LEFT},{_y(0):.1f}"]
    for place, value in enumerate(values, 1):
        x = _x(min(math.log10(max(value, floor) / floor) / span, 1.0))
        path.append(f"H{x:.1f}V{_y(place / len(values)):.1f}")
    return "".join([*path, f"H{WIDTH - RIGHT}"])


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _axes(across: str, up: str) -> str:
    base, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    return (
        f'<path d="M{LEFT},{TOP}V{base}H{right}" fill="none" stroke="currentColor"/>'
        f'<text x="{right}" y="{HEIGHT - 6}" text-anchor="end">{escape(across)}</text>'
        f'<text transform="translate(12,{TOP}) rotate(-90)" text-anchor="end">{escape(up)}</text>'
    )


def _linear_ticks(highest: float) -> list[str]:
    return [_tick_below(_x(part / 5), f"{highest * part / 5:.0f}") for part in range(6)]


def _tick_left(y: float, text: str) -> str:
    grid = f'<path d="M{LEFT},{y:.1f}H{WIDTH - RIGHT}" stroke="currentColor" opacity="0.15"/>'
    return f'{grid}<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'


def _tick_below(x: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{text}</text>'


def _picture(parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-size="12" fill="currentColor">{"".join(parts)}</svg>'

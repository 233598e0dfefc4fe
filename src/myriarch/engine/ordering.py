"""Which component comes after which: cycles, and an order that keeps what each one asks.

``after`` maps a component to those that it comes after. Names that are no component themselves order nothing. Both
answers are functions of the names alone: the order in which objects were made plays no part.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

After = Mapping[str, Collection[str]]


def find_cycle(after: After, start: str) -> list[str]:
    """A way from ``start`` back to itself, such as ``[a, b, a]``: the shortest; empty if there is none."""
    ways: list[list[str]] = [[start]]
    seen: set[str] = set()
    while ways:
        longer: list[list[str]] = []
        for way in ways:
            for earlier in sorted(after.get(way[-1], ())):
                if earlier == start:
                    return [*way, earlier]
                if earlier not in seen:
                    seen.add(earlier)
                    longer.append([*way, earlier])
        ways = longer
    return []


def in_order(names: Sequence[str], after: After) -> list[str]:
    """``names``, each behind those of them that it comes after, also by way of others; else in the order given.

    In a cycle, which admission refuses, the first given comes first.
    """
    placed: list[str] = []
    left = list(names)
    while left:
        free = next((name for name in left if not _earlier(name, after) & (set(left) - {name})), left[0])
        placed.append(free)
        left.remove(free)
    return placed


def _earlier(name: str, after: After) -> set[str]:
    """All that ``name`` comes after, also by way of others."""
    found: set[str] = set()
    look = [name]
    while look:
        for earlier in after.get(look.pop(), ()):
            if earlier not in found:
                found.add(earlier)
                look.append(earlier)
    return found

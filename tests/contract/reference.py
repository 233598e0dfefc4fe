"""References to earlier answers: ``$2.metadata.uid`` in a step stands for what the second answer said there.

A whole string that is one reference takes the value with its type; inside a longer string, ``${2.metadata.name}`` is
written out. Steps count from 1; a number in the path is an index of a list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

WHOLE = re.compile(r"\$(\d+)((?:\.[\w-]+)+)")
WITHIN = re.compile(r"\$\{(\d+)((?:\.[\w-]+)+)\}")


class Missing(LookupError):
    """An answer has nothing at the place that is referred to."""


def resolved(value: Any, bodies: Sequence[Any]) -> Any:
    """``value`` with every reference replaced. Raises Missing."""
    if isinstance(value, dict):
        return {key: resolved(each, bodies) for key, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, bodies) for each in value]
    if not isinstance(value, str):
        return value
    whole = WHOLE.fullmatch(value)
    if whole:
        return _looked_up(whole, bodies)
    return WITHIN.sub(lambda found: str(_looked_up(found, bodies)), value)


def _looked_up(found: re.Match[str], bodies: Sequence[Any]) -> Any:
    step, path = int(found[1]), found[2].lstrip(".")
    if step > len(bodies):
        raise Missing(f"${step} is asked for before it is answered")
    return at(bodies[step - 1], path)


def at(body: Any, path: str) -> Any:
    """The value at a dotted path. Raises Missing."""
    value = body
    for part in path.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            raise Missing(f"nothing at {path}") from None
    return value

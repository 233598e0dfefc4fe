"""The merge patch that turns one status into another.

Structs leave out what has its default, and a merge patch keeps what it doesn't name: at every depth, what is left out
now is named as null, or the old value would stay.
"""

from __future__ import annotations

from typing import Any


def merging(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """From ``before`` to ``after``; lists are replaced whole."""
    return {**dict.fromkeys(before), **{name: _merged(before.get(name), value) for name, value in after.items()}}


def _merged(known: Any, value: Any) -> Any:
    return merging(known, value) if isinstance(known, dict) and isinstance(value, dict) else value

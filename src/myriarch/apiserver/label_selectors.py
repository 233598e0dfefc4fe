"""Label selectors as objects carry them (``matchLabels``, ``matchExpressions``); queries' are in ``selectors.py``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def selects(selector: Any, labels: Mapping[str, str], *, empty: bool = False) -> bool:
    """Whether the labels fit. ``empty`` is the answer of a selector that asks for nothing; none at all never fits."""
    if not isinstance(selector, dict):
        return False
    wanted, expressions = selector.get("matchLabels") or {}, selector.get("matchExpressions") or ()
    if not wanted and not expressions:
        return empty
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _fits(each, labels) for each in expressions
    )


def _fits(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression.get("key", ""), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False

"""Labels of imported clusters: those of the source, and what it tells as claims or properties where that fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from myriarch.api.meta import GROUP

_KEY: Final = re.compile(r"([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_VALUE: Final = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")


def carried(labels: Mapping[str, Any] | None, *, without: Iterable[str] = ()) -> dict[str, str]:
    """What is a label for Kubernetes, by key, but nothing ``without`` and none of Myriarch's own."""
    left_out = frozenset(without)
    return {
        key: value
        for key, value in sorted((labels or {}).items())
        if key not in left_out and not key.startswith(f"{GROUP}/") and isinstance(value, str) and is_label(key, value)
    }


def is_label(key: str, value: str) -> bool:
    """Whether Kubernetes takes it as a label."""
    return bool(_KEY.fullmatch(key) and _VALUE.fullmatch(value))


def pairs(entries: object) -> dict[str, Any]:
    """Of a list of ``name`` and ``value``."""
    listed = entries if isinstance(entries, list) else []
    return {str(each.get("name")): each.get("value") for each in listed if isinstance(each, dict)}

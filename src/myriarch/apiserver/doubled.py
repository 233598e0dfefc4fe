"""Finds fields that a JSON body states twice: decoders keep the last and say nothing.

Only asked for where a client wants to be told (``fieldValidation``), because it reads the body once more.
"""

from __future__ import annotations

import json
from typing import Any


class _Object(dict[str, Any]):
    """``doubled`` are the names that the text had more than once."""

    doubled: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    out = _Object(pairs)
    if len(out) < len(pairs):
        names = [name for name, _ in pairs]
        out.doubled = tuple(dict.fromkeys(name for name in names if names.count(name) > 1))
    return out


def doubled_fields(body: bytes) -> list[str]:
    """Dotted paths of what is stated twice; nothing where the body is no JSON."""
    try:
        whole = json.loads(body, object_pairs_hook=_object)
    except ValueError:
        return []
    out: list[str] = []
    _collect(whole, "", out)
    return out


def _collect(value: Any, path: str, out: list[str]) -> None:
    if isinstance(value, _Object):
        below = f"{path}." if path else ""
        out += [f"{below}{name}" for name in value.doubled]
        for name, child in value.items():
            _collect(child, f"{below}{name}", out)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            _collect(child, f"{path}[{index}]", out)

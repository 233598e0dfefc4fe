"""What ConfigMaps and Secrets have in common: names of keys, a bound on the whole, and values that can't change once
they are immutable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from myriarch.apiserver.errors import FieldError, forbidden_field, invalid_value, too_long

Object = dict[str, Any]

MAX_KEY_CHARS = 253
MAX_BYTES = 1024 * 1024
_KEY = re.compile(r"[-._a-zA-Z0-9]+\Z")
_FROZEN = "field is immutable when `immutable` is set"
_KEY_RULE = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  "
    "or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)


def key_errors(obj: Object, field: str) -> list[FieldError]:
    """Keys that can't be file names."""
    errors = []
    for key in obj.get(field) or ():
        if len(key) > MAX_KEY_CHARS:
            errors.append(invalid_value(f"{field}[{key}]", key, f"must be no more than {MAX_KEY_CHARS} characters"))
        elif not _KEY.match(key) or key in (".", "..") or key.startswith(".."):
            errors.append(invalid_value(f"{field}[{key}]", key, _KEY_RULE))
    return errors


def size_errors(field: str, sizes: Iterable[int]) -> list[FieldError]:
    """All values together are too large; ``sizes`` in bytes."""
    return [too_long(field, MAX_BYTES)] if sum(sizes) > MAX_BYTES else []


def encoded_sizes(values: Mapping[str, str] | None) -> Iterator[int]:
    """How many bytes values stand for that are given as base64."""
    return (len(value) // 4 * 3 - value[-2:].count("=") for value in (values or {}).values())


def frozen_errors(obj: Object, old: Object | None, fields: tuple[str, ...]) -> list[FieldError]:
    """What may not change once an object says ``immutable``."""
    if old is None or not old.get("immutable"):
        return []
    errors = [] if obj.get("immutable") else [forbidden_field("immutable", _FROZEN)]
    return errors + [forbidden_field(field, _FROZEN) for field in fields if obj.get(field) != old.get(field)]

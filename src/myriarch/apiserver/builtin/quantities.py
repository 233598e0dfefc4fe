"""Quantities in the form that Kubernetes stores: ``0.5`` becomes ``500m``, ``1000m`` becomes ``1``, ``1024Mi`` ``1Gi``.

A quantity is a decimal number with a suffix. Binary suffixes (Ki, Mi, ...) and decimal ones (n, u, m, k, M, ...)
stay in their own family; the largest suffix that leaves a whole number is used.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_FORM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?\Z")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = ("n", "u", "m", "", "k", "M", "G", "T", "P", "E")
_KIBI = 1024
_KILO = 1000
_ONE = _DECIMAL.index("")

RULE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


def canonical(value: Any) -> str:
    """The stored form of a quantity. Raises ValueError where it is none."""
    found = _FORM.match(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    if found is None:
        raise ValueError(RULE)
    number, suffix = Decimal(found[1]), found[2] or ""
    if suffix in _BINARY[1:]:
        return _binary(number * _KIBI ** _BINARY.index(suffix))
    if suffix[:1] in ("e", "E") and len(suffix) > 1:
        return _decimal(number * Decimal(10) ** int(suffix[1:]))
    return _decimal(number * Decimal(_KILO) ** (_DECIMAL.index(suffix) - _ONE))


def _binary(amount: Decimal) -> str:
    if amount != amount.to_integral_value():
        return _decimal(amount)
    whole, step = int(amount), 0
    while whole and whole % _KIBI == 0 and step < len(_BINARY) - 1:
        whole, step = whole // _KIBI, step + 1
    return f"{whole}{_BINARY[step]}"


def _decimal(amount: Decimal) -> str:
    whole, step = int((amount * Decimal(_KILO) ** _ONE).to_integral_value(rounding="ROUND_CEILING")), 0
    while whole and whole % _KILO == 0 and step < len(_DECIMAL) - 1:
        whole, step = whole // _KILO, step + 1
    return f"{whole}{_DECIMAL[step]}" if whole else "0"

"""Parameters: what a bundle says differently in each cluster, taken from labels of the Cluster.

A payload says ``${name}``, or ``${name:int}`` and ``${name:bool}`` where a string won't do, and ``$${name}`` for the
text itself. In YAML text the value stands where the words stood; in values that are parsed already, a string that is
nothing but ``${name:int}`` becomes a number. What is written otherwise (``${HOME:-x}``, ``$(x)``) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from myriarch.api.component import Parameter
from myriarch.base.errors import UserFault

_USE: Final = re.compile(r"(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)(?::(int|bool))?\}")
_ESCAPES: Final = 1


def values_of(parameters: Sequence[Parameter], labels: Mapping[str, str]) -> dict[str, str]:
    """Values by name, of the Cluster's ``labels``. Raises UserFault for a label that is missing."""
    values = {}
    for parameter in parameters:
        value = labels.get(parameter.label) if parameter.label else None
        if value is None:
            value = parameter.default
        if value is None:
            cure = f"Set the label {parameter.label} on the Cluster, or give the parameter a default."
            raise UserFault(
                f"spec.parameters[{parameter.name}]", parameter.label, "the Cluster has no such label", cure
            )
        values[parameter.name] = value
    return values


def fill_text(text: str, values: Mapping[str, str], where: str) -> str:
    """``text`` with the values in it. Raises UserFault for one that the component doesn't declare."""
    return _USE.sub(lambda use: _filled(use, values, where), text)


def fill(value: Any, values: Mapping[str, str], where: str) -> Any:
    """Parsed ``value`` with the values in its strings, however deep."""
    if isinstance(value, dict):
        return {key: fill(inner, values, f"{where}.{key}") for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [fill(inner, values, f"{where}[{i}]") for i, inner in enumerate(value)]
    if not isinstance(value, str):
        return value
    whole = _USE.fullmatch(value)
    if whole and whole[3] and not whole[_ESCAPES]:
        text = _filled(whole, values, where)
        return int(text) if whole[3] == "int" else text == "true"
    return fill_text(value, values, where)


def _filled(use: re.Match[str], values: Mapping[str, str], where: str) -> str:
    if use[_ESCAPES]:
        return use[0][1:]
    name, kind = use[2], use[3]
    if name not in values:
        cure = f"Declare it in the component's spec.parameters, or write $${{{name}}} for the text itself."
        raise UserFault(where, use[0], "no such parameter", cure)
    value = values[name]
    if kind == "int" and not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise UserFault(where, value, f"parameter {name} is not a whole number", "Correct the label or the default.")
    if kind == "bool" and value not in ("true", "false"):
        raise UserFault(
            where, value, f"parameter {name} is neither true nor false", "Correct the label or the default."
        )
    return value

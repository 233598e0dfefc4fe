"""Validation by combinators: allOf, anyOf, oneOf and not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from myriarch.apiserver.check_types import Check, Compile, Node
from myriarch.apiserver.errors import FieldError, invalid_value


def compile_combined(schema: Node, compile_check: Compile) -> Check | None:
    """One check for all combinators of a node; None where it has none. ``compile_check`` compiles what they combine."""
    checks = [make(schema[key], compile_check) for key, make in _MAKERS.items() if schema.get(key)]
    if not checks or schema.get("x-kubernetes-int-or-string"):
        return None

    def check_all(value: Any, path: str, errors: list[FieldError]) -> None:
        for check in checks:
            check(value, path, errors)

    return check_all


def _passes(check: Check, value: Any, path: str) -> bool:
    errors: list[FieldError] = []
    check(value, path, errors)
    return not errors


def _all_of(nodes: list[Node], compile_check: Compile) -> Check:
    checks = [compile_check(node) for node in nodes]

    def check_each(value: Any, path: str, errors: list[FieldError]) -> None:
        for check in checks:
            check(value, path, errors)

    return check_each


def _any_of(nodes: list[Node], compile_check: Compile) -> Check:
    checks = [compile_check(node) for node in nodes]

    def check_any(value: Any, path: str, errors: list[FieldError]) -> None:
        if not any(_passes(check, value, path) for check in checks):
            errors.append(invalid_value(path, value, f'"{path}" must validate at least one schema (anyOf)'))

    return check_any


def _one_of(nodes: list[Node], compile_check: Compile) -> Check:
    checks = [compile_check(node) for node in nodes]

    def check_one(value: Any, path: str, errors: list[FieldError]) -> None:
        if sum(_passes(check, value, path) for check in checks) != 1:
            problem = f'"{path}" must validate one and only one schema (oneOf)'
            errors.append(invalid_value(path, value, problem))

    return check_one


def _not(node: Node, compile_check: Compile) -> Check:
    unwanted = compile_check(node)

    def check_not(value: Any, path: str, errors: list[FieldError]) -> None:
        if _passes(unwanted, value, path):
            errors.append(invalid_value(path, value, f'"{path}" must not validate the schema (not)'))

    return check_not


_MAKERS: dict[str, Callable[[Any, Compile], Check]] = {
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
}

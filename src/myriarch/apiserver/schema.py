"""An OpenAPI v3 structural schema, compiled once to functions: defaulting, pruning, validation and rules.

A write passes through all of them, thousands of times a second, so the schema is walked once and each part
becomes a closure that knows only what it needs; parts of the schema in which a pass has nothing to do compile
to nothing. The passes live apart: ``defaulting.py``, ``pruning.py``, ``checks.py`` (types, forms, bounds) and
``rules.py`` (CEL). This class is what the rest of the server sees.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from myriarch.apiserver.checks import compile_check
from myriarch.apiserver.defaulting import compile_default
from myriarch.apiserver.errors import FieldError
from myriarch.apiserver.field_tree import FieldNode, compile_fields
from myriarch.apiserver.pruning import compile_prune
from myriarch.apiserver.rules import Rules


class Schema:
    """``openapi`` is the schema of a whole object. Raises ValueError where it can't be compiled."""

    def __init__(self, openapi: dict[str, Any]) -> None:
        self.openapi = openapi
        self._default = compile_default(openapi)
        self._prune = compile_prune(openapi)
        self._check = compile_check(openapi)

    @cached_property
    def rules(self) -> Rules:
        return Rules(self.openapi)

    @cached_property
    def field_tree(self) -> FieldNode:
        """How objects divide into fields that can be owned."""
        return compile_fields(self.openapi)

    def default(self, obj: dict[str, Any]) -> None:
        """Fill in defaults, in place. Nulls where none is allowed count as absent."""
        if self._default is not None:
            self._default(obj)

    def prune(self, obj: dict[str, Any]) -> list[str]:
        """Remove fields that the schema doesn't know, in place. Returns their paths (``spec.a[0].b``)."""
        removed: list[str] = []
        if self._prune is not None:
            self._prune(obj, "", removed)
        return removed

    def validate(self, obj: dict[str, Any]) -> list[FieldError]:
        """Errors of type, form and bounds; empty where the object is good."""
        errors: list[FieldError] = []
        self._check(obj, "", errors)
        return errors

    def validate_rules(self, obj: dict[str, Any], old: dict[str, Any] | None) -> list[FieldError]:
        """Errors of ``x-kubernetes-validations``. Call it on objects that ``validate`` found good.

        With ``old``, transition rules (``oldSelf``) are run too, and parts that did not change are taken as
        good, so that a rule added later blocks no unrelated change.
        """
        return self.rules.evaluate(obj, old)

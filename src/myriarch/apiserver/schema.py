"""An OpenAPI v3 structural schema, compiled once to functions: defaulting, pruning, validation and rules."""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.errors import FieldError


class Schema:
    """``openapi`` is the schema of a whole object."""

    def __init__(self, openapi: dict[str, Any]) -> None:
        self.openapi = openapi

    def default(self, obj: dict[str, Any]) -> None:
        """Fill in defaults, in place."""

    def prune(self, obj: dict[str, Any]) -> list[str]:
        """Remove fields that the schema doesn't know, in place; their paths."""
        return []

    def validate(self, obj: dict[str, Any]) -> list[FieldError]:
        """Errors of type, form and bounds."""
        return []

    def validate_rules(self, obj: dict[str, Any], old: dict[str, Any] | None) -> list[FieldError]:
        """Errors of ``x-kubernetes-validations``."""
        return []

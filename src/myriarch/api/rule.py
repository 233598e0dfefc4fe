"""A CEL rule that travels with a type into its CRD (``x-kubernetes-validations``)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """``rule`` is CEL over ``self`` (and ``oldSelf``); ``message`` says what is wrong and the cure."""

    rule: str
    message: str
    field_path: str = ""
    reason: str = "FieldValueInvalid"

"""Condition types, each a named constant with a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ConditionType:
    """A condition and what it means when it is True."""

    type: str
    means: str


CONNECTED: Final = ConditionType("Connected", "The hub hears the agent of the cluster.")

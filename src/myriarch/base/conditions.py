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
COMPATIBLE: Final = ConditionType(
    "Compatible", "The version of the cluster's API server is one that Myriarch works with."
)
PERMITTED: Final = ConditionType("Permitted", "The agent has the rights in the cluster that it needs.")
DRIVERS_READY: Final = ConditionType("DriversReady", "Every component's driver can act in the cluster.")

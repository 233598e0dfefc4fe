"""The rules of a grant, read once: durations in seconds, and what the engine's node level goes by."""

from __future__ import annotations

from dataclasses import dataclass, replace

from myriarch.api.cluster import Grant
from myriarch.base.durations import parse_duration
from myriarch.engine.rules import ALL, Rules, node_rules


@dataclass(frozen=True, slots=True)
class Limits:
    """The durations of a grant's rules, in seconds, and its rules for the engine."""

    soak_seconds: float
    update_timeout_seconds: float
    failure_grace_seconds: float
    rules: Rules


def limits_of(grant: Grant) -> Limits:
    """Read the rules of a grant. Raises UserFault where one is unsound."""
    rules = grant.rules
    return Limits(
        parse_duration(rules.soak),
        parse_duration(rules.update_timeout),
        parse_duration(rules.failure_grace),
        standing_rules(node_rules(rules, grant.budgets)) if grant.proven else node_rules(rules, grant.budgets),
    )


def standing_rules(rules: Rules) -> Rules:
    """The rules under a proven revision: it is the last-known-good, so what fails there has nowhere to go back to."""
    return replace(rules, tolerance=ALL, revert_failed_after_seconds=float("inf"))

"""The measures of all runs of one policy, or of one policy in one scenario, as figures to compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

import msgspec

from rollout.outcome import Outcome
from rollout.scenario import Kind


class Summary(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Shares from 0 to 1, times in hours; None where no run has the measure.

    caught, exposed, harmed, nodeHours, toDecision, recovery, byPerson, right*: of incidents that can be observed.
    false, duration: of harmless releases; a false alarm is a rollback or a stop.
    """

    policy: str
    incidents: int
    harmless: int
    caught: float | None
    exposed_median: float | None
    exposed_mean: float | None
    exposed_worst: float | None
    harmed_median: float | None
    harmed_worst: float | None
    node_hours_median: float | None
    node_hours_mean: float | None
    to_decision_median: float | None
    recovery_median: float | None
    recovery_worst: float | None
    by_person: float | None
    right_release: float | None
    right_attribute: float | None
    false_alarms: float | None
    false_rollbacks: float | None
    duration_median: float | None
    seconds_mean: float


def summarise(policy: str, outcomes: Sequence[Outcome]) -> Summary:
    """Over the runs given, all of one policy."""
    bad = [each for each in outcomes if each.kind is Kind.INCIDENT and each.observable]
    good = [each for each in outcomes if each.kind is Kind.HARMLESS]
    exposed, harmed = [each.exposed for each in bad], [each.harmed for each in bad]
    node_hours = [each.node_hours for each in bad]
    recovery = known(bad, lambda each: each.recovery)
    return Summary(
        policy=policy,
        incidents=len(bad),
        harmless=len(good),
        caught=share([each.caught for each in bad]),
        exposed_median=middle(exposed),
        exposed_mean=mean(exposed),
        exposed_worst=max(exposed, default=None),
        harmed_median=middle(harmed),
        harmed_worst=max(harmed, default=None),
        node_hours_median=middle(node_hours),
        node_hours_mean=mean(node_hours),
        to_decision_median=middle(known(bad, lambda each: each.to_decision)),
        recovery_median=middle(recovery),
        recovery_worst=max(recovery, default=None),
        by_person=share([each.by_person for each in bad]),
        right_release=share(known(outcomes, lambda each: each.right_release)),
        right_attribute=share(known(bad, lambda each: each.right_attribute)),
        false_alarms=share([each.caught for each in good]),
        false_rollbacks=share([each.rolled_back for each in good]),
        duration_median=middle(known(good, lambda each: each.duration)),
        seconds_mean=mean([each.seconds for each in outcomes]) or 0.0,
    )


def known(outcomes: Sequence[Outcome], measure: Callable[[Outcome], float | None]) -> list[float]:
    """The measure of the runs that have it."""
    return [float(value) for value in map(measure, outcomes) if value is not None]


def share(values: Sequence[float]) -> float | None:
    """Of the values that are true."""
    return sum(map(bool, values)) / len(values) if values else None


def middle(values: Sequence[float]) -> float | None:
    return float(median(values)) if values else None


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None

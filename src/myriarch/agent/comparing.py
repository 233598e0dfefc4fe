"""The updated nodes of a cluster against those beside them that are not updated yet: a concurrent control.

Both live in the same cluster at the same time, so whatever strikes a zone or the whole cluster strikes both; only what
the release does strikes one alone. Every failure is weighed when it is seen (``engine/sequential/hazard.py``), of all
nodes and of each attribute value by itself, and the logarithms add up; the hub adds those of all clusters. Nothing is
told, and next to nothing computed, while nothing fails.

A node counts once in an attempt on either side. Nodes that were sick when the attempt began count on neither. An
agent that starts anew goes on from what was told last; failures that are there already are not counted again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from myriarch.agent.beside import Beside
from myriarch.agent.limits import Limits
from myriarch.agent.node_level import Turn
from myriarch.agent.nodes import joint_attributes, strata_counts
from myriarch.api.cluster import Comparison, ComponentStatus, Direction, Grant
from myriarch.drivers.driver import Attribute, Bools, Driver, Symptom
from myriarch.engine.population import count, some
from myriarch.engine.sequential.hazard import HazardLook, log_factors

FACTOR_DIGITS = 4
ROWS_MAX = 256
"""Strata that one cluster tells of; once there are so many, no others are begun."""
Stratum = tuple[str, str]
ALL_NODES: Stratum = ("", "")

Counts = dict[Stratum, int]


@dataclass(slots=True)
class _Known:
    """Of one component under one attempt: who has counted already on either side, by name, and what is told."""

    attempt: int
    counted: set[str] = field(default_factory=set)
    rows: dict[Stratum, Comparison] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sides:
    """Who is at risk, and who failed since the last look: bool[n] each."""

    treated: Bools
    control: Bools
    treated_failed: Bools
    control_failed: Bools


class Comparing:
    """What is kept of every component between turns."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._known: dict[str, _Known] = {}

    def look(
        self,
        grant: Grant,
        limits: Limits,
        turn: Turn,
        before: ComponentStatus | None,
        now: float,
        beside: Beside | None = None,
        pairs: Sequence[Sequence[str]] = (),
    ) -> list[Comparison]:
        """Weigh what failed since the last look, by the joint values of ``pairs`` of attributes too; all that there is
        to tell of this attempt."""
        if grant.tolerated_ratio <= 0:
            return []
        control = turn.states.present & ~turn.health.begun & ~turn.states.moving
        if turn.held is not None:
            control &= ~turn.held
        sick = control & (turn.states.symptom != Symptom.HEALTHY)
        known = self._known.get(grant.component)
        if known is None or known.attempt != grant.attempt:
            known = self._known[grant.component] = self._begin(grant, turn, before, sick)
        overdue = sick & (now - turn.states.symptom_since >= limits.failure_grace_seconds)
        struck = turn.health.failed | turn.health.borne
        if grant.direction is not Direction.REVERT and (some(struck) or some(overdue)):
            for part in _apart(self._sides(known, turn, struck, control, overdue), beside):
                self._weigh(known, part, grant.tolerated_ratio, pairs)
        return [known.rows[stratum] for stratum in sorted(known.rows)]

    def _begin(self, grant: Grant, turn: Turn, before: ComponentStatus | None, sick: Bools) -> _Known:
        known = _Known(grant.attempt)
        if before is not None and before.attempt == grant.attempt:
            known.rows = {(each.attribute, each.value): each for each in before.comparisons}
        known.counted |= self._names(sick | turn.health.failed)
        return known

    def _sides(self, known: _Known, turn: Turn, struck: Bools, control: Bools, overdue: Bools) -> _Sides:
        fresh = np.ones(len(control), np.bool_)
        if known.counted:
            fresh = np.fromiter((name not in known.counted for name in self._driver.names), np.bool_, len(control))
        treated = turn.health.begun & ~turn.health.reverting & turn.states.present & fresh
        if turn.held is not None:
            treated &= ~turn.held
        return _Sides(treated, control & fresh, struck & treated, overdue & fresh)

    def _weigh(self, known: _Known, sides: _Sides, ratio: float, pairs: Sequence[Sequence[str]]) -> None:
        failed = sides.treated_failed | sides.control_failed
        if not some(failed):
            return
        attributes = self._driver.attributes()
        attributes |= joint_attributes(attributes, pairs)
        struck = sorted(_counts(attributes, failed))
        struck = [row for row in struck if row in known.rows or len(known.rows) < ROWS_MAX]
        columns = [
            np.asarray([counts.get(stratum, 0) for stratum in struck], np.float64)
            for counts in (_counts(attributes, getattr(sides, side)) for side in _Sides.__slots__)
        ]
        factors = log_factors(HazardLook(*columns), ratio)
        for index, stratum in enumerate(struck):
            look = [int(column[index]) for column in columns]
            known.rows[stratum] = _added(known.rows.get(stratum), stratum, look, factors[index])
        known.counted |= self._names(failed)

    def _names(self, chosen: Bools) -> set[str]:
        names = self._driver.names
        return {names[int(index)] for index in np.flatnonzero(chosen)}


def _apart(sides: _Sides, beside: Beside | None) -> Iterator[_Sides]:
    """The nodes that another release in flight has begun, and those that none has: what that release does strikes both
    sides of a part alike. Where a part has no node left to compare with, all are compared with."""
    if beside is None or not some(beside.begun):
        yield sides
        return
    for part in (beside.begun, ~beside.begun):
        alone = not some(sides.control & part)
        yield _Sides(
            treated=sides.treated & part,
            control=sides.control if alone else sides.control & part,
            treated_failed=sides.treated_failed & part,
            control_failed=sides.control_failed & part,
        )


def _counts(attributes: Mapping[str, Attribute], chosen: Bools) -> Counts:
    """Of the ``chosen`` nodes, how many there are, and how many with each value."""
    found = {
        (name, value): number
        for name, counts in strata_counts(dict(attributes), chosen).items()
        for value, number in counts.items()
    }
    return {ALL_NODES: count(chosen), **found}


def _added(known: Comparison | None, stratum: Stratum, look: list[int], factors: np.ndarray) -> Comparison:
    treated, control, treated_failed, control_failed = look
    before = known.log_factors if known is not None and known.log_factors else [0.0] * len(factors)
    return Comparison(
        attribute=stratum[0],
        value=stratum[1],
        treated=treated,
        treated_failed=treated_failed + (known.treated_failed if known is not None else 0),
        control=control,
        control_failed=control_failed + (known.control_failed if known is not None else 0),
        log_factors=[round(old + float(new), FACTOR_DIGITS) for old, new in zip(before, factors, strict=True)],
    )

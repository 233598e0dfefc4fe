"""What the comparison of updated nodes with those beside them says of a release: the evidence of harm.

Agents weigh every failure in their cluster and tell the sums (``agent/comparing.py``). Here the sums of all clusters
become wealth (``sequential/wealth.py``): of all nodes together, and of each attribute value by itself, so that harm to
one GPU model is not diluted. The release remembers what each row holds and how much of the sums it has staked, so that
a crash between two looks changes nothing that was seen.

One e-process serves the whole release, whatever its stages, waves and looks: the chance that a harmless release is
ever called harmful is at most ``alpha`` (``sequential/combine.py`` has the proof).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from myriarch.engine.accounts import ALL_NODES, EFFECTS, SAVED_DIGITS, opened, staked, wealth_of
from myriarch.engine.late import Late, Watched, noted
from myriarch.engine.late import begun_anew as late_begun_anew
from myriarch.engine.metric_evidence import States, accepted, joined
from myriarch.engine.outages import Look, Outages, begun_anew, log_value, stood_by, watched
from myriarch.engine.population import Floats, Ints, Value
from myriarch.engine.sequential.combine import over_strata, weighted
from myriarch.engine.strikes import SETTLE_SECONDS, Field, Strike, Strikes, counted
from myriarch.engine.strikes import begun_anew as strikes_begun_anew

ROWS_MAX = 128
"""Strata that are remembered, those first where anything failed: a release's status keeps within 64 KiB."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Sums over all clusters, one row an attribute value and a last one for all nodes: log_factors [v + 1, EFFECTS],
    and counts int64[v + 1, 4] of treated, treated that failed, controls, controls that failed. ``by_stage`` has
    the same counts of each stage's clusters, int64[s, v + 1, 4]; None where they aren't told apart."""

    log_factors: Floats
    counts: Ints
    by_stage: Ints | None = None

    def of_stage(self, stage: int) -> Ints:
        """int64[v + 1, 4]: the counts of one stage, of all where stages aren't told apart."""
        known: Ints = self.counts if self.by_stage is None else self.by_stage[stage]
        return known


@dataclass(frozen=True, slots=True)
class Row:
    """One stratum: ``saved`` wealth, and the sums that have been staked on it so far."""

    saved: tuple[float, ...]
    staked: tuple[float, ...]


@dataclass(frozen=True)
class Evidence:
    """Rows by name, of strata where anything failed; ``log_value`` is ln of their joint evidence against "no harm".
    ``outages`` of whole clusters (None where they aren't watched) show ``log_clusters``. ``strikes`` are failures over
    the whole fleet (None where those aren't told). ``late`` are failures since the release is everywhere (None where it
    is not watched). ``metrics`` are joined with all under one alpha. ``strata``: how
    many share it, fixed at the first look, whatever values appear later."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    log_value: float = 0.0
    metrics: States = field(default_factory=dict)
    outages: Outages | None = None
    log_clusters: float = 0.0
    strata: int = 0
    strikes: Strikes | None = None
    late: Late | None = None

    @cached_property
    def failures(self) -> float:
        """ln of the evidence of failed nodes, beside them and over the fleet, of whole clusters that went out, and of
        failures that came late."""
        if self.outages is None and self.strikes is None and self.late is None:
            return self.log_value
        return float(weighted(np.asarray(self._parts), self._weights))

    @property
    def _parts(self) -> tuple[float, ...]:
        parts = (self.log_value, self.strikes.log_value if self.strikes is not None else 0.0, self.log_clusters)
        return parts if self.late is None else (*parts, self.late.log_value)

    @property
    def _weights(self) -> Floats:
        return WEIGHTS if self.late is None else np.asarray([*(WEIGHTS * (1.0 - LATE_WEIGHT)), LATE_WEIGHT])

    def _speaks(self, part: int) -> bool:
        """Whether one of the parts shows more than each of the others."""
        shares = np.asarray(self._parts) + np.log(self._weights)
        return part < len(shares) and bool(shares[part] > np.delete(shares, part).max())

    @cached_property
    def joint(self) -> float:
        """ln of the evidence of failures and metrics together."""
        return joined(self.failures, self.metrics)

    @property
    def of_clusters(self) -> bool:
        """Whether it is whole clusters that speak, more than their nodes."""
        return self.outages is not None and self._speaks(CLUSTERS_PART)

    @property
    def of_late(self) -> bool:
        """Whether it is what failed since the release is everywhere that speaks."""
        return self._speaks(LATE_PART)

    @property
    def record_only(self) -> Evidence:
        """What nodes not updated showed, and no harm."""
        return NO_EVIDENCE if self.late is None else Evidence(late=replace(self.late, log_value=0.0))

    @property
    def at_one_time(self) -> Evidence:
        """Without what rests on the days before."""
        return replace(self, late=None)

    def shows_harm(self, alpha: float) -> bool:
        """Whether it is enough at the error budget ``alpha``."""
        return self.joint >= -math.log(alpha)

    def raises_suspicion(self, alpha: float) -> bool:
        """Whether it is half way to harm: a wave then soaks on until it is one thing or the other."""
        return self.joint >= -math.log(alpha) * SUSPICION

    def times(self) -> float:
        """How many times as probable what was seen is under harm as without: the e-value."""
        return math.exp(min(self.joint, MOST_LOG))


SUSPICION = 0.5
"""Of the way to harm, in logarithms: at an alpha of 1 %, ten times likelier with harm than without."""

WEIGHTS = np.asarray([0.4, 0.4, 0.2])
"""Of what nodes show beside their neighbours, over the fleet, and of what clusters show."""

CLUSTERS_PART, LATE_PART = 2, 3
LATE_WEIGHT = 0.1
"""Of what failures show once a watched release is everywhere; the others share the rest in the same proportions. It has
days for what it pays."""

NO_EVIDENCE = Evidence()
MOST_LOG = 100.0


def weighed(known: Evidence, compared: Compared | None, values: Sequence[Value]) -> Evidence:
    """``known`` after one more look; the same object where nothing new was told."""
    if compared is None:
        return known
    strata = known.strata or len(values)
    rows = dict(known.rows)
    for index in np.flatnonzero(compared.log_factors.any(axis=1)).tolist():
        name = str(values[index]) if index < len(values) else ALL_NODES
        told = tuple(compared.log_factors[index].tolist())
        before = rows.get(name)
        if before is None and name != ALL_NODES and _strata_of(rows) >= min(strata, ROWS_MAX - 1):
            continue
        if before is None or before.staked != told:
            rows[name] = _staked(before, told)
    if rows == known.rows:
        return known
    return replace(known, rows=rows, log_value=_joint(rows, strata), strata=strata)


def forgotten(known: Evidence) -> Evidence:
    """A person accepted what was seen: what was staked stays so, and the wealth begins anew."""
    rows = {name: Row(opened(), row.staked) for name, row in known.rows.items()}
    outages = None if known.outages is None else begun_anew(known.outages)
    return Evidence(
        rows,
        metrics=accepted(known.metrics),
        outages=outages,
        strata=known.strata,
        strikes=None if known.strikes is None else strikes_begun_anew(known.strikes),
        late=None if known.late is None else late_begun_anew(known.late),
    )


def with_outages(known: Evidence, look: Look, ratio: float) -> Evidence:
    """``known`` after one more look at whole clusters; the same object where there is nothing to note."""
    outages = watched(known.outages, look)
    if outages is known.outages:
        return known
    return replace(known, outages=outages, log_clusters=round(log_value(outages, look, ratio), SAVED_DIGITS))


def between_tries(known: Evidence, look: Look) -> Evidence:
    """``known`` of a release that waits to be tried again; the same object where there is nothing to note."""
    outages = None if known.outages is None else stood_by(known.outages, look)
    return known if outages is known.outages else replace(known, outages=outages)


def with_late(known: Evidence, look: Watched) -> Evidence:
    """``known`` after one more look at a release that is to be watched, before ``with_strikes``: both count the same
    strikes."""
    if known.strikes is None:
        return known
    late = noted(known.late, look, known.strikes.until)
    return known if late is known.late else replace(known, late=late)


def with_strikes(known: Evidence, strikes: Sequence[Strike], ground: Field, ratio: float, now: float) -> Evidence:
    """``known`` after the strikes that have settled; the same object where there is none."""
    if known.strikes is None:
        return replace(known, strikes=Strikes(now))
    after = counted(known.strikes, strikes, ground, ratio, now)
    return known if after is known.strikes else replace(known, strikes=after)


def passed_over(known: Evidence, strikes: Sequence[Strike], now: float) -> Evidence:
    """``known`` once nobody is left to compare the strikes with that have settled: they count for ``with_late``
    alone."""
    if known.strikes is None:
        return known
    until = max((each.at for each in strikes if each.at <= now - SETTLE_SECONDS), default=0.0)
    return known if until <= known.strikes.until else replace(known, strikes=replace(known.strikes, until=until))


def _strata_of(rows: Mapping[str, Row]) -> int:
    return len(rows) - (ALL_NODES in rows)


def _staked(before: Row | None, told: tuple[float, ...]) -> Row:
    known = (0.0,) * EFFECTS if before is None else before.staked
    return Row(staked(None if before is None else before.saved, np.asarray(told) - np.asarray(known)), told)


def _joint(rows: Mapping[str, Row], strata: int) -> float:
    """Strata without a row hold what they began with: each has its share when it gets one, and no more than there are
    shares get one."""
    logs = np.zeros(strata + 1)
    alone = [row for name, row in rows.items() if name != ALL_NODES][:strata]
    if alone:
        logs[: len(alone)] = wealth_of([row.saved for row in alone]).log_value
    if ALL_NODES in rows:
        logs[-1] = float(wealth_of([rows[ALL_NODES].saved]).log_value[0])
    return float(over_strata(logs))

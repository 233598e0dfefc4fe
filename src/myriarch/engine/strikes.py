"""Failures over the whole fleet: what the neighbours of few canaries can't show.

Beside a canary in a cluster of eight nodes stand seven others: that it fails, and they don't, proves little. Beside all
canaries stand fifteen thousand. So nodes are also compared over all clusters of a stage, updated with not updated, by
the safe logrank (``sequential/hazard.py``): of all nodes, and of each attribute value by itself.

Nodes of one cluster don't fail apart from each other, and what strikes a whole cluster would count as many failures. So
only *strikes* count: the first failure in a cluster after half an hour without one, once, whichever number of nodes it
took; what follows is for the neighbours to judge (``evidence.py``). A strike is the release's where every node of it
was updated. A cluster counts once on the updated side, so that one that is bad anyway is not counted again and again;
on the other side it counts as often as it is struck, which only weakens the case.

How many of a value are at risk is never taken for fewer than there are, so the test errs towards "no harm": where a
cluster tells what its updated nodes are, those and all that it has begun beside them; elsewhere as many as have the
value and as the cluster has begun.

Strikes stay in what agents tell for hours, and each is counted at one look, by when it happened: a crash between two
looks changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np

from myriarch.api.strata import halves
from myriarch.api.strike import COUNTED_MAX, STRIKE_ROWS_MAX
from myriarch.engine.accounts import ALL_NODES, Account, staked, wealth_of
from myriarch.engine.population import Bools, Floats, Ints, Population, identities
from myriarch.engine.sequential.hazard import HazardLook, log_factors

QUIET_SECONDS = 1800.0
"""So long nothing may have failed in a cluster before what counts as a strike."""

SETTLE_SECONDS = 60.0
"""A strike is counted so long after it happened: by then all agents have told theirs, and the order is known."""

TOGETHER_SHARE = 0.5
"""Of the weight, for all nodes together; each value of one attribute has an equal part of the rest."""

LEAST_SHARING = 32
"""Where there are fewer values, their parts are no larger: one strike alone is then no suspicion."""

Rows = Mapping[str, Account]


@dataclass(frozen=True, slots=True)
class Strike:
    """``at`` Unix seconds; ``unit`` the cluster's row; ``updated``: the release had moved every node of it; ``strata``
    as 'attribute=value', what the nodes are."""

    at: float
    unit: int
    updated: bool
    strata: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """``strikes`` of the last hours; ``tellers`` bool[n]: clusters whose agent tells them. Only their nodes count.
    ``begun_by_value`` int64[n, v]: at most so many nodes of each value have begun; None where nobody knows it better
    than by who has the value. It is asked only when something is struck."""

    strikes: Sequence[Strike]
    tellers: Bools
    begun_by_value: Callable[[], Ints] | None = None


@dataclass(frozen=True)
class Strikes:
    """What has been counted. ``until`` (Unix seconds): no strike up to then counts any more. ``counted``: clusters that
    were struck on the updated side, by hash, sorted. ``rows``: by stratum, ln of each account, and the steps.
    ``strata``: how many values share the weight, fixed at the first strike, whatever values appear later."""

    until: float
    counted: tuple[int, ...] = ()
    updated: int = 0
    others: int = 0
    rows: Rows = field(default_factory=lambda: MappingProxyType({}))
    strata: int = 0

    @cached_property
    def log_value(self) -> float:
        """ln of the evidence against "no harm"."""
        names = list(self.rows)
        if not names:
            return 0.0
        wealth = wealth_of([self.rows[name] for name in names]).log_value
        share = (1.0 - TOGETHER_SHARE) / (self.strata or STRIKE_ROWS_MAX)
        shares = np.asarray([TOGETHER_SHARE if name == ALL_NODES else share for name in names])
        rest = 1.0 - float(shares.sum())
        return float(np.logaddexp.reduce([*(np.log(shares) + wealth), math.log(max(rest, 1e-300))]))


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The clusters as they are: ``stages`` bool[n] each, whose they are; ``begun`` int64[n] nodes, and
    ``begun_by_value`` as in ``Told``."""

    population: Population
    stages: tuple[Bools, ...]
    begun: Ints
    begun_by_value: Callable[[], Ints] | None = None


def counted(known: Strikes, strikes: Sequence[Strike], ground: Field, ratio: float, now: float) -> Strikes:
    """``known`` after the strikes that have settled at ``now``; the same object where there is none."""
    until = now - SETTLE_SECONDS
    due = sorted((each for each in strikes if known.until < each.at <= until), key=lambda each: (each.at, each.unit))
    for strike in due:
        known = _with(known, strike, ground, ratio)
    return known


def next_strike_at(known: Strikes, strikes: Sequence[Strike], now: float) -> float:
    """Unix seconds: when the next strike will have settled; infinite where none waits."""
    later = (each.at + SETTLE_SECONDS for each in strikes if each.at > max(known.until, now - SETTLE_SECONDS))
    return min(later, default=float("inf"))


def begun_anew(known: Strikes) -> Strikes:
    """A person accepted what was seen: the wealth begins anew."""
    return Strikes(known.until, known.counted)


def _with(known: Strikes, strike: Strike, ground: Field, ratio: float) -> Strikes:
    identity = identities(ground.population.order)
    own = int(identity[strike.unit])
    here = next((stage for stage in ground.stages if stage[strike.unit]), None)
    past = replace(known, until=strike.at)
    if here is None:
        return past
    if strike.updated and (own in known.counted or len(known.counted) >= COUNTED_MAX):
        return past
    fresh = here & ~np.isin(identity, known.counted) if known.counted else here
    names, columns = _rows(strike, ground.population)
    updated, others = _at_risk(ground, here, fresh, columns)
    hit, missed = (np.full(len(names), float(side)) for side in (strike.updated, not strike.updated))
    look = HazardLook(np.maximum(updated, hit), np.maximum(others, missed), hit, missed)
    strata = known.strata or (STRIKE_ROWS_MAX if known.rows else _sharing(ground.population))
    past = replace(past, strata=strata, rows=_staked(known.rows, names, log_factors(look, ratio), strata))
    if not strike.updated:
        return replace(past, others=known.others + 1)
    return replace(past, updated=known.updated + 1, counted=tuple(sorted({*known.counted, own})))


def strata_struck(strike: Strike, population: Population) -> list[str]:
    """Names of the strata that were struck, the last of them all nodes."""
    return _rows(strike, population)[0]


def _rows(strike: Strike, population: Population) -> tuple[list[str], Ints]:
    """The names and columns of the strata that were struck; the last is all nodes, column -1."""
    known = population.columns
    found = {name: known[name] for name in strike.strata if name in known}
    found |= {name: known[name] for name in population.shared_names if population.strata[strike.unit, known[name]] > 0}
    names = sorted(found)
    return [*names, ALL_NODES], np.asarray([*(found[name] for name in names), -1], np.int64)


def _at_risk(ground: Field, here: Bools, fresh: Bools, columns: Ints) -> tuple[Floats, Floats]:
    """float64[k] each: nodes of the stage that may have begun, of clusters not yet counted, and nodes that surely have
    not, for each of the ``columns``."""
    population, begun = ground.population, ground.begun
    have = population.strata[:, columns].astype(np.float64)
    have[:, columns < 0] = population.weight[:, None]
    may = np.minimum(have, begun[:, None])
    if ground.begun_by_value is not None:
        by_value = ground.begun_by_value()[:, columns]
        may = np.where(columns < 0, may, np.minimum(may, by_value))
    updated: Floats = may[fresh].sum(axis=0)
    others: Floats = (have - may)[here].sum(axis=0)
    return updated, others


def _sharing(population: Population) -> int:
    """How many values share the weight."""
    values = sum(halves(value.attribute) is None for value in population.values)
    return min(max(values, LEAST_SHARING), STRIKE_ROWS_MAX)


def _staked(rows: Rows, names: Sequence[str], factors: Floats, strata: int) -> Rows:
    told = dict(rows)
    for name, factor in zip(names, factors, strict=True):
        if name in told or name == ALL_NODES or len(told) - (ALL_NODES in told) < strata:
            told[name] = staked(told.get(name), factor)
    return told

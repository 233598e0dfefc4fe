"""Harm that shows late: what failures tell once a release is everywhere, and no node is left to compare with.

While a release is watched (``Phase.WATCHING``), failures are compared with those of the nodes that it had not updated
yet while it went out: not how many fail at once, because over days ordinary failures come and go, but how many fail
anew in so many node-hours. Of all nodes, and of each attribute value by itself, so that harm to one kernel is not
diluted. The evidence (``sequential/recorded.py``) is sound at any look, however short the record is: a short one can
show little, and is no limit by itself. Of what few nodes are, the record is short: no kind of node is taken to fail
more than twice as often as all do, or as its own record says. It rests on matched history, and the verdict says so; the
policy's tolerated ratio is what the days may differ by.

What counts is a *strike* (``strikes.py``), not a failed node, and of one cluster two in four hours: one that fails
again and again has said its part. Failures that come together have one cause, a zone or a network, that no rate knows
of: an hour counts for at most twice what is tolerated of it, or for one. What strikes everybody at once is for
``alone.py`` to find, by the most nodes not updated that ever were down at once.

Harm may come on the ninth day and pass. So the watch has parts: what has been seen since each of them began is evidence
of its own, and all are weighed together.

Only clusters of the last stage's environment count, on both sides: the others rehearse. Nodes are counted so that
either error is in the release's favour: as many updated ones as may be, as many others as surely are.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from myriarch.api.late import LATE_PARTS, LATE_ROWS_MAX
from myriarch.api.strata import halves
from myriarch.engine.accounts import ALL_NODES, SAVED_DIGITS
from myriarch.engine.population import Bools, Floats, Ints, Population
from myriarch.engine.sequential.combine import over_strata
from myriarch.engine.sequential.recorded import Counted, log_evidence
from myriarch.engine.strikes import SETTLE_SECONDS, Field, Strike, strata_struck

HOUR_SECONDS = 3600.0
NOTED_SECONDS = 3600.0
"""The time that passes is noted so often where nothing else is."""
REPEAT_SECONDS = 4 * 3600.0
REPEATS_MAX = 2
"""A cluster that was struck so often within this time is not counted again: agents tell of strikes for as long."""
SURGE_TIMES = 2.0
"""An hour counts for at most so many times what is tolerated of it."""
MOMENT = 1e-6
"""Of a part: no strike comes in no time at all."""
KIND_TIMES = 2.0
"""No kind of node is taken to fail more often than so many times what all nodes do, or its own record shows."""
DOWN_STEP = 2.0**-10
"""Of the share of nodes that are down: so finely it is remembered."""
LOG_DOUBT = math.log(1000.0)
"""How sure the rate of all nodes is meant: once in a thousand releases it is larger."""


@dataclass(frozen=True, slots=True)
class LateRow:
    """Strikes and node-hours of nodes not updated, and of all since the release is everywhere; ``watched`` by parts of
    the watch."""

    record: int = 0
    record_hours: float = 0.0
    watched: tuple[int, ...] = ()
    watched_hours: float = 0.0

    def struck(self, part: int) -> LateRow:
        """With one more strike in the part of the watch."""
        parts = [*self.watched, *[0] * (part + 1 - len(self.watched))]
        parts[part] += 1
        return replace(self, watched=tuple(parts))


@dataclass(frozen=True, slots=True)
class Late:
    """``at`` (Unix seconds): until when time has been counted. ``hour`` (Unix seconds) is the one in which the last
    strike was counted, as one of ``in_hour``. ``rows`` by stratum; ``passed``: parts of the watch, with a fraction;
    ``log_value`` is ln of the evidence of all; ``most_down`` the largest share of nodes not updated that were down at
    once."""

    at: float
    rows: Mapping[str, LateRow]
    passed: float = 0.0
    hour: float = 0.0
    in_hour: int = 0
    log_value: float = 0.0
    most_down: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """One look at ``now`` (Unix seconds). ``counts`` bool[n]: whose clusters count; ``everywhere``: the release is.
    ``down_share``: of nodes not updated, those that are down; 0 where nobody tells."""

    strikes: Sequence[Strike]
    ground: Field
    counts: Bools
    everywhere: bool
    ratio: float
    watch_seconds: float
    now: float
    down_share: float = 0.0


def noted(known: Late | None, look: Watched, since: float) -> Late:
    """``known`` after the strikes later than ``since`` that have settled; the same object where there is nothing to
    note."""
    if known is None:
        return Late(look.now, {name: LateRow() for name in _names(look)}, most_down=_most_down(0.0, look))
    known = _downed(known, look)
    due = sorted(_due(look, since), key=lambda each: (each.at, each.unit))
    if not due and look.now - known.at < NOTED_SECONDS:
        return known
    after = known = _timed(known, look)
    for strike in due:
        after = _struck(after, look, strike)
    if after is known or not look.everywhere:
        return after
    return replace(after, log_value=round(_log_value(after, look.ratio), SAVED_DIGITS))


def begun_anew(known: Late) -> Late:
    """A person accepted what was seen: the watch begins anew."""
    rows = {name: replace(row, watched=(), watched_hours=0.0) for name, row in known.rows.items()}
    return replace(known, rows=rows, passed=0.0, log_value=0.0)


def most_rate(known: Late) -> float:
    """The largest rate of all nodes that were not updated, in failures a node and second, by Chernoff's bound; infinite
    without a record."""
    row = known.rows[ALL_NODES]
    if not row.record_hours:
        return math.inf
    surely = row.record + LOG_DOUBT + math.sqrt(LOG_DOUBT * (LOG_DOUBT + 2 * row.record))
    return surely / (row.record_hours * HOUR_SECONDS)


def worst(known: Late, ratio: float) -> str:
    """The stratum that shows most."""
    names = sorted(known.rows)
    return names[int(np.argmax(_evidence(known, names, ratio)))]


def late_text(known: Late, name: str) -> str:
    """What ``name`` shows, in a clause that a person can check."""
    row = known.rows[name]
    of = "" if name == ALL_NODES else f" with {name}"
    seen = f"{sum(row.watched)} times in {row.watched_hours:,.0f} node-hours"
    return (
        f"since it is everywhere nodes{of} failed anew {seen}; "
        f"those not updated had {row.record} times in {row.record_hours:,.0f}, which rests on matched history"
    )


def _names(look: Watched) -> list[str]:
    """All nodes, and the values that most nodes have; pairs are not told of strikes."""
    population = look.ground.population
    nodes = population.strata[look.counts].sum(axis=0)
    single = (index for index, value in enumerate(population.values) if halves(value.attribute) is None)
    there = sorted((index for index in single if nodes[index]), key=lambda index: (-nodes[index], index))
    return [ALL_NODES, *sorted(str(population.values[index]) for index in there[:LATE_ROWS_MAX])]


def _downed(known: Late, look: Watched) -> Late:
    """The same object where no more are down than ever were."""
    most = _most_down(known.most_down, look)
    return known if most == known.most_down or look.everywhere else replace(known, most_down=most)


def _most_down(before: float, look: Watched) -> float:
    """In whole steps: else a release would be written for every node that falls."""
    return max(before, math.ceil(look.down_share / DOWN_STEP) * DOWN_STEP)


def _due(look: Watched, since: float) -> Iterator[Strike]:
    by_unit: dict[int, list[float]] = {}
    for strike in look.strikes:
        by_unit.setdefault(strike.unit, []).append(strike.at)
    for strike in look.strikes:
        lately = sum(0 < strike.at - at <= REPEAT_SECONDS for at in by_unit[strike.unit]) >= REPEATS_MAX
        if since < strike.at <= look.now - SETTLE_SECONDS and look.counts[strike.unit] and not lately:
            yield strike


def _timed(known: Late, look: Watched) -> Late:
    """With the node-hours that have passed."""
    hours = max(look.now - known.at, 0.0) / HOUR_SECONDS
    names = list(known.rows)
    may, left = _nodes(look, names)
    rows = {}
    for name, own, others in zip(names, may.tolist(), left.tolist(), strict=True):
        row = known.rows[name]
        if look.everywhere:
            rows[name] = LateRow(row.record, row.record_hours, row.watched, row.watched_hours + own * hours)
        else:
            rows[name] = LateRow(row.record, row.record_hours + others * hours, row.watched, row.watched_hours)
    passed = known.passed + hours * HOUR_SECONDS / look.watch_seconds * LATE_PARTS if look.everywhere else known.passed
    return replace(known, at=max(known.at, look.now), rows=rows, passed=passed)


def _nodes(look: Watched, names: Sequence[str]) -> tuple[Ints, Ints]:
    """int64[k] each: nodes that may have been updated, and nodes that surely have not."""
    population, begun = look.ground.population, look.ground.begun[look.counts]
    have = _columns(population, names)[look.counts]
    may = np.minimum(have, begun[:, None])
    updated: Ints = may.sum(axis=0)
    others: Ints = (have - may).sum(axis=0)
    return updated, others


def _columns(population: Population, names: Sequence[str]) -> Ints:
    """int64[n, k]: nodes of each unit in each of the strata; none in one that is no more."""
    places = population.columns
    found = np.zeros((population.size, len(names)), np.int64)
    for column, name in enumerate(names):
        if name == ALL_NODES:
            found[:, column] = population.weight
        elif name in places:
            found[:, column] = population.strata[:, places[name]]
    return found


def _struck(known: Late, look: Watched, strike: Strike) -> Late:
    """With one strike, where its hour still counts."""
    if strike.updated is not look.everywhere:
        return known
    hour = strike.at // HOUR_SECONDS * HOUR_SECONDS
    before = known.in_hour if hour == known.hour else 0
    if before >= _most_in_an_hour(known, look):
        return known
    rows = dict(known.rows)
    for name in strata_struck(strike, look.ground.population):
        row = rows.get(name)
        if row is not None and look.everywhere:
            rows[name] = row.struck(_part_at(strike.at, known, look))
        elif row is not None:
            rows[name] = replace(row, record=row.record + 1)
    return replace(known, rows=rows, hour=hour, in_hour=before + 1)


def _part_at(moment: float, known: Late, look: Watched) -> int:
    """Which part of the watch it was at ``moment`` (Unix seconds)."""
    passed = known.passed - (look.now - moment) / look.watch_seconds * LATE_PARTS
    return min(max(int(passed), 0), LATE_PARTS - 1)


def _most_in_an_hour(known: Late, look: Watched) -> int:
    """Without a record yet, any number: it can only make the rate larger that is tolerated."""
    row = known.rows[ALL_NODES]
    if not row.record_hours:
        return sys.maxsize
    usual = (row.record + 1) / row.record_hours * int(look.ground.population.weight[look.counts].sum())
    return 1 + math.floor(SURGE_TIMES * look.ratio * usual)


def _log_value(known: Late, ratio: float) -> float:
    names = [*(name for name in known.rows if name != ALL_NODES), ALL_NODES]
    return float(over_strata(_evidence(known, names, ratio)))


def _evidence(known: Late, names: Sequence[str], ratio: float) -> Floats:
    """float64[k]: ln of the evidence of the strata ``names``: the mean over all that has been seen since each part of
    the watch began. Where nothing failed since then it is none."""
    rows = [known.rows[name] for name in names]
    struck = np.zeros((len(rows), LATE_PARTS))
    for place, row in enumerate(rows):
        struck[place, : len(row.watched)] = row.watched
    struck = struck[:, ::-1].cumsum(axis=1)[:, ::-1]
    left = np.maximum(1.0 - np.arange(LATE_PARTS) / max(known.passed, MOMENT), MOMENT)
    now = Counted(struck, np.asarray([[row.watched_hours] for row in rows]) * HOUR_SECONDS * left)
    record = Counted(
        np.asarray([[float(row.record)] for row in rows]),
        np.asarray([[row.record_hours] for row in rows]) * HOUR_SECONDS,
    )
    most = np.asarray([[_most(known, name)] for name in names])
    logs = np.where(struck > 0, log_evidence(now, record, ratio, most), -np.inf)
    found: Floats = np.logaddexp.reduce(logs, axis=1) - math.log(LATE_PARTS)
    return found


def _most(known: Late, name: str) -> float:
    """The largest rate of nodes not updated, in failures a node and second; infinite where nothing bounds it."""
    row = known.rows[name]
    if name == ALL_NODES:
        return math.inf
    shown = row.record / (row.record_hours * HOUR_SECONDS) if row.record_hours else 0.0
    return KIND_TIMES * max(most_rate(known), shown)

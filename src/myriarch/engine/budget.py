"""How many units may be moved now.

Every budget is an amount for each group of a partition of the units (``budget_rules.py``, ``partition.py``); who uses
it up is said in ``out.py``. A unit may begin when each of its groups has room. Units are taken in the order of
preference, many at once: a round keeps as many as fit every budget by itself, which is never too many together, and
rounds go on until nobody more fits. Asking again then finds nobody either, as long as nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec
import numpy as np

from myriarch.base.errors import ProgrammerError
from myriarch.engine.budget_limit import Limit, limits_of
from myriarch.engine.budget_rules import EVERYONE
from myriarch.engine.observed import Observed
from myriarch.engine.out import Out, units_out
from myriarch.engine.population import Bools, Hashes, Ints, Population, count
from myriarch.engine.rules import Rules

CHUNK_UNITS = 8192
"""So many of the units that want to begin are looked at together, at least: most often the first few fill the room."""


def pick_within_budget(
    wanting: Ints,
    population: Population,
    observed: Observed,
    rules: Rules,
    members: Bools,
    in_flight: Bools,
    preference: Hashes | None = None,
) -> Ints:
    """Of the units ``wanting`` those that concurrency and budgets allow to begin now, in order of ``preference``
    (uint64[len(wanting)], smaller goes first), or of ``wanting`` itself."""
    limit = rules.in_flight.at_most(count(members & observed.present))
    free = max(limit - count(in_flight & observed.present), 0)
    if not rules.budgets or not free:
        return next(_chunks(wanting, free, preference), wanting)[:free]
    return _fit(wanting, free, population, observed, rules, units_out(population, observed, rules), preference)


def pick_reverts(wanting: Ints, population: Population, observed: Observed, rules: Rules, in_flight: Bools) -> Ints:
    """Of the units to revert those that may begin now; one that is out already costs no budget. What other releases
    move holds none of them."""
    observed, rules = _back_only(observed, rules)
    limit = rules.rollback_in_flight.at_most(count(observed.present))
    free = max(limit - count(in_flight & observed.present), 0)
    if not rules.budgets:
        return wanting[:free]
    out = units_out(population, observed, rules)
    gone = observed.unavailable > 0 if rules.over_nodes else out.units
    begin = gone.copy()
    begin[_fit(wanting[~gone[wanting]], free, population, observed, rules, out)] = True
    return wanting[begin[wanting]][:free]


def _back_only(observed: Observed, rules: Rules) -> tuple[Observed, Rules]:
    if observed.elsewhere is not None:
        observed = msgspec.structs.replace(observed, elsewhere=None)
    if any(rule.forward_only for rule in rules.budgets):
        rules = replace(rules, budgets=tuple(rule for rule in rules.budgets if not rule.forward_only))
    return observed, rules


def _fit(
    wanting: Ints,
    free: int,
    population: Population,
    observed: Observed,
    rules: Rules,
    out: Out,
    preference: Hashes | None = None,
) -> Ints:
    """As many of ``wanting`` as fit every budget, at most ``free``."""
    for rule in rules.budgets:
        if rule.partition == EVERYONE and rule.at_most is not None:
            free = min(free, rule.at_most.at_most(count(observed.present)) - count(out.units))
    if free <= 0 or not len(wanting):
        return wanting[:0]
    limits = limits_of(population, observed, rules, out)
    if not limits:
        return next(_chunks(wanting, free, preference))[:free]
    chosen: list[Ints] = []
    for chunk in _chunks(wanting, free, preference):
        fitting = _fit_chunk(chunk, free, limits)
        chosen.append(fitting)
        free -= len(fitting)
        if not free:
            break
    return np.concatenate(chosen)


def _chunks(wanting: Ints, free: int, preference: Hashes | None) -> Iterator[Ints]:
    """``wanting`` in order, piece by piece: the first holds ``free`` at least, and to sort the others costs most."""
    size = max(CHUNK_UNITS, 2 * free)
    if preference is not None and len(wanting) > size:
        apart = np.argpartition(preference, size)
        first, rest = apart[:size], apart[size:]
        yield wanting[first[np.argsort(preference[first], kind="stable")]]
        wanting = wanting[rest[np.argsort(preference[rest], kind="stable")]]
    elif preference is not None:
        wanting = wanting[np.argsort(preference, kind="stable")]
    for low in range(0, len(wanting), size):
        yield wanting[low : low + size]


def _fit_chunk(left: Ints, free: int, limits: Sequence[Limit]) -> Ints:
    """Rounds over ``left``: each takes its first unit at least, so they come to an end."""
    chosen: list[Ints] = []
    while free:
        for limit in limits:
            left = left[limit.has_room(left)]
        if not len(left):
            break
        kept = np.ones(len(left), np.bool_)
        for limit in limits:
            kept[kept] = limit.keep(left[kept])
        taken = left[kept][:free]
        if not len(taken):
            raise ProgrammerError("units that have room each by itself do not fit even one at a time")
        for limit in limits:
            limit.take(taken)
        chosen.append(taken)
        free -= len(taken)
        kept[np.flatnonzero(kept)[len(taken) :]] = False
        left = left[~kept]
    return np.concatenate(chosen) if chosen else left[:0]

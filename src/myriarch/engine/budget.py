"""How many units may be moved now."""

from __future__ import annotations

import numpy as np

from myriarch.engine.observed import TOLD_REVERT, Observed
from myriarch.engine.population import Bools, Ints, Population, count
from myriarch.engine.rules import Rules


def pick_within_budget(
    wanting: Ints, population: Population, observed: Observed, rules: Rules, members: Bools, in_flight: Bools
) -> Ints:
    """Of the units ``wanting`` (in order of preference) those that concurrency and budgets allow to begin now."""
    limit = rules.in_flight.at_most(count(members & observed.present))
    free = max(limit - count(in_flight & observed.present), 0)
    if rules.max_unavailable is None:
        return wanting[:free]
    consuming = _consuming(observed, rules)
    total = count(observed.present)
    free = min(free, max(rules.max_unavailable.at_most(total) - count(consuming), 0))
    if rules.max_unavailable_per_domain is not None and free:
        wanting = _within_domains(wanting, population, observed, rules, consuming)
    return wanting[:free]


def pick_reverts(wanting: Ints, population: Population, observed: Observed, rules: Rules, in_flight: Bools) -> Ints:
    """Of the units to revert those that may begin now; one that is unavailable already costs no budget."""
    limit = rules.rollback_in_flight.at_most(count(observed.present))
    free = max(limit - count(in_flight & observed.present), 0)
    if rules.max_unavailable is None:
        return wanting[:free]
    down = observed.unavailable[wanting] > 0
    available = wanting[~down]
    consuming = _consuming(observed, rules)
    room = max(rules.max_unavailable.at_most(count(observed.present)) - count(consuming), 0)
    if rules.max_unavailable_per_domain is not None and room:
        available = _within_domains(available, population, observed, rules, consuming)
    return np.concatenate([wanting[down], available[:room]])


def _consuming(observed: Observed, rules: Rules) -> Bools:
    """Units that use up the budget: unavailable, being moved or told to, but for those long dead on their own."""
    told = observed.reachable & ~observed.echoed & ((observed.granted > 0) | (observed.asserted == TOLD_REVERT))
    down = observed.present & ((observed.unavailable > 0) | observed.busy | told)
    back = (observed.asserted == TOLD_REVERT) & (observed.off_target == 0)
    on_its_own = (observed.begun == 0) | ~observed.reachable | back
    long_dead = on_its_own & ~observed.busy & (observed.silent_seconds >= LONG_DEAD_SECONDS)
    consuming: Bools = down & ~long_dead
    return consuming


LONG_DEAD_SECONDS = 1800.0
"""A unit that died on its own, or stays dead though it is back, is waited for this long; then it is recorded and no
longer holds the others."""


def _within_domains(wanting: Ints, population: Population, observed: Observed, rules: Rules, consuming: Bools) -> Ints:
    assert rules.max_unavailable_per_domain is not None
    kept = np.zeros(len(wanting), np.bool_)
    domains = population.domain
    for domain in np.unique(domains[wanting]):
        here = domains == domain
        limit = rules.max_unavailable_per_domain.at_most(count(here & observed.present))
        room = max(limit - count(here & consuming), 0)
        kept[np.flatnonzero(domains[wanting] == domain)[:room]] = True
    return wanting[kept]

"""Which budgets by label hold units back now, in sentences: a part of why a release is not moving.

The oldest budgets (``maxUnavailable``, per zone, concurrency) are what everybody expects to wait for, and are not told.
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.budget_limit import limits_of
from myriarch.engine.budget_rules import EVERYONE, ZONE
from myriarch.engine.observed import Observed
from myriarch.engine.out import units_out
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, count
from myriarch.engine.rules import ALL, Rules
from myriarch.engine.standing import name_units


def budget_holds(plan: ReleasePlan, rules: Rules, observed: Observed, lacking: Bools) -> list[str]:
    """Of the units ``lacking`` in a wave, which wait for room in which budget; and dead units beyond what is borne."""
    told = [rule for rule in rules.budgets if rule.partition != EVERYONE]
    if not told and rules.dead_tolerated == ALL:
        return []
    population = plan.population
    out = units_out(population, observed, rules)
    waiting = np.flatnonzero(lacking & ~out.units)
    found: list[str] = []
    for rule, limit in zip(told, limits_of(population, observed, rules, out), strict=True):
        barred = np.zeros(population.size, np.bool_)
        barred[waiting[~limit.has_room(waiting)]] = True
        if rule.partition != ZONE and barred.any():
            found.append(f"{rule.name} has no room for {name_units(plan, barred)}")
    if rules.dead_tolerated != ALL:
        dead = observed.present & (observed.silent_seconds >= rules.dead_after_seconds) & ~observed.busy
        borne = rules.dead_tolerated.at_most(count(observed.present))
        if count(dead) > borne:
            found.append(f"{name_units(plan, dead)} dead, {borne} may be: the others use up budgets")
    return found

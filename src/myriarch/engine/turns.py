"""How long the clusters of a wave take together: in concurrency, and in the budgets over clusters.

Each budget by itself gives a length: its groups go side by side, in each so many clusters at once, and where only some
groups may be in flight the groups take turns. Together they take as long as the longest, at least; that is what is
planned with, because the budgets of one policy most often bind the same clusters.
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.amounts import Amount
from myriarch.engine.budget_rules import EVERYONE, BudgetRule
from myriarch.engine.makespan import listed_seconds
from myriarch.engine.partition import NO_GROUP
from myriarch.engine.plan import ReleasePlan
from myriarch.engine.population import Bools, Floats, Ints, count
from myriarch.engine.rules import Rules


def wave_seconds(plan: ReleasePlan, rules: Rules, members: Bools, seconds: Floats, chosen: Bools) -> float:
    """Seconds until the units ``chosen`` have each taken its ``seconds``; ``members`` are all of the stage."""
    population = plan.population
    units = np.flatnonzero(chosen)
    units = units[np.argsort(population.order[units], kind="stable")]
    lengths = [listed_seconds(seconds[units], rules.in_flight.at_most(count(members)))]
    for rule in rules.budgets:
        if rule.partition == EVERYONE and rule.at_most is not None:
            lengths.append(listed_seconds(seconds[units], rule.at_most.at_most(population.size)))
        elif rule.partition in population.partitions:
            partition = population.partitions[rule.partition]
            sizes = np.bincount(partition.group - NO_GROUP, minlength=partition.count + 1)[1:]
            lengths.append(_grouped_seconds(rule, partition.group[units], seconds[units], sizes))
    return max(lengths)


def _grouped_seconds(rule: BudgetRule, group: Ints, seconds: Floats, sizes: Ints) -> float:
    """How long one budget by groups makes it: int64 ``sizes`` are of all units of each group."""
    found = []
    for number in np.unique(group[group != NO_GROUP]).tolist():
        places = _places(rule.at_most, int(sizes[number]))
        found.append(listed_seconds(seconds[group == number], places))
    open_at_once = _places(rule.groups, int((sizes > 0).sum()))
    loose = float(seconds[group == NO_GROUP].max(initial=0.0))
    return max(listed_seconds(np.array(found), open_at_once), loose)


def _places(amount: Amount | None, total: int) -> int:
    return total if amount is None else amount.at_most(total)

"""The budgets of a policy as the engine counts them: one form for all.

A budget is an amount for each group of a partition of the units. ``maxUnavailable`` is the one whose partition has a
single group; a zone's, a role's, a gang's differ only in their partitions (``partition.py``). How many units each
still lets begin is worked out in ``budget.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from myriarch.api.budgets import Budgets, ClusterBudgets, GangKind
from myriarch.api.policy import NodeRules
from myriarch.engine.amounts import Amount, parse_amount
from myriarch.engine.partition import domain_key, gang_key, role_key

EVERYONE = ""
"""The partition with a single group."""

ZONE = "zone"
"""The partition by ``Population.domain``."""

RETURNED = "returned"
"""The partition of the units that came back, or joined, since the release began."""

ONE = Amount(count=1)


@dataclass(frozen=True, slots=True)
class BudgetRule:
    """In each group of ``partition``, ``at_most`` of its units may be out at once; units may be in flight in at most
    ``groups`` of its groups. None where the rule says nothing of it. ``name`` is the field that people wrote.
    ``forward_only``: going back is not held by it."""

    name: str
    partition: str
    at_most: Amount | None
    groups: Amount | None = None
    forward_only: bool = False


def node_budget_rules(rules: NodeRules, budgets: Budgets | None) -> tuple[BudgetRule, ...]:
    """The budgets over the nodes of a cluster. Raises UserFault where one is unsound."""
    zone = rules.max_unavailable_per_zone
    found = [BudgetRule("maxUnavailable", EVERYONE, parse_amount(rules.max_unavailable, "rules.maxUnavailable"))]
    if zone is not None:
        found.append(BudgetRule("maxUnavailablePerZone", ZONE, parse_amount(zone, "rules.maxUnavailablePerZone")))
    if budgets is not None:
        found += _rules_of(budgets, "budgets.nodes")
    return tuple(found)


def cluster_budget_rules(budgets: ClusterBudgets | None) -> tuple[BudgetRule, ...]:
    """The budgets over clusters. Raises UserFault where one is unsound."""
    if budgets is None:
        return ()
    found = list(_rules_of(budgets, "budgets.clusters"))
    if budgets.returning is not None:
        name = "budgets.clusters.returning"
        found.append(BudgetRule(name, RETURNED, parse_amount(budgets.returning, name)))
    return tuple(found)


def _rules_of(budgets: Budgets, root: str) -> Iterator[BudgetRule]:
    for domain in budgets.domains:
        name = f"{root}.domains[{domain.label}]"
        units, groups = _amount(domain.max_unavailable, name), _amount(domain.max_domains, name)
        yield BudgetRule(name, domain_key(domain.label), units, groups)
    for role in budgets.roles:
        name = f"{root}.roles[{role.name}]"
        yield BudgetRule(name, role_key(role.name), _amount(role.max_unavailable, name))
    for gang in budgets.gangs:
        if gang.kind is GangKind.NEVER_TOGETHER:
            yield BudgetRule(f"{root}.gangs[{gang.label}]", gang_key(gang.label, gang.kind), ONE)


def _amount(value: int | str | None, field: str) -> Amount | None:
    return None if value is None else parse_amount(value, field)

"""What budgets must obey beyond their schema: amounts that let something move, and rules that say something."""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.budgets import Budgets, DomainBudget, PolicyBudgets
from myriarch.base.durations import parse_duration
from myriarch.base.errors import UserFault
from myriarch.engine.amounts import parse_amount
from myriarch.engine.selector_check import selector_faults


def budget_faults(budgets: PolicyBudgets, root: str) -> Iterator[UserFault]:
    """Every fault of the budgets of either level, in the order of the fields."""
    if budgets.nodes is not None:
        yield from _level_faults(budgets.nodes, f"{root}.nodes")
    if budgets.clusters is not None:
        yield from _level_faults(budgets.clusters, f"{root}.clusters")
        yield from _amount_faults(budgets.clusters.returning, f"{root}.clusters.returning")


def _level_faults(budgets: Budgets, root: str) -> Iterator[UserFault]:
    for index, domain in enumerate(budgets.domains):
        yield from _domain_faults(domain, f"{root}.domains[{index}]")
    names: set[str] = set()
    for index, role in enumerate(budgets.roles):
        field = f"{root}.roles[{index}]"
        if role.name in names:
            cure = "Give every role a name of its own."
            yield UserFault(f"{field}.name", role.name, "is the name of another role too", cure)
        names.add(role.name)
        if not role.selector.match_labels and not role.selector.match_expressions:
            cure = "Name labels, or use nodes.maxUnavailable, which counts all."
            yield UserFault(f"{field}.selector", role.name, "chooses every unit", cure)
        yield from selector_faults(role.selector, f"{field}.selector")
        yield from _amount_faults(role.max_unavailable, f"{field}.maxUnavailable")
    yield from _gang_faults(budgets, root)
    if budgets.dead is not None:
        yield from _duration_faults(budgets.dead.after, f"{root}.dead.after")
        yield from _amount_faults(budgets.dead.tolerated, f"{root}.dead.tolerated", zero=True)


def _domain_faults(domain: DomainBudget, field: str) -> Iterator[UserFault]:
    if domain.max_unavailable is None and domain.max_domains is None:
        cure = "Give maxUnavailable, maxDomains or both, or leave the domain out."
        yield UserFault(field, domain.label, "limits nothing", cure)
    yield from _amount_faults(domain.max_unavailable, f"{field}.maxUnavailable")
    yield from _amount_faults(domain.max_domains, f"{field}.maxDomains")


def _gang_faults(budgets: Budgets, root: str) -> Iterator[UserFault]:
    for index, gang in enumerate(budgets.gangs):
        if gang in budgets.gangs[:index]:
            yield UserFault(f"{root}.gangs[{index}].label", gang.label, "is said twice", "Leave one of the two out.")


def _amount_faults(value: int | str | None, field: str, *, zero: bool = False) -> Iterator[UserFault]:
    if value is None:
        return
    try:
        parse_amount(value, field)
    except UserFault as fault:
        yield fault
    if value in (0, "0%") and not zero:
        yield UserFault(field, value, "is zero", "Give at least 1, or the release can never move.")


def _duration_faults(text: str, field: str) -> Iterator[UserFault]:
    try:
        parse_duration(text)
    except ValueError:
        yield UserFault(field, text, "is not a length of time", "Write one such as 30s, 10m, 2h or 1d.")

"""What a selector of labels must obey beyond its schema, so that it can choose something: as Kubernetes asks it."""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.meta import LabelSelector
from myriarch.base.errors import UserFault

_WITH_VALUES = ("In", "NotIn")


def selector_faults(selector: LabelSelector | None, field: str) -> Iterator[UserFault]:
    """Every fault, in the order of the clauses."""
    if selector is None:
        return
    for index, clause in enumerate(selector.match_expressions):
        here = f"{field}.matchExpressions[{index}]"
        if clause.operator in _WITH_VALUES and not clause.values:
            yield UserFault(f"{here}.values", clause.values, f"is empty beside {clause.operator}", "Name values.")
        elif clause.operator not in _WITH_VALUES and clause.values:
            cure = "Leave the values out, or write In or NotIn."
            yield UserFault(f"{here}.values", clause.values, f"stands beside {clause.operator}", cure)
        wanted = selector.match_labels.get(clause.key)
        if wanted is not None and not LabelSelector(match_expressions=[clause]).matches({clause.key: wanted}):
            cure = "Keep one of the two."
            problem = f"no label is that and {clause.key}={wanted}, as matchLabels wants it"
            yield UserFault(here, f"{clause.operator} {clause.values}", problem, cure)

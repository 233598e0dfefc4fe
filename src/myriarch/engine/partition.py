"""Groups of units by their labels: failure domains, roles, gangs.

A budget counts by groups; which groups there are is a matter of labels alone, so they are made beside the population
and given to it (``Population.partitions``). Columns of labels hold few distinct values: what a selector chooses is
asked once a value, not once a unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from myriarch.api.budgets import Budgets, GangKind
from myriarch.api.meta import LabelRequirement, LabelSelector

NO_GROUP = -1


@dataclass(frozen=True, slots=True, eq=False)
class LabelColumn:
    """One label of n units: unit i has ``values[codes[i]]``; None is one without the label."""

    values: tuple[str | None, ...]
    codes: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """``group`` int64[n]: the number of each unit's group, below ``count``; NO_GROUP where it has none. The units of a
    ``same_wave`` group are not split over waves (``gangs.py``)."""

    group: NDArray[np.int64]
    count: int
    same_wave: bool = False


def label_column(values: Sequence[str | None]) -> LabelColumn:
    """A column of one value a unit."""
    codes: dict[str | None, int] = {}
    found = np.fromiter((codes.setdefault(value, len(codes)) for value in values), np.int64, len(values))
    return LabelColumn(tuple(codes), found)


def domain_key(label: str) -> str:
    """How the partition of a failure domain is called."""
    return f"domain {label}"


def role_key(name: str) -> str:
    """How the partition of a role is called."""
    return f"role {name}"


def gang_key(label: str, kind: GangKind) -> str:
    """How the partition of gangs is called."""
    return f"gang {label} {kind}"


def partitions_of(budgets: Budgets, columns: Mapping[str, LabelColumn], size: int) -> dict[str, Partition]:
    """The partitions that ``budgets`` count by, over ``size`` units whose labels ``columns`` hold.

    Units without the label of a domain are one domain: nothing is known of what they share. Units without the label of
    a gang are in none. Raises KeyError where a column is missing.
    """
    found: dict[str, Partition] = {}
    for domain in budgets.domains:
        column = columns[domain.label]
        found[domain_key(domain.label)] = Partition(column.codes, len(column.values))
    for role in budgets.roles:
        chosen = selected(role.selector, columns, size)
        found[role_key(role.name)] = Partition(np.where(chosen, 0, NO_GROUP), 1)
    for gang in budgets.gangs:
        column = columns[gang.label]
        named = np.array([value is not None and value != "" for value in column.values], np.bool_)
        group = np.where(named[column.codes], column.codes, NO_GROUP)
        same_wave = gang.kind is GangKind.SAME_WAVE
        found[gang_key(gang.label, gang.kind)] = Partition(group, len(column.values), same_wave)
    return found


def selected(selector: LabelSelector, columns: Mapping[str, LabelColumn], size: int) -> NDArray[np.bool_]:
    """bool[size]: the units that ``selector`` chooses, as Kubernetes selects."""
    clauses = [LabelRequirement(key=k, operator="In", values=[v]) for k, v in selector.match_labels.items()]
    chosen = np.ones(size, np.bool_)
    for clause in (*clauses, *selector.match_expressions):
        column = columns[clause.key]
        alone = LabelSelector(match_expressions=[clause])
        holds = [alone.matches({} if value is None else {clause.key: value}) for value in column.values]
        chosen &= np.array(holds, np.bool_)[column.codes]
    return chosen

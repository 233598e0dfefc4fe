"""Pairs of attributes as strata: how many nodes of a unit have two values at once.

Where all nodes of a unit share the value of one of the two (its provider, its size class), the counts of the other
say it. The pairs of two attributes that differ from node to node only an agent can count; it tells them under the
names of pairs, and they stand in the population already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from myriarch.api.strata import halves, pair_name, pair_value
from myriarch.engine.population import Ints, Population, Value


def with_pairs(population: Population, pairs: Sequence[Sequence[str]]) -> Population:
    """The population with the joint values of ``pairs`` as further columns, as far as it says them itself."""
    values, columns = list(population.values), [population.strata]
    for name in dict.fromkeys(pair_name(pair) for pair in pairs):
        both = halves(name)
        if both is None or not population.shared & set(both):
            continue
        for value, column in _joint(population, name, both):
            values.append(value)
            columns.append(column[:, None])
    if len(columns) == 1:
        return population
    return replace(population, strata=np.concatenate(columns, axis=1), values=tuple(values))


def _joint(population: Population, name: str, both: tuple[str, str]) -> list[tuple[Value, Ints]]:
    """The values of one pair that some nodes have, each with the nodes of every unit: int64[n]."""
    first, second = (_columns(population, attribute) for attribute in both)
    found = []
    for one in first:
        for other in second:
            nodes = np.minimum(population.strata[:, one], population.strata[:, other])
            if nodes.any():
                joint = pair_value(population.values[one].value, population.values[other].value)
                found.append((Value(name, joint), nodes))
    return found


def on_nodes(value: Value, shared: Mapping[str, str]) -> Value | None:
    """What canaries of ``value`` have in common within a unit whose nodes all have the values ``shared``; None where
    every node of it will do."""
    both = halves(value.attribute)
    if both is None:
        return None if value.attribute in shared else value
    first, second = both
    if first in shared and second in shared:
        return None
    if first in shared:
        return Value(second, value.value.removeprefix(pair_value(shared[first], "")))
    if second in shared:
        return Value(first, value.value.removesuffix(pair_value("", shared[second])))
    return value


def _columns(population: Population, attribute: str) -> list[int]:
    return [index for index, value in enumerate(population.values) if value.attribute == attribute]

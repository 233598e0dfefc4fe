"""The nodes of a cluster as the engine's population, and their strata as counts.

The incidence matrix is made only when it is needed (to cover values, or to say what failed nodes share): for
a large fleet, keeping one per cluster would cost more than everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from myriarch.api.budgets import Budgets
from myriarch.api.strata import OTHERS, PAIR_VALUES_MAX, halves, pair_name, pair_value
from myriarch.base.hashing import hash_names
from myriarch.drivers.driver import Attribute, Bools, Driver
from myriarch.engine.partition import partitions_of
from myriarch.engine.population import Ints, Population, Value

NODE_SEED = 0
"""Order of nodes within a cluster depends on their names alone, so that agents need agree on nothing."""

ZONE = "zone"


def node_population(driver: Driver, *, strata: bool = False, asked: Sequence[str] = ()) -> Population:
    """The engine's view of the nodes; with ``strata`` an int64[n, v] matrix of 0 and 1, else int64[n, 0]. Where names
    of pairs are among the attributes ``asked`` for, their values are strata too."""
    names = driver.names
    size = len(names)
    attributes = driver.attributes()
    zone = attributes.get(ZONE)
    domain = zone.codes.astype(np.int64) if zone is not None else np.zeros(size, np.int64)
    joint = joint_attributes(attributes, [both for name in asked if (both := halves(name)) is not None])
    values, matrix = _matrix(attributes | joint, size) if strata else ((), np.empty((size, 0), np.int64))
    return Population(hash_names(NODE_SEED, list(names)), np.ones(size, np.int64), matrix, values, domain, names)


def grouped(population: Population, driver: Driver, budgets: Budgets | None) -> Population:
    """The population with the groups that ``budgets`` speak of, by the labels that the nodes have now."""
    if budgets is None:
        return population
    partitions = partitions_of(budgets, driver.labels(budgets.labels), population.size)
    return replace(population, partitions=partitions)


def _matrix(attributes: dict[str, Attribute], size: int) -> tuple[tuple[Value, ...], Ints]:
    values: list[Value] = []
    columns = []
    for name, attribute in attributes.items():
        for code in np.unique(attribute.codes):
            values.append(Value(name, attribute.values[int(code)]))
            columns.append(attribute.codes == code)
    matrix = np.stack(columns, axis=1).astype(np.int64) if columns else np.empty((size, 0), np.int64)
    return tuple(values), matrix


def strata_counts(attributes: dict[str, Attribute], chosen: Bools) -> dict[str, dict[str, int]]:
    """Of the ``chosen`` nodes, how many have each value of each attribute; values that none has are left out."""
    counts: dict[str, dict[str, int]] = {}
    for name, attribute in attributes.items():
        found: dict[str, int] = {}
        for code, count in enumerate(np.bincount(attribute.codes[chosen], minlength=len(attribute.values))):
            if count:
                value = attribute.values[code]
                found[value] = found.get(value, 0) + int(count)
        counts[name] = found
    return counts


def joint_attributes(attributes: dict[str, Attribute], pairs: Sequence[Sequence[str]]) -> dict[str, Attribute]:
    """Each of ``pairs`` as an attribute of its own, as far as the nodes have both of it. Rare values beyond
    ``PAIR_VALUES_MAX`` count as one."""
    found = {}
    for first, second in dict.fromkeys(tuple(sorted(pair)) for pair in pairs):
        if first in attributes and second in attributes:
            found[pair_name((first, second))] = _joint(attributes[first], attributes[second])
    return found


def _joint(first: Attribute, second: Attribute) -> Attribute:
    width = len(second.values)
    both, codes, counts = np.unique(
        first.codes.astype(np.int64) * width + second.codes, return_inverse=True, return_counts=True
    )
    names = [pair_value(first.values[int(code) // width], second.values[int(code) % width]) for code in both]
    ranked = sorted(range(len(names)), key=lambda index: (-int(counts[index]), names[index]))
    place = np.empty(len(names), np.int16)
    place[ranked] = np.minimum(np.arange(len(names)), PAIR_VALUES_MAX)
    kept = [names[index] for index in ranked[:PAIR_VALUES_MAX]]
    return Attribute((*kept, OTHERS) if len(names) > len(kept) else tuple(kept), place[codes])

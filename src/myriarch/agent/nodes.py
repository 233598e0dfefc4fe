"""The nodes of a cluster as the engine's population, and their strata as counts.

The incidence matrix is made only when it is needed (to cover values, or to say what failed nodes share): for
a large fleet, keeping one per cluster would cost more than everything else.
"""

from __future__ import annotations

import numpy as np

from myriarch.base.hashing import hash_names
from myriarch.drivers.driver import Attribute, Bools, Driver
from myriarch.engine.population import Ints, Population, Value

NODE_SEED = 0
"""Order of nodes within a cluster depends on their names alone, so that agents need agree on nothing."""

ZONE = "zone"


def node_population(driver: Driver, *, strata: bool = False) -> Population:
    """The engine's view of the nodes; with ``strata`` an int64[n, v] matrix of 0 and 1, else int64[n, 0]."""
    names = driver.names
    size = len(names)
    attributes = driver.attributes()
    zone = attributes.get(ZONE)
    domain = zone.codes.astype(np.int64) if zone is not None else np.zeros(size, np.int64)
    values, matrix = _matrix(attributes, size) if strata else ((), np.empty((size, 0), np.int64))
    return Population(hash_names(NODE_SEED, list(names)), np.ones(size, np.int64), matrix, values, domain, names)


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

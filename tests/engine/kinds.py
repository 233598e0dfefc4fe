"""What all nodes of a cluster share, in the toy world: labels with the names of attributes of clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from tests.engine.world import Unit

from myriarch.api.strata import CLUSTER_ATTRIBUTES
from myriarch.base.hashing import hash_names
from myriarch.engine.population import Population, Value


def with_kinds(population: Population, units: Sequence[Unit], seed: int = 0) -> Population:
    """The population with its units' shared values as strata; as it is where no unit is labelled so."""
    shared = [sorted((k, v) for k, v in unit.labels.items() if k in CLUSTER_ATTRIBUTES) for unit in units]
    found = sorted({pair for each in shared for pair in each})
    if not found:
        return population
    columns = [population.weight * [pair in each for each in shared] for pair in found]
    return replace(
        population,
        strata=np.concatenate([population.strata, np.stack(columns, axis=1)], axis=1),
        values=(*population.values, *(Value(*pair) for pair in found)),
        stratum=hash_names(seed, ["+".join(f"{k}={v}" for k, v in each) for each in shared]),
        shared=CLUSTER_ATTRIBUTES,
    )

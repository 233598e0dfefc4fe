"""Gangs that must not be split over waves: a training job's nodes, an active cluster and its standby.

Whoever of a gang takes part in a wave brings the others along. Units of several gangs bind these together, so what
counts is the bundle of all units that hang together. Bundles are a matter of labels, as all partitions are
(``partition.py``); gangs of the other kind, never out together, are budgets (``budget_rules.py``).
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.partition import NO_GROUP
from myriarch.engine.population import Bools, Ints, Population


def bundles(population: Population) -> Ints | None:
    """int64[n]: the number of each unit's bundle, a unit without a gang being alone; None where there are no gangs."""
    groups = [each for each in population.partitions.values() if each.same_wave]
    if not groups:
        return None
    bundle = np.arange(population.size)
    while True:
        before = bundle.copy()
        for partition in groups:
            least = np.full(partition.count + 1, population.size)
            np.minimum.at(least, partition.group, bundle)
            bundle = np.where(partition.group == NO_GROUP, bundle, least[partition.group])
        if (bundle == before).all():
            return bundle


def with_gangs(bundle: Ints, chosen: Bools, members: Bools) -> Bools:
    """bool[n]: ``chosen``, and of ``members`` all that hang together with one of them."""
    touched = np.zeros(len(bundle), np.bool_)
    touched[bundle[chosen]] = True
    found: Bools = chosen | (touched[bundle] & members)
    return found


def whole_gangs(bundle: Ints, ceiling: Ints, before: Ints, members: Bools) -> Ints:
    """int64[n]: ``ceiling``, but where only some ``members`` of a bundle would begin, it waits: who was not let in by
    ``before`` already is not now."""
    split = np.zeros(len(bundle), np.bool_)
    split[bundle[members & (ceiling == 0)]] = True
    return np.where(split[bundle] & (before == 0), 0, ceiling)


def fitting(bundle: Ints | None, ordered: Ints, room: int, free: Bools) -> Ints:
    """The first of ``ordered`` that ``room`` (of units) allows; where there are gangs, whole ones of the ``free`` units
    only: one that is too large is passed over for the next."""
    if bundle is None:
        return ordered[:room]
    members: dict[int, list[int]] = {}
    for unit in free.nonzero()[0].tolist():
        members.setdefault(int(bundle[unit]), []).append(unit)
    found: list[int] = []
    for number in dict.fromkeys(bundle[ordered].tolist()):
        gang = members.get(number, [])
        if len(found) + len(gang) <= room:
            found += gang
    return np.asarray(found, np.int64)

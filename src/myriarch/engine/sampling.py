"""Stratified samples: in which order units take part, so that every beginning of the order is like the whole.

A wave of 10 % that were drawn by names alone might by chance hold none of the few clusters at the one small provider,
and what fails there would be met by the wave of everyone. So units are put in order by how far through their own
stratum each stands: the i-th of the m units of a stratum comes at (i + u) / m, where u between 0 and 1 is drawn for
the stratum. Any beginning of that order holds each stratum in proportion (the divisor method of Sainte-Lague, here
with a random start, as in systematic sampling; Cochran 1977, "Sampling techniques", chapters 5 and 8), and however
many small strata there are, their share of it is right too. It is a function of names and the seed: nothing is kept.

Units that take part already stand first in their strata, so that what a covering wave has too much of is made up for.
"""

from __future__ import annotations

import numpy as np

from myriarch.base.hashing import mix
from myriarch.engine.population import Bools, Ints, Population

_HASHES = 2.0**64


def next_in_order(population: Population, ranked: Ints, taking_part: Bools) -> Ints:
    """Of the units ``ranked`` (int64[k], by their hashes) those that don't take part yet, in the order of joining.

    Units without nodes come last: a wave of them would show nothing."""
    inside = taking_part[ranked]
    empty = population.weight[ranked] == 0
    if population.stratum is None or inside.all():
        return np.concatenate([ranked[~inside & ~empty], ranked[~inside & empty]])
    hashes, stratum = np.unique(population.stratum[ranked], return_inverse=True)
    size = np.bincount(stratum)
    starts = mix(hashes) / _HASHES
    through = (_places(stratum, inside, size) + starts[stratum]) / size[stratum]
    joining = np.flatnonzero(~inside)
    order: Ints = ranked[joining[np.lexsort((through[joining], empty[joining]))]]
    return order


def _places(stratum: Ints, inside: Bools, size: Ints) -> Ints:
    """The place of each within its stratum, those that take part first: int64[k]."""
    grouped = np.lexsort((~inside, stratum))
    place = np.empty(len(stratum), np.int64)
    place[grouped] = np.arange(len(stratum)) - np.repeat(np.cumsum(size) - size, size)
    return place

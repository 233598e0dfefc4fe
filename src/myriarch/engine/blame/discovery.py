"""How many looks were taken before something was found: false-discovery control over all candidates.

Hundreds of values and thousands of pairs are tested at once. q-values after Benjamini and Yekutieli (2001) bound the
expected share of false ones among those blamed, whatever the dependence (values of one attribute exclude each other,
pairs contain each other). Candidates so small that no outcome could convict them are left out first, by their margins
alone (Tarone 1990; Gilbert 2005 for the false-discovery rate): a fleet with many rare values loses no power by them.
"""

from __future__ import annotations

import numpy as np

from myriarch.engine.population import Bools, Floats


def convictable(least: Floats, level: float) -> Bools:
    """bool[m]: candidates whose smallest possible p-value ``least`` could pass at ``level``, given how many can."""
    ordered = np.sort(least)
    size = np.arange(1, len(least) + 1)
    bar = level / (size * np.cumsum(1 / size))
    # The smallest k for which at most k candidates reach the bar that k candidates would have.
    reaching = np.searchsorted(ordered, bar, side="right")
    fitting = np.flatnonzero(reaching <= size)
    return least <= bar[fitting[0]] if len(fitting) else least < 0


def q_values(chance: Floats, eligible: Bools) -> Floats:
    """float64[m]: the Benjamini-Yekutieli q-value of each p-value; 1 for those not eligible."""
    q = np.ones(len(chance), np.float64)
    tested = np.flatnonzero(eligible)
    if not len(tested):
        return q
    order = tested[np.argsort(chance[tested], kind="stable")]
    rank = np.arange(1, len(order) + 1)
    factor = len(order) * float(np.sum(1 / rank))
    stepped = np.minimum.accumulate((chance[order] * factor / rank)[::-1])[::-1]
    q[order] = np.minimum(stepped, 1.0)
    return q

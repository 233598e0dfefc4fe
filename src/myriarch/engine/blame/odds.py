"""How much oftener some nodes are struck than the others, at one and the same moment.

Each incident strikes one node of all that are at risk at its moment. With groups of shares s (of all nodes, at that
moment) that are struck theta times as often as the others, it falls to group g with probability s_g theta_g over the
sum: Cox's partial likelihood (1972), with groups that change in time. Theta is never taken to be below 1: nobody is
suspected of protecting nodes.
"""

from __future__ import annotations

from math import log

import numpy as np

from myriarch.engine.population import Floats, Ints

STEPS = 40
"""Steps of the ascent; each makes the likelihood larger, and the last ones by next to nothing."""


def fit_odds(group: Ints, shares: Floats, votes: Floats) -> Floats:
    """float64[g]: the odds theta >= 1 that fit best (by minorization and maximization, Hunter 2004).

    ``group`` int64[i] of each incident, -1 for the others'; ``shares`` float64[i, g]; ``votes`` float64[i].
    """
    theta = np.ones(shares.shape[1], np.float64)
    own = np.bincount(group[group >= 0], weights=votes[group >= 0], minlength=len(theta))
    for _ in range(STEPS):
        risk = _risk(shares, theta)
        due = (votes / risk) @ shares
        theta = np.maximum(np.where(due > 0, own / np.maximum(due, 1e-12), 1.0), 1.0)
    return theta


def log_odds_gain(group: Ints, shares: Floats, votes: Floats, theta: Floats) -> float:
    """How much better (natural logarithm) these odds explain who was struck than chance does."""
    known = np.append(np.log(theta), 0.0)
    return float((votes * (known[group] - np.log(_risk(shares, theta)))).sum())


def share_gain(votes: float, total: float, share: float) -> float:
    """The same for one group whose share of all nodes stays as it is: ``votes`` of the ``total`` fall to it."""
    due = total * share
    if votes <= due:
        return 0.0
    rest = max(total - votes, 0.0)
    return votes * log(votes / due) + (rest * log(rest / (total - due)) if rest > 1e-9 else 0.0)


def _risk(shares: Floats, theta: Floats) -> Floats:
    risk: Floats = np.maximum(1.0 + shares @ (theta - 1.0), 1e-12)
    return risk

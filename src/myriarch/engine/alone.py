"""Failures where no node is left to compare with: matched history.

A cluster all of whose nodes are updated has no control any more, and a last wave leaves none anywhere. What the nodes
not updated showed earlier in the release, beside updated ones, stands in for them: the upper bound of the share of them
that failed, and the policy's ``failure.tolerance`` on top (``sequential/history.py``). That is weaker than a control at
the same time, and the verdict says so. Half of alpha goes into the bound, half into chance.

Once a release is watched, nobody stands beside anybody any more, and the record is that of ``late.py``: no more than
fail anew in a day can be down at once, but for what the policy bears, unless as many nodes that were not updated were
down at once before: a peak or a timer strikes every day.

Of a short record the share itself counts; without any, as where clusters move as one, the tolerance alone. Clusters
that have nodes left are judged by the comparison with these only, if their agents make one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.engine.amounts import Amount
from myriarch.engine.late import Late, most_rate
from myriarch.engine.observed import Observed
from myriarch.engine.population import Bools, Floats, Ints
from myriarch.engine.sequential.history import Matched, Record
from myriarch.engine.sequential.tolerance import Tolerance

DAY_SECONDS = 86400.0
RECORD_NODES_MIN = 1000
"""Of fewer nodes the bound is so wide that little could pass it: their share is taken as it is."""


@dataclass(frozen=True, slots=True)
class Limit:
    """``share`` of the nodes of units that may fail; ``basis`` says in a clause what it rests on, empty without."""

    share: float
    basis: str = ""


def limit_of(observed: Observed, tolerance: Amount, alpha: float, late: Late | None = None) -> Limit:
    """What is borne of nodes without controls."""
    borne = tolerance.share or 0.0
    if late is not None and late.passed:
        anew = most_rate(late) * DAY_SECONDS
        seen = "what fails anew in a day" if anew >= late.most_down else "what was down at once of nodes not updated"
        share = borne + max(anew, late.most_down)
        return Limit(share, f"more than {share:.1%}, by {Matched.HISTORY}: {seen}, and {borne:.1%}")
    if observed.compared is None:
        return Limit(borne)
    control, ambient = (int(number) for number in observed.compared.counts[-1, 2:])
    if control < RECORD_NODES_MIN:
        return Limit(borne + ambient / max(control, ambient, 1))
    share = Record(min(ambient, control), control).share_limit(Tolerance(1.0, borne), alpha / 2).difference
    told = f"{ambient:,} of {control:,} nodes not updated failed meanwhile and before"
    return Limit(share, f"more than {share:.1%}, by {Matched.HISTORY}: {told}")


def beyond(failures: Ints, begun: Ints, units: Bools, limit: Limit, least: int, alpha: float) -> bool:
    """Whether more failed in ``units`` bool[n], and at least so many, than the limit and chance together explain."""
    failed, at_risk = int(failures[units].sum()), int(begun[units].sum())
    if failed < least or failed <= limit.share * at_risk or limit.share >= 1:
        return False
    chance = tail_bound(np.asarray([failed]), np.asarray([float(max(at_risk, failed))]), limit.share)
    return bool(chance[0] < (alpha / 2 if limit.basis else alpha))


def tail_bound(failed: Ints, at_risk: Floats, share: float) -> Floats:
    """At most how probable so many failures are, were each of ``at_risk`` nodes to fail with probability ``share``.

    Chernoff's bound, exp(-n KL(k/n || p)), for k/n > p; it is never below the binomial tail itself.
    """
    rate = failed / at_risk
    with np.errstate(divide="ignore", invalid="ignore"):
        struck = np.where(rate > 0, rate * np.log(rate / share), 0.0)
        spared = np.where(rate < 1, (1 - rate) * np.log((1 - rate) / (1 - share)), 0.0)
    bound: Floats = np.exp(-at_risk * (struck + spared))
    return bound

"""Clusters that give way once more of their nodes are updated than they bear: all their nodes are down then.

An updated node costs in proportion to the nodes of its cluster (``growsWith: nodes``), as calls do that list them: a
cluster at the bound bears all its nodes updated, one twice as large only half as many.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rollout.effects import NEVER, Strike
from rollout.fleet import Fleet

Bools = NDArray[np.bool_]


class Overload:
    """``since`` float64[s, c]: from when each strike's load is beyond what each cluster bears; infinite where not."""

    def __init__(self, fleet: Fleet, strikes: Sequence[Strike]) -> None:
        self._fleet = fleet
        self._strikes = strikes
        self._since = np.full((len(strikes), fleet.clusters), NEVER)
        self._delay = [strike.delay_seconds[fleet.first] for strike in strikes]
        self._down = np.zeros(fleet.clusters, np.bool_)

    def watch(self, updated: Bools, now: float) -> None:
        """Look at how much of each cluster is updated, bool[n]."""
        self._down[:] = False
        for number, strike in enumerate(self._strikes):
            count = np.bincount(self._fleet.cluster[updated & strike.struck], minlength=self._fleet.clusters)
            over = count * self._fleet.size > strike.bears**2
            self._since[number] = np.where(over, np.minimum(self._since[number], now + self._delay[number]), NEVER)
            self._down |= self._since[number] <= now

    def nodes(self) -> Bools:
        """bool[n]: nodes of clusters that have given way."""
        return self._down[self._fleet.cluster]

    def next_change(self, now: float) -> float:
        """When a cluster next gives way (infinite: never), unless taken back before."""
        later = self._since[self._since > now]
        return float(later.min()) if len(later) else NEVER

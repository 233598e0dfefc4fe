"""The strikes that clusters tell, in the order of time, beside the fleet table's rows.

A cluster tells its last ones again and again; each is noted once. What is older than a day is forgotten: releases count
strikes a minute after they happened.
"""

from __future__ import annotations

from bisect import bisect_right, insort

import numpy as np

from myriarch.api.cluster import Cluster
from myriarch.api.strike import Strike as ToldStrike
from myriarch.base.clock import parse_rfc3339
from myriarch.controllers.release.understanding import tells_strikes
from myriarch.engine.population import Bools
from myriarch.engine.strikes import Strike

KEPT_SECONDS = 86400.0


class StrikeLog:
    """Of all clusters."""

    def __init__(self) -> None:
        self._tellers = bytearray()
        self._known: dict[int, list[ToldStrike]] = {}
        self._log: list[tuple[float, int, int, ToldStrike]] = []

    def set(self, row: int, cluster: Cluster) -> None:
        """Note what the cluster in ``row`` tells."""
        self._tellers += bytes(max(row + 1 - len(self._tellers), 0))
        self._tellers[row] = tells_strikes(cluster)
        told = cluster.status.strikes
        known = self._known.get(row)
        if not told or told == known:
            return
        last = parse_rfc3339(known[-1].at) if known else float("-inf")
        for place, strike in enumerate(told):
            at = parse_rfc3339(strike.at)
            if at > last:
                insort(self._log, (at, row, place, strike))
        self._known[row] = told
        oldest = self._log[-1][0] - KEPT_SECONDS
        if self._log[0][0] < oldest:
            del self._log[: bisect_right(self._log, oldest, key=lambda noted: noted[0])]

    @property
    def tellers(self) -> Bools:
        """bool[n]: clusters whose agent tells strikes."""
        return np.frombuffer(bytes(self._tellers), np.bool_)

    def after(self, moment: float, component: str) -> list[Strike]:
        """Those later than ``moment`` (Unix seconds), as a release of ``component`` sees them."""
        first = bisect_right(self._log, moment, key=lambda noted: noted[0])
        return [
            Strike(at, row, component in told.components, tuple(told.strata)) for at, row, _, told in self._log[first:]
        ]

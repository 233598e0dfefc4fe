"""Which clusters are out as a whole, and since when, as columns beside the fleet table's.

A cluster's agent tells its last outage (``agent/outage.py``). One whose agent is too old to tell any has none; it is
out only while it is silent, which the engine sees by itself.
"""

from __future__ import annotations

import numpy as np

from myriarch.api.cluster import Cluster
from myriarch.base.clock import parse_rfc3339
from myriarch.engine.outages import Standings
from myriarch.engine.population import Floats

JOINING_SECONDS = 3600.0
"""A cluster that has just joined is heard for the first time, which is no return."""


class StandingColumns:
    """Rows as the fleet table has them."""

    def __init__(self, rows: int) -> None:
        self._out_since: Floats = np.full(rows, np.inf)
        self._well_since: Floats = np.zeros(rows)
        self._known_since: Floats = np.zeros(rows)

    def grow(self) -> None:
        """Twice as many rows."""
        rows = len(self._out_since)
        self._out_since = np.concatenate([self._out_since, np.full(rows, np.inf)])
        self._well_since = np.concatenate([self._well_since, np.zeros(rows)])
        self._known_since = np.concatenate([self._known_since, np.zeros(rows)])

    def set(self, row: int, cluster: Cluster, heard_since: float) -> None:
        """Read a cluster; ``heard_since`` in Unix seconds, 0 where nobody says."""
        made = cluster.metadata.creation_timestamp
        known = parse_rfc3339(made) if made else 0.0
        outage = cluster.status.outage
        ended = parse_rfc3339(outage.until) if outage is not None and outage.until else 0.0
        out = outage is not None and outage.until is None
        self._out_since[row] = parse_rfc3339(outage.since) if outage is not None and out else np.inf
        self._well_since[row] = max(known, heard_since, ended)
        self._known_since[row] = known + JOINING_SECONDS

    def first(self, rows: int) -> Standings:
        """The first ``rows``."""
        return Standings(self._out_since[:rows], self._well_since[:rows], self._known_since[:rows])

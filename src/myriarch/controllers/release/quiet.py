"""How many nodes are down, for a release that waits to be tried again (``engine/tries.py``): only then is it asked."""

from __future__ import annotations

import msgspec
import numpy as np

from myriarch.api.release import Phase, Release
from myriarch.controllers.fleet_table import FleetTable
from myriarch.engine.observed import Observed


def with_down(observed: Observed, release: Release, table: FleetTable) -> Observed:
    """``observed`` with the nodes that are not ready, by what agents told last."""
    if not release.status.tried or release.status.phase is not Phase.PENDING:
        return observed
    told = [cluster.status for cluster in table.clusters]
    down = np.asarray([max(status.nodes - status.ready_nodes, 0) for status in told], np.int64)
    return msgspec.structs.replace(observed, down=down)

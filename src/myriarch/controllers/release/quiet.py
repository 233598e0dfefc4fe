"""How many nodes are down, for a release that waits to be tried again (``engine/tries.py``), and for one that goes out
to be watched (``engine/watching.py``): only then is it asked."""

from __future__ import annotations

import msgspec
import numpy as np

from myriarch.api.release import Phase, Release
from myriarch.controllers.fleet_table import FleetTable
from myriarch.engine.observed import Observed
from myriarch.engine.rules import Rules


def with_down(observed: Observed, release: Release, rules: Rules, table: FleetTable) -> Observed:
    """``observed`` with the nodes that are not ready, by what agents told last."""
    status = release.status
    waits = bool(status.tried) and status.phase is Phase.PENDING
    if not waits and (not rules.watch_seconds or status.phase is Phase.WATCHING):
        return observed
    told = [cluster.status for cluster in table.clusters]
    down = np.asarray([max(status.nodes - status.ready_nodes, 0) for status in told], np.int64)
    return msgspec.structs.replace(observed, down=down)

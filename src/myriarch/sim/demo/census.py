"""Where the nodes stand once a story has ended: the one look that the demo takes at the fleet itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from myriarch.fleet.fleet import Fleet


@dataclass(frozen=True, slots=True)
class Census:
    """Nodes of the fleet: in all, unreachable, and reachable but astray (not at the revision, or still on the way)."""

    nodes: int
    unreachable: int
    astray: int


def take_census(fleet: Fleet, component: str, revision: str) -> Census:
    """Count against ``revision`` of ``component``."""
    wanted = fleet.revision_names(component).index(revision)
    nodes = unreachable = astray = 0
    for name in fleet.cluster_names():
        seen = fleet.cluster(name).observe(component)
        silent = seen.present & (seen.ready == -1)
        nodes += int(np.count_nonzero(seen.present))
        unreachable += int(np.count_nonzero(silent))
        astray += int(np.count_nonzero(seen.present & ~silent & (seen.busy | (seen.revision != wanted))))
    return Census(nodes, unreachable, astray)

"""Whether the whole cluster is out: half of its nodes down, whoever's doing it is.

A release compares clusters by it (``engine/outages.py``). Nodes that are being moved are out by our hand and don't
count. The last outage is told with its times, so that nobody else need remember it.
"""

from __future__ import annotations

from collections.abc import Iterable

from myriarch.agent.node_level import Turn
from myriarch.api.outage import Outage
from myriarch.base.clock import rfc3339
from myriarch.drivers.driver import Bools
from myriarch.engine.outages import OUT_NODES, OUT_SHARE
from myriarch.engine.population import count


def outage_of(before: Outage | None, present: Bools, ready: Bools, turns: Iterable[Turn], now: float) -> Outage | None:
    """The last outage at ``now`` (Unix seconds), ``before`` being what was told; None where there never was one."""
    nodes = count(present)
    lacking = nodes - count(ready)
    lasts = before is not None and before.until is None
    if lacking <= OUT_SHARE * nodes or lacking < OUT_NODES:
        return Outage(since=before.since, until=rfc3339(now)) if before is not None and lasts else before
    down = present & ~ready
    for turn in turns:
        down = down & ~turn.states.moving
    out = count(down) > OUT_SHARE * nodes and count(down) >= OUT_NODES
    if out == lasts:
        return before
    return Outage(since=rfc3339(now)) if out else Outage(since=before.since, until=rfc3339(now)) if before else None

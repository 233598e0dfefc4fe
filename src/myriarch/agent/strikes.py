"""Strikes: the first failure in a cluster after half an hour without one, updated or not, release or none.

A release compares its nodes with those of the whole fleet by them (``engine/strikes.py``), so they are told at all
times and of all clusters: what nobody's release has touched is what its nodes are compared with. A cluster tells few:
while more fails, nothing new is told.

Nodes that fail in one look count together: as updated by a release only if it had moved every one of them. An agent
that starts anew takes what is sick then as known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from myriarch.agent.sickness import InFlight, sick_nodes
from myriarch.api.policy import NodeRules
from myriarch.api.strike import STRATA_MAX, STRIKES_MAX, Strike
from myriarch.base.clock import parse_rfc3339, rfc3339
from myriarch.base.durations import parse_duration
from myriarch.drivers.driver import Bools, Driver, NodeStates
from myriarch.engine.strikes import QUIET_SECONDS

NEVER = -float("inf")
USUAL_GRACE_SECONDS = parse_duration(NodeRules().failure_grace)


class Strikes:
    """Of one cluster; ``before`` is what was told last."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._failing: frozenset[str] | None = None
        self._last = NEVER
        self.told: list[Strike] = []

    def look(
        self, flights: Sequence[InFlight], states: NodeStates, before: Sequence[Strike], now: float
    ) -> list[Strike]:
        """The last ones at ``now`` (Unix seconds), oldest first. ``states`` are asked where nothing is granted."""
        names = self._names(_failing(flights, now) if flights else sick_nodes(states, USUAL_GRACE_SECONDS, now))
        if self._failing is None:
            self.told, self._failing = list(before), names
            self._last = parse_rfc3339(before[-1].at) if before else NEVER
        fresh = names - self._failing
        self._failing = names
        if fresh:
            if now - self._last > QUIET_SECONDS:
                self.told = [*self.told, self._strike(fresh, flights, now)][-STRIKES_MAX:]
            self._last = now
        return self.told

    def _names(self, chosen: Bools) -> frozenset[str]:
        names = self._driver.names
        return frozenset(names[int(index)] for index in np.flatnonzero(chosen))

    def _strike(self, fresh: frozenset[str], flights: Sequence[InFlight], now: float) -> Strike:
        rows = np.asarray([index for index, name in enumerate(self._driver.names) if name in fresh], np.int64)
        components = [
            grant.component
            for _, grant, _, turn in flights
            if grant.attempt and not grant.proven and bool((turn.health.begun & ~turn.health.reverting)[rows].all())
        ]
        return Strike(at=rfc3339(now), components=components, strata=sorted(self._strata(rows))[:STRATA_MAX])

    def _strata(self, rows: np.ndarray) -> Iterator[str]:
        for name, attribute in self._driver.attributes().items():
            for code in sorted({int(code) for code in attribute.codes[rows]}):
                if code >= 0:
                    yield f"{name}={attribute.values[code]}"


def _failing(flights: Sequence[InFlight], now: float) -> Bools:
    """Who fails now, as any component's driver sees it."""
    found = [
        turn.health.failed | sick_nodes(turn.states, limits.failure_grace_seconds, now) for *_, limits, turn in flights
    ]
    failing: Bools = np.logical_or.reduce(found)
    return failing

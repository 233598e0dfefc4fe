"""How the agents' host and the liveness check meet simulated clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from myriarch.base.clock import Clock
from myriarch.drivers.simulated import SimulatedDriver
from myriarch.fleet.fleet import Fleet


class SimulatedLink:
    """Implements ``agent.host.Link`` and ``controllers.cluster.liveness.Heartbeats`` over the fleet."""

    def __init__(self, fleet: Fleet, clock: Clock) -> None:
        self._fleet = fleet
        self._clock = clock
        self._agents_gone_since: float | None = None

    def driver(self, cluster: str) -> SimulatedDriver | None:
        return SimulatedDriver(self._fleet, cluster) if self._fleet.has_cluster(cluster) else None

    def connected(self, cluster: str) -> bool:
        return cluster not in self._fleet.cut_off

    def subscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None:
        self._fleet.subscribe(listener)

    def unsubscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None:
        self._fleet.unsubscribe(listener)

    def agents_running(self, running: bool) -> None:
        """While the agents' host is down, no simulated cluster is heard."""
        self._agents_gone_since = None if running else self._clock.now()

    def silent(self) -> Mapping[str, float]:
        gone = self._agents_gone_since
        if gone is None:
            return self._fleet.cut_off
        return {name: min(self._fleet.cut_off.get(name, gone), gone) for name in self._fleet.cluster_names()}

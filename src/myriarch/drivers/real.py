"""The driver of real clusters: what all ways of moving share (skeleton)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from myriarch.api.component import Component
from myriarch.api.revision import Revision
from myriarch.base.clock import Clock
from myriarch.client.client import Client
from myriarch.drivers.driver import Trouble

Listener = Callable[[str, Sequence[str]], None]


class RealDriver:
    """One real cluster."""

    def __init__(self, client: Client, clock: Clock, cluster: str) -> None:
        self._client = client
        self._clock = clock
        self._cluster = cluster
        self.writable = False

    async def run(self) -> None:
        """Work until cancelled."""

    async def wait_synced(self) -> None:
        """Return once nodes, and what the defined components' movers observe, are known."""

    def define(self, component: Component, revisions: Mapping[str, Revision], labels: Mapping[str, str]) -> None:
        """Say what ``component`` is, with the revisions that may be asked for and the labels of the Cluster."""

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener(cluster, nodes)`` when something observed changed."""

    def unsubscribe(self, listener: Listener) -> None:
        """Call it no more."""

    def whole(self, component: str) -> bool:
        return False

    def trouble(self, component: str) -> Trouble | None:
        return None

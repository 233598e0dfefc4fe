"""Real clusters of an embedded hub: who of them can be heard, and the agents of those reached by push.

A hub on a laptop takes real clusters beside its simulated ones. They are the same as those of any hub: agents renew
Leases, push clusters have their agents here (programs that kubeconfigs name are not run). A hub that only rehearses
has none of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from myriarch.api.cluster import Cluster
from myriarch.base.clock import Clock
from myriarch.base.errors import MyriarchError
from myriarch.client.client import Client
from myriarch.client.informer import Informer
from myriarch.controllers.cluster.lease_heartbeats import LeaseHeartbeats
from myriarch.controllers.cluster.liveness import Heartbeats


class Outside:
    """Implements ``controllers.cluster.liveness.Heartbeats`` for all clusters; ``simulated`` knows the simulated."""

    def __init__(self, client: Client, clock: Clock, simulated: Heartbeats, *, seed: int) -> None:
        self._client = client
        self._clock = clock
        self._simulated = simulated
        self._leases = LeaseHeartbeats(client, clock, seed=seed)

    def silent(self) -> Mapping[str, float]:
        return {**self._simulated.silent(), **self._leases.silent()}

    async def run(self, clusters: Informer[Cluster], on_report: Callable[[str, MyriarchError], None]) -> None:
        """Work until cancelled; ``clusters`` is the controllers'."""
        from myriarch.agent.push import PushAgents  # brings sockets and drivers, which a rehearsal has no use for

        self._leases.judge(clusters)
        push = PushAgents(self._client, self._clock, clusters, on_report=on_report)
        tasks = [asyncio.create_task(self._leases.informer.run()), asyncio.create_task(push.run())]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

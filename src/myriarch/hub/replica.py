"""One replica of the controllers of a hub whose API server runs elsewhere.

It holds its share of the work by Leases (``runtime/shards.py``), writes through a fence (``runtime/fence.py``) and
learns from agents' Leases who can be heard. Any number of replicas may run; where one stops, the others take over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from myriarch.agent.push import PushAgents
from myriarch.base.clock import Clock
from myriarch.base.errors import MyriarchError
from myriarch.client.client import Client
from myriarch.client.http import Transport
from myriarch.client.objects import Unread
from myriarch.client.refs import CLUSTERS
from myriarch.controllers.cluster.lease_heartbeats import LeaseHeartbeats
from myriarch.controllers.controllers import Controllers
from myriarch.gates.sockets import fetch
from myriarch.hub.garbage import look_seldom
from myriarch.hub.hub import prompt_seconds
from myriarch.runtime.fence import FencedTransport
from myriarch.runtime.shards import LEASE_SECONDS, Identity, Shards


class Replica:
    """``clock`` is the hub's; ``steady`` is one that never jumps, for Leases. ``allow_exec``: run the
    programs that kubeconfigs of push clusters name. ``say`` gets lines for people."""

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        steady: Clock,
        identity: Identity,
        *,
        lease_seconds: float = LEASE_SECONDS,
        seed: int = 0,
        allow_exec: bool = False,
        publish_profiles: bool = False,
        say: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._seed = seed
        self._allow_exec = allow_exec
        self._publish_profiles = publish_profiles
        self._say = say
        self.shards = Shards(Client(transport), steady, identity, lease_seconds=lease_seconds)
        self.shards.on_change = say

    async def run(self) -> None:
        """Work until cancelled; then let go of every shard. Raises what a part of it dies of."""
        look_seldom()
        client = Client(FencedTransport(self._transport))
        clusters = len((await client.list(CLUSTERS, Unread)).items)
        heartbeats = LeaseHeartbeats(client, self._clock, seed=self._seed)
        controllers = Controllers(
            client,
            self._clock,
            heartbeats,
            coalesce_seconds=prompt_seconds(clusters),
            seed=self._seed,
            shards=self.shards,
            publish_profiles=self._publish_profiles,
            fetch=fetch,
        )
        heartbeats.judge(controllers.caches.clusters)
        controllers.on_report = self._reported
        push = PushAgents(
            client,
            self._clock,
            controllers.caches.clusters,
            allow_exec=self._allow_exec,
            owns=lambda cluster: self.shards.hold(cluster) is not None,
            on_report=self._reported,
        )
        parts = [_task("heartbeats", heartbeats.informer.run()), _task("controllers", controllers.run())]
        try:
            await _first(parts, controllers.caches.wait_synced())
            caches = controllers.caches
            self._say(f"ready: {len(caches.clusters.cache)} clusters, {len(caches.releases.cache)} releases")
            parts += [_task("shards", self.shards.run()), _task("push", push.run())]
            await asyncio.gather(*parts)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            await self.shards.leave()

    def _reported(self, key: str, error: MyriarchError) -> None:
        self._say(f"{key}: {error}")


def _task(name: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    return asyncio.create_task(work, name=name)


async def _first(parts: list[asyncio.Task[Any]], ready: Coroutine[Any, Any, None]) -> None:
    """Wait for ``ready``, or raise what a part died of before."""
    waiting = asyncio.ensure_future(ready)
    try:
        await asyncio.wait([waiting, *parts], return_when=asyncio.FIRST_COMPLETED)
        for part in parts:
            if part.done():
                part.result()
    finally:
        waiting.cancel()

"""Simulated clusters as members of a hub that runs elsewhere: they join by pull, as real ones do.

Everything that their agents know comes from that hub's API; the nodes are a simulated fleet in this process. Each
cluster renews a Lease of its own, spread evenly over the time between two heartbeats, so that thousands of members
never speak at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

from myriarch.agent.host import REPORT_SECONDS, AgentHost
from myriarch.api.cluster import Access
from myriarch.api.meta import ObjectMeta
from myriarch.base.clock import Clock, rfc3339_micro
from myriarch.base.errors import MyriarchError
from myriarch.client.client import Client
from myriarch.client.errors import AlreadyExists, ApiError, NotFound
from myriarch.client.objects import Unread
from myriarch.fleet.fleet import Fleet
from myriarch.hub.garbage import look_seldom
from myriarch.hub.hub import LOOKS_PER_REPORT, prompt_seconds
from myriarch.hub.link import SimulatedLink
from myriarch.hub.pump import Pump
from myriarch.hub.rights import AGENTS_NAMESPACE
from myriarch.hub.seeding import seed_objects
from myriarch.runtime.lease import LEASES, Lease, LeaseSpec
from myriarch.runtime.worker import WORKERS_MAX

HEARTBEAT_SECONDS: Final = 60.0
BATCHES: Final = 60
"""Members speak in so many turns between two heartbeats."""

AT_ONCE: Final = 16
REPORTS_AT_ONCE: Final = 40
"""With the heartbeats and the watch fewer than a transport has connections."""

TURNS_AT_ONCE: Final = WORKERS_MAX

FIELD_MANAGER: Final = "myriarch-agent"


class Members:
    """``run`` until cancelled. ``say`` gets lines for people."""

    def __init__(
        self, client: Client, fleet: Fleet, clock: Clock, *, seed: int = 0, say: Callable[[str], None]
    ) -> None:
        self._client = client
        self._fleet = fleet
        self._clock = clock
        self._say = say
        look = prompt_seconds(len(fleet.cluster_names()))  # time is real: there is enough of it to look often
        self._link = SimulatedLink(fleet, clock)
        self._host = AgentHost(
            client,
            self._link,
            clock,
            coalesce_seconds=look,
            report_seconds=max(REPORT_SECONDS, LOOKS_PER_REPORT * look),
            seed=seed,
            workers=TURNS_AT_ONCE,
            reports_at_once=REPORTS_AT_ONCE,
        )
        self._host.on_report = self._reported

    async def run(self) -> None:
        """Register what the hub doesn't know yet, then live."""
        look_seldom()
        created = await seed_objects(self._client, self._fleet, Access.PULL)
        self._say(f"{created} of {len(self._fleet.cluster_names())} clusters are new to the hub")
        self._link.agents_running(True)
        parts = (Pump(self._fleet, self._clock).run(), self._host.run(), self._beat(), self._tell_ready())
        await _together(parts)

    async def _tell_ready(self) -> None:
        await self._host.wait_synced()
        self._say(f"ready: {len(self._fleet.cluster_names())} clusters, {self._fleet.node_count} nodes")

    async def _beat(self) -> None:
        """Heartbeats, a batch at a time. Who is cut off from the hub is silent."""
        gate = asyncio.Semaphore(AT_ONCE)
        while True:
            names = list(self._fleet.cluster_names())
            for batch in range(BATCHES):
                due = [name for name in names[batch::BATCHES] if self._link.connected(name)]
                await asyncio.gather(*(self._renew(name, gate) for name in due))
                await self._clock.sleep(HEARTBEAT_SECONDS / BATCHES)

    async def _renew(self, name: str, gate: asyncio.Semaphore) -> None:
        """Say that one cluster lives. What can't be said now is said at the next turn."""
        spec = LeaseSpec(
            holder_identity=name,
            lease_duration_seconds=round(HEARTBEAT_SECONDS),
            renew_time=rfc3339_micro(self._clock.now()),
        )
        async with gate:
            try:
                await self._client.patch(
                    LEASES, Unread, name, {"spec": spec}, namespace=AGENTS_NAMESPACE, field_manager=FIELD_MANAGER
                )
            except NotFound:
                await self._first(Lease(metadata=ObjectMeta(name=name, namespace=AGENTS_NAMESPACE), spec=spec))
            except ApiError as error:
                self._say(f"heartbeat of {name}: {error}")

    async def _first(self, lease: Lease) -> None:
        try:
            await self._client.create(LEASES, lease, field_manager=FIELD_MANAGER)
        except AlreadyExists:
            return
        except ApiError as error:
            self._say(f"heartbeat of {lease.name}: {error}")

    def _reported(self, key: str, error: MyriarchError) -> None:
        self._say(f"{key}: {error}")


async def _together(parts: tuple[Coroutine[Any, Any, None], ...]) -> None:
    """Run all until cancelled, or until one dies of a mistake of ours."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

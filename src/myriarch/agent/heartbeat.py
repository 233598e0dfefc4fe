"""The sign of life of an agent: a Lease at the hub, renewed all the time; and whose turn it is where there are two.

One agent at a time works for a cluster: the one that the Lease names. Another waits until the Lease has been given back
or has not changed for its whole length, and an agent that finds another's name in it stops working. A restart under the
same name goes on at once. How long a Lease has not changed is counted in looks at it, so no clock needs to be right.
The hub judges by when it last saw the Lease change, so the times written in it are for people. The beat is also what
finds out, where nothing else is said, that the hub is away or back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from myriarch.agent.credential import AGENTS_NAMESPACE, join_cure
from myriarch.base.clock import Clock, rfc3339_micro
from myriarch.base.errors import UserFault
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, Conflict, NotFound, Unreachable
from myriarch.runtime.lease import LEASES, Lease, record_of

BEAT_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = 10.0
"""After a beat that failed."""

LOOK_SECONDS: Final = 5.0
"""Between two looks at the Lease of another."""

LEASE_SECONDS: Final = 300
"""Length of a Lease that names none."""

LEASE_SECONDS_MIN: Final = 2.5 * BEAT_SECONDS
"""A shorter length would let a beat that was missed once cost the turn."""

RELEASE_SECONDS: Final = 3.0
FIELD_MANAGER: Final = "myriarch-agent-heartbeat"


class Heartbeat:
    """The Lease of ``cluster``. ``holder`` names this agent, over its restarts too; ``say`` gets lines for the log."""

    def __init__(self, client: Client, clock: Clock, cluster: str, holder: str, say: Callable[[str], None]) -> None:
        self._client = client
        self._clock = clock
        self._cluster = cluster
        self._holder = holder
        self._say = say
        self._said = ""
        self._lease: Lease | None = None
        self._record: tuple[str | None, ...] = ()
        self._looks = 0

    async def wait_for_turn(self, *, remembers: bool) -> None:
        """Return once the Lease is ours. An agent that ``remembers`` what it worked on doesn't wait for a hub that
        does not answer: it was its turn."""
        while True:
            try:
                if await self._take():
                    return
            except Conflict:
                continue
            except (ApiError, UserFault) as error:
                if remembers:
                    return
                if not isinstance(error, Unreachable):  # of that the transport's ``Reach`` has heard
                    self._say_once(f"its Lease: {error}; trying again")
                await self._clock.sleep(AGAIN_SECONDS)
            else:
                await self._clock.sleep(LOOK_SECONDS)

    async def keep(self) -> None:
        """Renew the Lease until another agent has it."""
        while True:
            try:
                if not await self._beat():
                    return
            except (ApiError, UserFault):  # the transport's ``Reach`` has heard of it
                await self._clock.sleep(AGAIN_SECONDS)
            else:
                await self._clock.sleep(BEAT_SECONDS)

    async def release(self) -> None:
        """Give the Lease back where it is ours, so that the next agent need not wait. A hub that doesn't answer is no
        fault: the Lease ends by itself."""
        if self._lease is None or self._lease.holder != self._holder:
            return
        try:
            await asyncio.wait_for(self._write(self._lease, {"holderIdentity": None}), RELEASE_SECONDS)
        except (ApiError, UserFault, TimeoutError):
            return

    # The Lease

    async def _beat(self) -> bool:
        """Whether it is ours still. What another wrote to the Lease is looked at before anything is written."""
        if self._lease is not None and self._lease.holder == self._holder:
            try:
                await self._renew(self._lease)
            except (Conflict, NotFound):
                self._lease = None
            else:
                return True
        try:
            return await self._take()
        except Conflict:
            return await self._take()

    async def _take(self) -> bool:
        """Look at the Lease and make it ours where it may be. One that isn't there keeps nobody from working."""
        try:
            lease = await self._client.get(LEASES, Lease, self._cluster, AGENTS_NAMESPACE)
        except NotFound:
            self._say_once(f"the hub has no Lease for this cluster and can't hear it. {join_cure(self._cluster)}")
            return True
        self._looks = self._looks + 1 if record_of(lease) == self._record else 0
        self._record = record_of(lease)
        length = max(lease.spec.lease_duration_seconds or LEASE_SECONDS, LEASE_SECONDS_MIN)
        if lease.holder not in ("", self._holder) and self._looks * LOOK_SECONDS < length:
            self._say_once(
                f"another agent works for {self._cluster}: {lease.holder}, heard last at {lease.spec.renew_time}. "
                f"Waiting until it stops, or has been silent for {length:.0f} seconds"
            )
            return False
        await self._renew(lease)
        return True

    async def _renew(self, lease: Lease) -> None:
        now = rfc3339_micro(self._clock.now())
        spec: dict[str, Any] = {"holderIdentity": self._holder, "renewTime": now}
        if lease.holder != self._holder:
            spec |= {"acquireTime": now, "leaseTransitions": lease.transitions + 1}
        self._lease = await self._write(lease, spec)

    async def _write(self, lease: Lease, spec: dict[str, Any]) -> Lease:
        """Raises Conflict where somebody else wrote it since ``lease`` was read."""
        patch = {"metadata": {"resourceVersion": lease.metadata.resource_version}, "spec": spec}
        return await self._client.patch(
            LEASES, Lease, self._cluster, patch, namespace=AGENTS_NAMESPACE, field_manager=FIELD_MANAGER
        )

    def _say_once(self, line: str) -> None:
        """Of another's Lease once a holder, whenever it was heard last."""
        kind = line.split(", heard last")[0]
        if kind != self._said:
            self._said = kind
            self._say(line)

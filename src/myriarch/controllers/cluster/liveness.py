"""Whether clusters can be heard: keeps the condition Connected of every Cluster.

Liveness of simulated clusters is computed, not heartbeaten: ``Heartbeats`` says since when a cluster has been
silent, whichever way that is known (a lease, or the process that hosts its agent).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from myriarch.api.cluster import Access, Cluster
from myriarch.api.meta import Condition
from myriarch.base.clock import Clock, parse_rfc3339, rfc3339
from myriarch.base.conditions import CONNECTED
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, NotFound
from myriarch.client.objects import Raw
from myriarch.client.refs import CLUSTERS
from myriarch.controllers.caches import Caches
from myriarch.runtime.fence import Fenced
from myriarch.runtime.shards import Shards

SILENT_SECONDS = 300.0
"""A cluster not heard for so long is called not connected: five missed heartbeats."""

CHECK_SECONDS = 60.0
SILENT = "Silent"
FIELD_MANAGER = "myriarch-liveness"


class Heartbeats(Protocol):
    """Where liveness comes from."""

    def silent(self) -> Mapping[str, float]:
        """Clusters that are not heard now, with the time (Unix seconds) when each was heard last."""


class LivenessController:
    """Looks at all heartbeats once in a while; writes only what changed."""

    def __init__(
        self, client: Client, caches: Caches, clock: Clock, heartbeats: Heartbeats, shards: Shards | None = None
    ) -> None:
        self._client = client
        self._caches = caches
        self._clock = clock
        self._heartbeats = heartbeats
        self._shards = shards
        self._unheard: set[str] = set()
        self._never_heard: dict[str, float] = {}
        caches.clusters.add_handlers(self._added, self._changed, self._gone)

    def _added(self, _old: Cluster | None, new: Cluster | None) -> None:
        """A restart finds again which clusters were called silent."""
        assert new is not None
        if called_silent(new):
            self._unheard.add(new.name)
        if not new.status.kubernetes_version and new.spec.access is not Access.PUSH:  # their agents are beside us
            self._never_heard[new.name] = parse_rfc3339(new.metadata.creation_timestamp or rfc3339(self._clock.now()))

    def _changed(self, _old: Cluster | None, new: Cluster | None) -> None:
        assert new is not None
        # Another replica may have written it, or we ourselves, and heard nothing of its success.
        (self._unheard.add if called_silent(new) else self._unheard.discard)(new.name)
        if new.status.kubernetes_version:
            self._never_heard.pop(new.name, None)

    def _gone(self, old: Cluster | None, _new: Cluster | None) -> None:
        assert old is not None
        self._never_heard.pop(old.name, None)
        self._unheard.discard(old.name)

    async def check(self) -> None:
        """Bring the condition of every cluster in line with its heartbeats."""
        now = self._clock.now()
        heard_last = {**self._never_heard, **self._heartbeats.silent()}
        silent = {name: at for name, at in heard_last.items() if now - at >= SILENT_SECONDS}
        for name in sorted(silent.keys() - self._unheard):
            if await self._write_ours(name, connected=False, since=silent[name]):
                self._unheard.add(name)
        for name in sorted(self._unheard - silent.keys()):
            if await self._write_ours(name, connected=True, since=now):
                self._unheard.discard(name)

    async def _write_ours(self, name: str, *, connected: bool, since: float) -> bool:
        """Write it, unless the cluster is another replica's to look after; whether it was written."""
        if self._shards is None:
            await self._write(name, connected=connected, since=since)
            return True
        hold = self._shards.hold(name)
        if hold is None:
            return False
        with hold.in_use():
            await self._write(name, connected=connected, since=since)
        return True

    async def _write(self, name: str, *, connected: bool, since: float) -> None:
        cluster = self._caches.clusters.get(name)
        if cluster is None:
            return
        condition = Condition(
            type=CONNECTED.type,
            status="True" if connected else "Unknown",
            reason="Heard" if connected else SILENT,
            message="The agent reports." if connected else "The agent has not been heard.",
            last_transition_time=rfc3339(since),
        )
        others = [c for c in cluster.status.conditions if c.type != CONNECTED.type]
        patch = {"status": {"conditions": msgspec.to_builtins([*others, condition])}}
        try:
            await self._client.patch(CLUSTERS, Raw, name, patch, subresource="status", field_manager=FIELD_MANAGER)
        except NotFound:
            return

    async def run(self) -> None:
        """Check until cancelled. Errors of the API are for the next check."""
        while True:
            await self._clock.sleep(CHECK_SECONDS)
            try:
                await self.check()
            except (ApiError, Fenced):
                continue


def called_silent(cluster: Cluster) -> bool:
    """Whether this controller said that the cluster is not heard: agents say of themselves that they see nothing."""
    return any(c.type == CONNECTED.type and c.reason == SILENT for c in cluster.status.conditions)

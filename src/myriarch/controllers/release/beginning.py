"""How a release begins: it is checked, waits for its turn, takes the component, and keeps the policy as it is now."""

from __future__ import annotations

import msgspec

from myriarch.api.component import Component
from myriarch.api.release import Order, Phase, Release
from myriarch.base.clock import Clock, rfc3339_micro
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.refs import RELEASES
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.release import ending, starting
from myriarch.controllers.release.pacing import pace_of
from myriarch.controllers.release.writing import Writing

NAMED_CLUSTERS = 3


class Beginning:
    """Of all releases."""

    def __init__(self, client: Client, caches: Caches, table: FleetTable, clock: Clock, writing: Writing) -> None:
        self._client = client
        self._caches = caches
        self._table = table
        self._clock = clock
        self._writing = writing

    async def begin(self, release: Release, component: Component | None) -> Release | None:
        """Check, take the component, and write the policy as it is now; None where it must wait."""
        status = release.status
        newer = starting.newer_release(self._caches, release)
        if newer is not None or release.spec.order is not Order.NONE:
            phase = Phase.SUPERSEDED if newer is not None else Phase.ABORTED
            message = f"superseded by release {starting.key_of(newer)}" if newer else "ended by order before it began"
            ended = rfc3339_micro(self._clock.now())
            await self._writing.write(
                release, msgspec.structs.replace(status, phase=phase, message=message, ended_at=ended)
            )
            return None
        fault = starting.find_fault(self._caches, self._table, release, self._clock.now())
        waits = self._waits(release, component)
        if fault is not None or component is None or waits:
            reason = fault.reason if fault else starting.WAITING
            message = fault.message if fault else waits
            await self._writing.write(release, msgspec.structs.replace(status, reason=reason, message=message))
            return None
        policy = self._caches.policies.get(release.spec.policy)
        assert policy is not None
        key = starting.key_of(release)
        if component.status.active_release == key:  # of a deleted release of this name, or of a crash just here
            if await self._is_outdated(release):
                return None
            await ending.hold_all(self._client, self._table, component.name, key, self._clock.now())
        attempt = await starting.claim(self._client, component, release, self._clock.now())
        now = rfc3339_micro(self._clock.now())
        pace = pace_of(release, starting.earlier_release(self._caches, release), policy.spec)
        begun = msgspec.structs.replace(
            status,
            attempt=attempt,
            policy=pace.policy,
            urgent=pace.urgent,
            proven=pace.proven,
            seed=release.spec.seed,
            started_at=now,
            reason="",
            message="",
        )
        self._writing.note(release, pace.notes(release))
        return await self._writing.write(release, begun)

    async def take_again(self, release: Release, component: Component | None) -> bool:
        """Take the component for a release that was aborted and is to be rolled back; whether that could be."""
        newer = starting.newer_release(self._caches, release)
        outdated = newer is not None and newer.status.attempt > 0
        if component is None or component.status.active_release or outdated:
            return False
        await starting.claim(self._client, component, release, self._clock.now())
        return True

    async def _is_outdated(self, release: Release) -> bool:
        """Whether it is another by now: a watch that lags behind shows one that has long begun as not begun.

        Another claim would wake its own release before that is seen, again and again.
        """
        try:
            now = await self._client.get(RELEASES, Release, release.name, release.metadata.namespace or "")
        except NotFound:
            return True
        return now.metadata.resource_version != release.metadata.resource_version

    def _waits(self, release: Release, component: Component | None) -> str:
        """What else a sound release waits for before it may start, or ''."""
        if component is None:
            return ""
        blocking = starting.holder(component, release)
        if blocking:
            return f"waits until release {blocking} lets the component go"
        if untold := starting.unreported(self._table, self._clock.now()):
            return f"waits for clusters that have not told of their nodes yet: {_named(untold)}"
        policy = self._caches.policies.get(release.spec.policy)
        if policy is None:
            return ""
        if mute := starting.uncounted(self._table, policy.spec, release, self._clock.now()):
            return f"waits for clusters that have not counted the policy's pairs of attributes yet: {_named(mute)}"
        return ""


def _named(clusters: list[str]) -> str:
    return ", ".join([*clusters[:NAMED_CLUSTERS], *(["…"] if len(clusters) > NAMED_CLUSTERS else [])])

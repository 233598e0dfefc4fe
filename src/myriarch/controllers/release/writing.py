"""Writing a release's status: what the engine remembers goes first, and at once; what decides nothing may wait."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from myriarch.api.gates import GateResult
from myriarch.api.meta import API_VERSION
from myriarch.api.release import Release, ReleaseStatus
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.refs import RELEASES
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.controllers.fleet_table import FleetTable
from myriarch.controllers.merging import merging
from myriarch.controllers.release.gating import verdict_changed
from myriarch.controllers.release.running import Running
from myriarch.controllers.release.starting import FIELD_MANAGER
from myriarch.controllers.release.telling import Telling, record, urgent
from myriarch.engine.decision import Decision
from myriarch.engine.plan import ReleasePlan
from myriarch.runtime.events import About, EventRecorder, EventType
from myriarch.runtime.fence import current_term

TELL_SECONDS = 30.0
"""Counts that decide nothing are told at most this often."""


class Writing:
    """Of all releases."""

    def __init__(self, client: Client, caches: Caches, table: FleetTable, recorder: EventRecorder) -> None:
        self._client = client
        self._caches = caches
        self._table = table
        self._recorder = recorder

    async def remember(
        self,
        release: Release,
        running: Running,
        plan: ReleasePlan,
        decision: Decision,
        results: list[GateResult],
        now: float,
        attempt: int = 0,
    ) -> Release:
        """Write what was decided where it must be told now; ``attempt``: the number of a try that begins anew."""
        telling = Telling(self._table, running.columns, plan)
        status = telling.next_status(release.status, decision, now)
        status = msgspec.structs.replace(status, gates=results)
        if attempt:
            status = telling.with_try(release.status, status, attempt, now)
        if status == release.status:
            return release
        must = urgent(release.status, status) or verdict_changed(release.status, status)
        if not must and now - running.told_at < TELL_SECONDS:
            told = release.status
            running.untold = (status.environments, status.evidence) != (told.environments, told.evidence)
            return release
        running.told_at, running.untold = now, False
        written = await self.write(release, status)
        record(self._recorder, release, decision)
        return written

    def note(self, release: Release, notes: Iterable[tuple[str, str]]) -> None:
        """Events of its own about the release: reasons and sentences."""
        metadata = release.metadata
        about = About(API_VERSION, release.kind, release.name, metadata.namespace or "", metadata.uid or "")
        for reason, text in notes:
            self._recorder.record(about, EventType.NORMAL, reason, text)

    async def write(self, release: Release, status: ReleaseStatus) -> Release:
        """The release with its new status; what the cache holds until the watch brings it is this."""
        if status == release.status:
            return release
        if term := current_term():
            status = msgspec.structs.replace(status, term=term)
        before, after = msgspec.to_builtins(release.status), msgspec.to_builtins(status)
        patch = {**merging(before, after), "phase": str(status.phase)}
        namespace = release.metadata.namespace or ""
        try:
            written = await self._client.patch(
                RELEASES,
                Release,
                release.name,
                {"metadata": {"resourceVersion": release.metadata.resource_version}, "status": patch},
                namespace=namespace,
                subresource="status",
                field_manager=FIELD_MANAGER,
            )
        except NotFound:
            return release
        self._caches.releases.cache[ObjectKey(namespace, release.name)] = written
        for hear in self._caches.release_written:
            hear(release, written)
        return written

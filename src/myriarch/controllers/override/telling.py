"""Tells of every Override whether it is in force: from when it is written until it expires."""

from __future__ import annotations

from myriarch.api.override import Override
from myriarch.base.clock import Clock, parse_rfc3339
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.client.refs import OVERRIDES
from myriarch.controllers.caches import Caches
from myriarch.runtime.queue import WorkQueue

FIELD_MANAGER = "myriarch-override"


class OverrideController:
    """Keys are override names."""

    def __init__(self, client: Client, caches: Caches, clock: Clock, *, seed: int = 0) -> None:
        self._client = client
        self._caches = caches
        self._clock = clock
        self.queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        caches.overrides.add_handlers(self._changed, self._changed)

    def _changed(self, old: Override | None, new: Override | None) -> None:
        assert new is not None
        if old is None or old.spec != new.spec:
            self.queue.add(new.name)

    async def reconcile(self, name: str) -> float | None:
        """Write the status of one override; seconds until it expires."""
        override = self._caches.overrides.get(name)
        if override is None:
            return None
        left = parse_rfc3339(override.spec.expires) - self._clock.now()
        if override.status.in_force != (left > 0):
            status = {"status": {"inForce": left > 0}}
            try:
                await self._client.patch(
                    OVERRIDES, Raw, name, status, subresource="status", field_manager=FIELD_MANAGER
                )
            except NotFound:
                return None
        return left if left > 0 else None

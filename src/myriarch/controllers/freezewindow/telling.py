"""Tells of every FreezeWindow whether it is in force, and when that changes next."""

from __future__ import annotations

from myriarch.api.freezewindow import FreezeWindow
from myriarch.base.clock import Clock, rfc3339
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.client.refs import FREEZE_WINDOWS
from myriarch.controllers.caches import Caches
from myriarch.controllers.release.freezing import state_of
from myriarch.engine.windows import INFINITE
from myriarch.runtime.queue import WorkQueue

FIELD_MANAGER = "myriarch-freezewindow"


class FreezeWindowController:
    """Keys are window names."""

    def __init__(self, client: Client, caches: Caches, clock: Clock, *, seed: int = 0) -> None:
        self._client = client
        self._caches = caches
        self._clock = clock
        self.queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        caches.windows.add_handlers(self._changed, self._changed)

    def _changed(self, old: FreezeWindow | None, new: FreezeWindow | None) -> None:
        assert new is not None
        if old is None or old.spec != new.spec:
            self.queue.add(new.name)

    async def reconcile(self, name: str) -> float | None:
        """Write the status of one window; seconds until it changes by itself."""
        window = self._caches.windows.get(name)
        if window is None:
            return None
        now = self._clock.now()
        state = state_of(window, now)
        following = None if state.changes_at == INFINITE else rfc3339(state.changes_at)
        if (window.status.active, window.status.next) != (state.active, following):
            status = {"active": state.active, "next": following}
            try:
                await self._client.patch(
                    FREEZE_WINDOWS, Raw, name, {"status": status}, subresource="status", field_manager=FIELD_MANAGER
                )
            except NotFound:
                return None
        return None if following is None else max(state.changes_at - now, 1.0)

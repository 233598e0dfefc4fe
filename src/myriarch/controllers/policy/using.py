"""Tells of every ReleasePolicy which releases under way use it."""

from __future__ import annotations

from myriarch.api.policy import ReleasePolicy
from myriarch.api.release import Release
from myriarch.base.clock import Clock
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Raw
from myriarch.client.refs import POLICIES
from myriarch.controllers.caches import Caches
from myriarch.controllers.release.starting import is_over, key_of
from myriarch.runtime.queue import WorkQueue

FIELD_MANAGER = "myriarch-policy"
GATHER_SECONDS = 5.0
MOST_NAMED = 256


class PolicyController:
    """Keys are policy names."""

    def __init__(self, client: Client, caches: Caches, clock: Clock, *, seed: int = 0) -> None:
        self._client = client
        self._caches = caches
        self.queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        caches.policies.add_handlers(on_add=self._added)
        caches.releases.on_change(self._release_changed)
        caches.components.on_change(self._component_changed)

    def _added(self, _old: ReleasePolicy | None, new: ReleasePolicy | None) -> None:
        assert new is not None
        self.queue.add_after(new.name, GATHER_SECONDS)

    def _release_changed(self, old: Release | None, new: Release | None) -> None:
        release = new or old
        assert release is not None
        if old is None or new is None:
            self.queue.add_after(release.spec.policy, GATHER_SECONDS)

    def _component_changed(self, _old: object, _new: object) -> None:
        """A component is given back at the end of every release that moved something."""
        for key in self._caches.policies.cache:
            self.queue.add_after(key.name, GATHER_SECONDS)

    async def reconcile(self, name: str) -> float | None:
        """Write who uses one policy, where that changed."""
        policy = self._caches.policies.get(name)
        if policy is None:
            return None
        releases = self._caches.releases.cache.values()
        using = sorted(key_of(each) for each in releases if each.spec.policy == name and not is_over(each))
        using = using[:MOST_NAMED]
        if using == policy.status.used_by:
            return None
        status = {"status": {"usedBy": using}}
        try:
            await self._client.patch(POLICIES, Raw, name, status, subresource="status", field_manager=FIELD_MANAGER)
        except NotFound:
            return None
        return None

"""Standing state: clusters that no release concerns get a grant for what they are to stand at.

A cluster that joins the fleet has no grant for a component; it gets one for the proven revision of its environment,
for all its nodes, so that every node that ever joins converges to it. A cluster whose release has ended keeps the
release's grant until it is rewritten here:

==========================================  =================================================================
the release succeeded in the environment    the revision, proven, for all nodes
it succeeded, but moved only a part of it   the same for the clusters that it moved; the others are left alone
the cluster took the attempt back itself    a revert, so that nobody asks for that attempt again
it succeeded, but holds strata found here   a hold without an end: nodes stay where they were put, those of held
                                            strata and newcomers come to the proven revision
it was aborted, superseded or deleted       a hold without an end: nodes stay where they were put, and newcomers
                                            come to the proven revision
it was rolled back                          the revert stays: who returns goes back, newcomers come to the proven one
==========================================  =================================================================

Freezes hold all but reverts. While a release is active its own grants are left alone. Clusters that a release passed
over, because they were silent, come to what it proved when they are back, a few at a time (``catching_up.py``). Of
components that come after others (``Component.spec.after``) newcomers get those first that come first.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from myriarch.api.cluster import Cluster, Direction, Grant, Mode
from myriarch.api.component import Component
from myriarch.api.freezewindow import FreezeWindow
from myriarch.api.release import Phase
from myriarch.base.clock import Clock, rfc3339
from myriarch.client.client import Client
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.controllers.component.catching_up import AGAIN_SECONDS, CatchingUp
from myriarch.controllers.release.freezing import NEVER, selects, state_of, windows_of
from myriarch.controllers.release.granting import apply_grants
from myriarch.controllers.release.resting import restless
from myriarch.controllers.release.takeover import LOOK_SECONDS, Takeover
from myriarch.runtime.queue import WorkQueue

NEWCOMER_ATTEMPT = 0
"""No release counts nodes that are moved under it."""


class StandingController:
    """Keys are component names."""

    def __init__(
        self,
        client: Client,
        caches: Caches,
        clock: Clock,
        takeover: Takeover,
        *,
        coalesce_seconds: float,
        seed: int = 0,
    ) -> None:
        self._client = client
        self._takeover = takeover
        self._caches = caches
        self._clock = clock
        self._coalesce_seconds = coalesce_seconds
        self._late: dict[str, CatchingUp] = {}
        self.queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        caches.components.add_handlers(self._component_changed, self._component_changed)
        caches.clusters.add_handlers(self._cluster_added, self._cluster_changed)
        caches.windows.on_change(self._window_changed)

    def _component_changed(self, old: Component | None, new: Component | None) -> None:
        assert new is not None
        if old is None or old.status != new.status or old.spec != new.spec:
            self.queue.add(new.name)

    def _cluster_added(self, _old: Cluster | None, _new: Cluster | None) -> None:
        for key in self._caches.components.cache:
            self.queue.add_after(key.name, self._coalesce_seconds)

    def _cluster_changed(self, old: Cluster | None, new: Cluster | None) -> None:
        assert old is not None
        assert new is not None
        if old.spec.mode is not new.spec.mode or old.metadata.labels != new.metadata.labels:
            self._cluster_added(old, new)

    def _window_changed(self, _old: object, _new: object) -> None:
        for key in self._caches.components.cache:
            self.queue.add(key.name)

    async def reconcile(self, name: str) -> float | None:
        """Give every cluster the standing grant of one component; seconds until a freeze begins or ends."""
        component = self._caches.components.get(name)
        if component is None:
            return None
        if not await self._takeover.done(name):
            return LOOK_SECONDS
        now = self._clock.now()
        frozen_by: list[FreezeWindow] = []
        changes_at = NEVER
        for window in windows_of(self._caches, name):
            state = state_of(window, now)
            changes_at = min(changes_at, state.changes_at)
            if state.active:
                frozen_by.append(window)
        due = []
        late = self._late.setdefault(name, CatchingUp(name))
        late.begin(now)
        for cluster in list(self._caches.clusters.cache.values()):
            if cluster.spec.mode is not Mode.MANAGE:
                continue
            frozen = any(selects(window, cluster) for window in frozen_by)
            grant = Standing(cluster, component, self._succeeded(cluster, name), frozen, now).grant()
            if grant is not None and self._comes_later(component, cluster, grant):
                late.waiting = True
            elif not late.takes(cluster, grant) and grant is not None:
                due.append((cluster, grant))
        due += late.let_in()
        await apply_grants(self._client, due, only_unchanged=True)
        changes_at = min(changes_at, now + AGAIN_SECONDS if late.waiting else NEVER)
        return None if changes_at == NEVER else max(changes_at - now, self._coalesce_seconds)

    def _comes_later(self, component: Component, cluster: Cluster, grant: Grant) -> bool:
        """Whether the grant brings a revision while a component that comes first is not at rest in the cluster."""
        held = cluster.grant(component.name)
        if not component.spec.after or (held is not None and held.revision == grant.revision):
            return False
        earlier = (self._caches.components.get(name) for name in component.spec.after)
        return any(each is not None and restless(each, cluster) for each in earlier)

    def _succeeded(self, cluster: Cluster, component: str) -> bool:
        """Whether the release that the cluster holds a grant of ended well."""
        held = cluster.grant(component)
        if held is None or not held.release:
            return False
        release = self._caches.releases.cache.get(ObjectKey(*held.release.split("/", 1)))
        return (
            release is not None and release.status.phase is Phase.SUCCEEDED and release.status.attempt == held.attempt
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """What one cluster should be told of one component while no release tells it otherwise."""

    cluster: Cluster
    component: Component
    succeeded: bool
    frozen: bool
    now: float

    def grant(self) -> Grant | None:
        """The grant that the cluster should have now, or None where the one it has stays."""
        held = self.cluster.grant(self.component.name)
        proven = self.component.proven_in(self.cluster.spec.environment)
        if held is None:
            return self._stand(proven, NEWCOMER_ATTEMPT, "") if proven else None
        active = self.component.status.active_release
        if (held.release and held.release == active and not held.proven) or held.direction is Direction.REVERT:
            return None
        wanted = self._wanted(held, proven)
        return None if self._same(held, wanted) else wanted

    def _wanted(self, held: Grant, proven: str) -> Grant:
        status = self.cluster.component(self.component.name)
        if held.proven:
            if held.release or held.revision == proven or not proven:
                return self._stand(held.revision, held.attempt, held.release)
            return self._stand(proven, NEWCOMER_ATTEMPT, "")
        if status is not None and held.attempt and status.reverted_attempt == held.attempt:
            return msgspec.structs.replace(held, direction=Direction.REVERT, forward_until=None)
        if held.revision == proven:
            return self._stand(proven, held.attempt, "")
        if self.succeeded and held.hold and status is not None and status.held:
            return msgspec.structs.replace(held, direction=Direction.HOLD, forward_until=self._until(held))
        if self.succeeded and (held.all_nodes or held.ceiling >= self.cluster.status.nodes):
            return self._stand(held.revision, held.attempt, held.release)
        return msgspec.structs.replace(held, direction=Direction.HOLD, forward_until=self._until(held))

    def _until(self, held: Grant) -> str | None:
        return (held.forward_until or rfc3339(self.now)) if self.frozen else None

    def _stand(self, revision: str, attempt: int, release: str) -> Grant:
        """For all nodes; budgets that were granted once hold for who returns and who joins, too."""
        held = self.cluster.grant(self.component.name)
        return Grant(
            component=self.component.name,
            revision=revision,
            rollback_to=revision,
            attempt=attempt,
            direction=Direction.HOLD if self.frozen else Direction.FORWARD,
            all_nodes=True,
            proven=True,
            forward_until=rfc3339(self.now) if self.frozen else None,
            release=release,
            budgets=held.budgets if held is not None else None,
        )

    @staticmethod
    def _same(held: Grant, wanted: Grant) -> bool:
        ends = (held.forward_until is None) == (wanted.forward_until is None)
        return (
            ends
            and held.direction is wanted.direction
            and held.revision == wanted.revision
            and held.proven == wanted.proven
        )

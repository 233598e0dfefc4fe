"""Tells of every component whether clusters meet what its revisions require where it stands: ``RequirementsMet``.

A release holds back from clusters that don't; but what it has settled on may change afterwards: the component that is
required goes back (nothing holds that), or a person moves it elsewhere. Nobody is moved for that: the dependent says so
and names the clusters.
"""

from __future__ import annotations

from collections.abc import Iterator

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component
from myriarch.api.meta import Condition
from myriarch.api.revision import Revision
from myriarch.base.clock import Clock, rfc3339
from myriarch.base.conditions import ConditionType
from myriarch.client.client import Client
from myriarch.controllers.caches import Caches
from myriarch.controllers.release.requiring import Requirements, wording
from myriarch.controllers.release.resting import revisions_at
from myriarch.controllers.release.starting import patch_status
from myriarch.controllers.release.takeover import LOOK_SECONDS, Takeover
from myriarch.runtime.queue import WorkQueue

REQUIREMENTS_MET = ConditionType("RequirementsMet", "Every cluster meets what the component requires where it stands.")
GATHER_SECONDS = 30.0
"""Changes of clusters are looked at together: nobody is moved for what is told here."""

NAMED_CLUSTERS = 3
NAMED_REQUIREMENTS = 8


class RequirementsController:
    """Keys are component names."""

    def __init__(self, client: Client, caches: Caches, clock: Clock, takeover: Takeover, *, seed: int = 0) -> None:
        self._client = client
        self._caches = caches
        self._clock = clock
        self._takeover = takeover
        self._requirements = Requirements(caches.components, caches.revisions)
        self._asking: set[str] = set()
        self.queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        caches.revisions.on_change(self._revision_changed)
        caches.components.on_change(self._changed)
        caches.clusters.on_change(self._changed)

    def _revision_changed(self, old: Revision | None, new: Revision | None) -> None:
        revision = new or old
        assert revision is not None
        if revision.spec.requires:
            self._asking.add(revision.spec.component)
        if revision.spec.requires or self._asking:
            self._changed(None, None)

    def _changed(self, _old: object, _new: object) -> None:
        for name in self._asking:
            self.queue.add_after(name, GATHER_SECONDS)

    async def reconcile(self, name: str) -> float | None:
        """Write the condition of one component, where it changed."""
        component = self._caches.components.get(name)
        if component is None:
            return None
        if not await self._takeover.done(name):
            return LOOK_SECONDS
        lacking = self._lacking(component)
        known = next((each for each in component.status.conditions if each.type == REQUIREMENTS_MET.type), None)
        status, message = ("False", _told(lacking)) if lacking else ("True", "Every cluster meets what it requires.")
        if known is not None and (known.status, known.message) == (status, message):
            return None
        same = known is not None and known.status == status
        since = known.last_transition_time if known is not None and same else rfc3339(self._clock.now())
        condition = Condition(
            type=REQUIREMENTS_MET.type,
            status=status,
            reason="Unmet" if lacking else "Met",
            message=message,
            last_transition_time=since,
        )
        others = [each for each in component.status.conditions if each is not known]
        await patch_status(self._client, component, {"conditions": [*others, condition]})
        return None

    def _lacking(self, component: Component) -> dict[str, list[str]]:
        """Clusters by what they lack."""
        found: dict[str, list[str]] = {}
        for key in sorted(self._caches.clusters.cache):
            cluster = self._caches.clusters.cache[key]
            for text in self._unmet(component, cluster):
                found.setdefault(text, []).append(cluster.name)
        return found

    def _unmet(self, component: Component, cluster: Cluster) -> Iterator[str]:
        for revision in revisions_at(cluster, component):
            for requirement in self._requirements.unmet(revision, cluster):
                yield f"{revision} requires {wording(requirement)}"


def _told(lacking: dict[str, list[str]]) -> str:
    parts = []
    for text in sorted(lacking)[:NAMED_REQUIREMENTS]:
        names = lacking[text]
        named = ", ".join([*names[:NAMED_CLUSTERS], *(["…"] if len(names) > NAMED_CLUSTERS else [])])
        parts.append(f"{text}: not so in {len(names)} clusters ({named})")
    return "; ".join(parts)

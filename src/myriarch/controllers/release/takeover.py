"""What a controller does first in a new term: raise the term of everything that the component's decisions touch.

Whoever held the shard before may have been stopped just before a write. Once the term stands in the component, in
its releases and in every cluster's grant, the API server refuses that write, whenever it comes. A cluster that has
no grant yet has no term to compare; its object is touched instead (an annotation holds the term), and a first
grant is only ever written to an object that did not change since it was read.

Work begins once our own caches show all of it: so nothing is decided by what the former holder has changed since we
looked. With one controller and no Leases the term is 0 and none of this happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from myriarch.api.cluster import Cluster, Grant
from myriarch.api.component import Component
from myriarch.api.release import Release
from myriarch.client.client import Client
from myriarch.client.errors import NotFound
from myriarch.client.objects import Unread
from myriarch.client.refs import CLUSTERS, RELEASES
from myriarch.client.resource import ResourceRef
from myriarch.controllers.caches import Caches
from myriarch.controllers.release.granting import apply_grants, field_manager
from myriarch.controllers.release.starting import FIELD_MANAGER, is_over, patch_status
from myriarch.runtime.fence import current_term

LOOK_SECONDS: Final = 0.5
"""How soon to look whether the caches show the new term."""

ANNOTATION: Final = "term.myriarch.io/"
"""Followed by the component's name."""


class Takeover:
    """Shared by the controllers that decide over a component."""

    def __init__(self, client: Client, caches: Caches) -> None:
        self._client = client
        self._caches = caches
        self._done: dict[str, int] = {}

    async def done(self, name: str) -> bool:
        """Whether work on the component ``name`` may begin in the current term; if not, come back soon."""
        term = current_term()
        if not term or self._done.get(name, 0) >= term:
            return True
        component = self._caches.components.get(name)
        if component is None:
            return True
        if component.status.term < term:
            await patch_status(self._client, component, {"term": term})
            return False
        stale = [release for release in self._releases(name) if release.status.term < term]
        for release in stale:
            await self._raise_release(release, term)
        granted = list(self._granted(name, term)) if component.status.active_release else []
        await apply_grants(self._client, granted, only_unchanged=True)
        bare = list(self._bare(component, term))
        for cluster in bare:
            await self._touch(cluster, name, term)
        if stale or granted or bare:
            return False
        self._done[name] = term
        return True

    def _releases(self, component: str) -> Iterator[Release]:
        for release in self._caches.releases.cache.values():
            if release.spec.component == component and release.status.attempt and not is_over(release):
                yield release

    def _granted(self, component: str, term: int) -> Iterator[tuple[Cluster, Grant]]:
        for cluster in self._caches.clusters.cache.values():
            held = cluster.grant(component)
            if held is not None and held.term < term:
                yield cluster, held

    def _bare(self, component: Component, term: int) -> Iterator[Cluster]:
        """Clusters without a grant that were not touched in this term."""
        if not component.status.active_release:
            return
        for cluster in self._caches.clusters.cache.values():
            marked = cluster.metadata.annotations.get(ANNOTATION + component.name, "0")
            if cluster.grant(component.name) is None and (not marked.isdecimal() or int(marked) < term):
                yield cluster

    async def _raise_release(self, release: Release, term: int) -> None:
        metadata = {"resourceVersion": release.metadata.resource_version}
        await self._patch(RELEASES, release, {"metadata": metadata, "status": {"term": term}}, FIELD_MANAGER, "status")

    async def _touch(self, cluster: Cluster, component: str, term: int) -> None:
        patch = {"metadata": {"annotations": {ANNOTATION + component: str(term)}}}
        await self._patch(CLUSTERS, cluster, patch, field_manager(component), "")

    async def _patch(
        self, ref: ResourceRef, obj: Release | Cluster, patch: dict[str, Any], manager: str, subresource: str
    ) -> None:
        try:
            await self._client.patch(
                ref,
                Unread,
                obj.name,
                patch,
                namespace=obj.metadata.namespace or "",
                subresource=subresource,
                field_manager=manager,
            )
        except NotFound:
            return

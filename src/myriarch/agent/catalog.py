"""The Components and Revisions that the grants of clusters name, fetched when they are named.

A grant says which revision; what that revision is stands in an object of its own at the hub, which is read once:
revisions are immutable. Components may be edited, so they are read again after a while. What a grant names and the
hub doesn't have can't be acted on, and is told; a hub that doesn't answer is another matter, for the caller to
wait for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from myriarch.agent.finding import Reason
from myriarch.api.cluster import Cluster, Grant
from myriarch.api.component import Component
from myriarch.api.revision import Revision
from myriarch.base.clock import Clock
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, NotFound
from myriarch.client.refs import COMPONENTS, REVISIONS
from myriarch.drivers.driver import Trouble

COMPONENT_SECONDS: Final = 300.0
"""A component older than this is read again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one grant is about."""

    component: Component
    revisions: Mapping[str, Revision]


class Catalog:
    """Shared by the clusters of a host."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._components: dict[str, tuple[Component, float]] = {}
        self._revisions: dict[str, Revision] = {}
        self._one_at_a_time = asyncio.Lock()

    async def look_up(self, grant: Grant) -> Entry | Trouble:
        """What the grant names; a Trouble where the hub has no such object. Raises what the client raises, unless
        what is at hand will do."""
        try:
            async with self._one_at_a_time:
                component = await self._component(grant.component)
                names = sorted({grant.revision, grant.rollback_to} - {""})
                revisions = {name: await self._revision(name) for name in names}
        except _Missing as missing:
            return Trouble(Reason.OBJECT_MISSING, str(missing))
        return Entry(component, revisions)

    def remember(self, components: Iterable[Component], revisions: Iterable[Revision]) -> None:
        """What was known before a restart; components are read again as soon as that can be."""
        self._components.update({each.name: (each, float("-inf")) for each in components})
        self._revisions.update({each.name: each for each in revisions})

    def known(self, cluster: Cluster) -> tuple[list[Component], list[Revision]]:
        """All that the grants of ``cluster`` name, as far as it is at hand."""
        grants = cluster.spec.components
        components = [self._components[g.component][0] for g in grants if g.component in self._components]
        names = sorted({name for g in grants for name in (g.revision, g.rollback_to)} & self._revisions.keys())
        return components, [self._revisions[name] for name in names]

    async def _component(self, name: str) -> Component:
        known = self._components.get(name)
        now = self._clock.now()
        if known is not None and now - known[1] < COMPONENT_SECONDS:
            return known[0]
        try:
            found = await self._client.get(COMPONENTS, Component, name)
        except NotFound:
            self._components.pop(name, None)
            raise _Missing(f"The hub has no component {name!r}. Create it.") from None
        except ApiError:
            if known is None:
                raise
            return known[0]
        self._components[name] = (found, now)
        return found

    async def _revision(self, name: str) -> Revision:
        found = self._revisions.get(name)
        if found is None:
            try:
                found = await self._client.get(REVISIONS, Revision, name)
            except NotFound:
                raise _Missing(f"The hub has no revision {name!r}. Create it.") from None
            self._revisions[name] = found
        return found


class _Missing(Exception):
    """The hub answers that it has no such object."""

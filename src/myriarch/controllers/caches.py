"""What the controllers read: one informer a kind, shared by all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from myriarch.api.cluster import Cluster
from myriarch.api.component import Component
from myriarch.api.environment import Environment
from myriarch.api.freezewindow import FreezeWindow
from myriarch.api.override import Override
from myriarch.api.policy import ReleasePolicy
from myriarch.api.release import Release
from myriarch.api.releasetrain import ReleaseTrain
from myriarch.api.revision import Revision
from myriarch.base.clock import Clock
from myriarch.client import refs
from myriarch.client.client import Client
from myriarch.client.informer import Informer


class Caches:
    """``run`` keeps them true; read them once ``wait_synced`` has returned."""

    def __init__(self, client: Client, clock: Clock, seed: int) -> None:
        self.clusters: Informer[Cluster] = Informer(client, refs.CLUSTERS, Cluster, clock, seed=seed)
        self.components: Informer[Component] = Informer(client, refs.COMPONENTS, Component, clock, seed=seed)
        self.environments: Informer[Environment] = Informer(client, refs.ENVIRONMENTS, Environment, clock, seed=seed)
        self.revisions: Informer[Revision] = Informer(client, refs.REVISIONS, Revision, clock, seed=seed)
        self.policies: Informer[ReleasePolicy] = Informer(client, refs.POLICIES, ReleasePolicy, clock, seed=seed)
        self.releases: Informer[Release] = Informer(client, refs.RELEASES, Release, clock, seed=seed)
        self.trains: Informer[ReleaseTrain] = Informer(client, refs.TRAINS, ReleaseTrain, clock, seed=seed)
        self.windows: Informer[FreezeWindow] = Informer(client, refs.FREEZE_WINDOWS, FreezeWindow, clock, seed=seed)
        self.overrides: Informer[Override] = Informer(client, refs.OVERRIDES, Override, clock, seed=seed)

        self.release_written: list[Callable[[Release | None, Release | None], None]] = []
        """Who hears of releases that we wrote ourselves: those the informer tells nobody of."""

    def all(self) -> tuple[Informer[Any], ...]:
        """Every informer."""
        return (
            self.clusters,
            self.components,
            self.environments,
            self.revisions,
            self.policies,
            self.releases,
            self.trains,
            self.windows,
            self.overrides,
        )

    async def wait_synced(self) -> None:
        """Return once every first list is in."""
        await asyncio.gather(*(informer.wait_synced() for informer in self.all()))

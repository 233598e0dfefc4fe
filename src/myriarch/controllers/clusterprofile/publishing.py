"""Publishes every Cluster as a ClusterProfile of SIG Multicluster, for tools that read inventories.

It works where that kind is served, and looks now and then whether it is: nothing breaks where it is not. Profiles are
in Myriarch's namespace, under Myriarch's name as cluster manager, and applied with a field manager of its own. What
another manager has published is never touched: an apply without force is refused where a profile is another's, and
only profiles that say that they are ours are deleted.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from myriarch.api.cluster import Cluster
from myriarch.base.clock import Clock
from myriarch.base.errors import Terminal
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, ApplyConflict, NotFound
from myriarch.client.informer import Informer
from myriarch.client.inventory import MANAGER, MANAGER_LABEL, PROFILES
from myriarch.client.objects import Raw, Unread
from myriarch.client.resource import NAMESPACES, ResourceRef
from myriarch.controllers.caches import Caches
from myriarch.controllers.clusterprofile.rendering import profile_of, status_of
from myriarch.controllers.sharing import Share
from myriarch.runtime.queue import WorkQueue

NAMESPACE: Final = "myriarch-system"
FIELD_MANAGER: Final = "myriarch-clusterprofile"
LOOK_SECONDS: Final = 60.0
"""How often it is asked whether the kind is served by now."""

GATHER_SECONDS: Final = 15.0
"""Counts of nodes change all the time; a profile need not follow each."""


class ProfileController:
    """Keys are names of Clusters, and of profiles of ours."""

    def __init__(self, client: Client, caches: Caches, clock: Clock, *, seed: int = 0) -> None:
        self._client = client
        self._caches = caches
        self._clock = clock
        self._seed = seed
        self._profiles: Informer[Raw] | None = None
        self.queue: WorkQueue[str] = WorkQueue(clock, seed=seed)
        caches.clusters.on_change(self._cluster_changed)

    def share(self) -> Share[str]:
        """Which keys are whose, by the name of the cluster."""
        return Share(self.queue, lambda name: name, self._names)

    async def run(self) -> None:
        """Follow the profiles that there are, from when their kind is served, until cancelled."""
        while (ref := await self._served()) is None:
            await self._clock.sleep(LOOK_SECONDS)
        await self._ensure_namespace()
        ours = f"{MANAGER_LABEL}={MANAGER}"
        profiles: Informer[Raw] = Informer(
            self._client, ref, Raw, self._clock, namespace=NAMESPACE, label_selector=ours, seed=self._seed
        )
        following = asyncio.create_task(profiles.run(), name="informer clusterprofiles")
        try:
            await profiles.wait_synced()
            self._profiles = profiles
            profiles.on_change(self._profile_changed)
            for name in self._names():
                self.queue.add(name)
            await following
        finally:
            following.cancel()

    async def reconcile(self, name: str) -> float | None:
        """Bring one profile in line with its Cluster. Raises Terminal where the name is another manager's."""
        if self._profiles is None:
            return None
        cluster = self._caches.clusters.get(name)
        known = self._profiles.get(name, NAMESPACE)
        if cluster is not None:
            await self._publish(cluster, self._profiles.ref, known)
        elif known is not None and _is_ours(known):
            await self._withdraw(self._profiles.ref, known)
        return None

    async def _publish(self, cluster: Cluster, ref: ResourceRef, known: Raw | None) -> None:
        wanted = profile_of(cluster, ref, NAMESPACE)
        try:
            if known is None or _differs(wanted, known):
                # Forced only onto what is ours: another's profile answers with a conflict.
                force = known is not None and _is_ours(known)
                known = await self._client.apply(ref, wanted, field_manager=FIELD_MANAGER, force=force)
            status = status_of(cluster)
            if status != known.get("status"):
                written = {key: wanted[key] for key in ("apiVersion", "kind")}
                written |= {"metadata": {"name": cluster.name, "namespace": NAMESPACE}, "status": status}
                await self._client.apply_status(ref, written, field_manager=FIELD_MANAGER, force=True)
        except ApplyConflict as error:
            raise Terminal(f"ClusterProfile {NAMESPACE}/{cluster.name} is another's: {error}") from None

    async def _withdraw(self, ref: ResourceRef, known: Raw) -> None:
        metadata = known["metadata"]
        try:
            await self._client.delete(ref, metadata["name"], NAMESPACE, uid=metadata["uid"])
        except NotFound:
            return

    async def _served(self) -> ResourceRef | None:
        """The version in which profiles are served to us; None where they aren't."""
        for ref in PROFILES:
            try:
                await self._client.list(ref, Unread, NAMESPACE)
            except ApiError:  # not there, or not ours to read, or the server is away: later, perhaps
                continue
            return ref
        return None

    async def _ensure_namespace(self) -> None:
        """``install`` makes it, but an embedded hub is not installed. Where it is there, or we may not make it, the
        answer is an error that means nothing."""
        namespace: Raw = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        with suppress(ApiError):
            await self._client.create(NAMESPACES, namespace)

    def _names(self) -> list[str]:
        names = [key.name for key in self._caches.clusters.cache]
        if self._profiles is not None:
            names += [key.name for key in self._profiles.cache if self._caches.clusters.get(key.name) is None]
        return names

    def _cluster_changed(self, old: Cluster | None, new: Cluster | None) -> None:
        cluster = new or old
        assert cluster is not None
        if old is None or new is None:
            self.queue.add(cluster.name)
        elif _told(old) != _told(new):
            self.queue.add_after(cluster.name, GATHER_SECONDS)

    def _profile_changed(self, old: Raw | None, new: Raw | None) -> None:
        profile = new or old
        assert profile is not None
        self.queue.add(profile["metadata"]["name"])


def _told(cluster: Cluster) -> tuple[Any, ...]:
    """All of a Cluster that its profile tells."""
    status = cluster.status
    counts = (status.nodes, status.ready_nodes, status.kubernetes_version)
    return cluster.spec.access, cluster.spec.mode, cluster.metadata.labels, counts, status.conditions


def _is_ours(profile: Raw) -> bool:
    manager = (profile.get("spec") or {}).get("clusterManager") or {}
    return bool(manager.get("name") == MANAGER)


def _differs(wanted: Raw, known: Raw) -> bool:
    labels = known["metadata"].get("labels") or {}
    return bool(wanted["spec"] != known.get("spec") or wanted["metadata"]["labels"] != labels)

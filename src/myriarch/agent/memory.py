"""What an agent needs to go on after a restart while the hub is away, and keeps outside its process.

That is its last Cluster object with the grants in it, its own last report, and the Components and Revisions that
the grants name: to finish a step, or to take it back, nothing else is needed. It is written before the agent acts by
a grant, so that what it does is never newer than what it remembers.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Final

import msgspec

from myriarch.agent.catalog import Catalog
from myriarch.agent.state import State
from myriarch.api.cluster import Cluster, ClusterStatus, ComponentStatus
from myriarch.api.component import Component
from myriarch.api.revision import Revision

MEMORY: Final = "memory"
MEMORY_BYTES_MAX: Final = 64 * 1024 * 1024
"""Unpacked. What is larger was not written by us."""


class Remembered(msgspec.Struct, frozen=True):
    """All that is kept."""

    cluster: Cluster
    components: list[Component]
    revisions: list[Revision]


class Memory:
    """One cluster's, in ``state``."""

    def __init__(self, state: State, catalog: Catalog) -> None:
        self._state = state
        self._catalog = catalog
        self._kept: bytes | None = None

    async def recall(self) -> Cluster | None:
        """The cluster as it was when this was kept, the catalog filled; None where nothing sound is kept."""
        packed = await self._state.read(MEMORY)
        if not packed:
            return None
        try:
            unpacker = zlib.decompressobj()
            found = msgspec.json.decode(unpacker.decompress(packed, MEMORY_BYTES_MAX), type=Remembered)
        except (zlib.error, msgspec.DecodeError):
            return None
        self._catalog.remember(found.components, found.revisions)
        return found.cluster

    async def forget(self) -> None:
        """Keep nothing."""
        self._kept = None
        await self._state.write(MEMORY, b"")

    async def keep(self, cluster: Cluster, reported: Mapping[str, ComponentStatus]) -> None:
        """Write it down, where it differs from what was. Raises what ``state`` raises."""
        components, revisions = self._catalog.known(cluster)
        told = {status.component: status for status in cluster.status.components} | dict(reported)
        status = msgspec.structs.replace(cluster.status, components=[_lasting(told[name]) for name in sorted(told)])
        metadata = msgspec.structs.replace(cluster.metadata, resource_version=None)
        bare = msgspec.structs.replace(cluster, metadata=metadata, status=_without_counts(status))
        plain = msgspec.json.encode(Remembered(bare, components, revisions))
        if plain != self._kept:
            await self._state.write(MEMORY, zlib.compress(plain))
            self._kept = plain


def _lasting(status: ComponentStatus) -> ComponentStatus:
    """What can't be gathered again from the nodes: progress is left out, or every step would be a write."""
    return msgspec.structs.replace(
        status,
        begun=0,
        updating=0,
        updated=0,
        unreachable=0,
        off_target=0,
        reverted=0,
        message="",
        nodes=0,
        arrivals=[],
    )


def _without_counts(status: ClusterStatus) -> ClusterStatus:
    return msgspec.structs.replace(status, nodes=0, ready_nodes=0, strata={}, sick=[], conditions=[])

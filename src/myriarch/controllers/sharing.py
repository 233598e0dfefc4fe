"""Which keys of which controller are this replica's: what ties queues and workers to shards.

A worker drops keys of shards that are not held; whoever gains a shard puts all keys of it in line, so that
nothing dropped is missed. Releases and standing state go by their component, so that one replica decides all of a
component; everything else goes by its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from myriarch.client.informer import Informer
from myriarch.client.resource import ObjectKey
from myriarch.controllers.caches import Caches
from myriarch.runtime.queue import WorkQueue
from myriarch.runtime.shards import Shards, shard_of
from myriarch.runtime.worker import Reconcile

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Share(Generic[K]):
    """One controller's queue. ``shard_key`` says what decides the shard of a key; ``keys`` are all there are."""

    queue: WorkQueue[K]
    shard_key: Callable[[K], str]
    keys: Callable[[], Iterable[K]]

    def gained(self, shard: int) -> None:
        """Put every key of ``shard`` in line."""
        for key in list(self.keys()):
            if shard_of(self.shard_key(key)) == shard:
                self.queue.add(key)

    def fenced(self, reconcile: Reconcile[K], shards: Shards) -> Reconcile[K]:
        """``reconcile`` for keys of held shards only, each in the name of its hold."""

        async def step(key: K) -> float | None:
            hold = shards.hold(self.shard_key(key))
            if hold is None:
                return None
            with hold.in_use():
                return await reconcile(key)

        return step


def by_name(queue: WorkQueue[str], informer: Informer[Any]) -> Share[str]:
    """Keys are names of cluster-scoped objects."""
    return Share(queue, lambda name: name, lambda: [key.name for key in informer.cache])


def by_component(queue: WorkQueue[ObjectKey], caches: Caches) -> Share[ObjectKey]:
    """Keys are releases. A deleted one is known by the component that it still holds."""

    def component_of(key: ObjectKey) -> str:
        release = caches.releases.cache.get(key)
        if release is not None:
            return release.spec.component
        held = (each.name for each in caches.components.cache.values() if each.status.active_release == str(key))
        return next(held, str(key))

    def keys() -> Iterable[ObjectKey]:
        yield from caches.releases.cache
        for component in caches.components.cache.values():
            if component.status.active_release:
                yield ObjectKey(*component.status.active_release.split("/", 1))

    return Share(queue, component_of, keys)


def by_train(queue: WorkQueue[ObjectKey], caches: Caches) -> Share[ObjectKey]:
    """Keys are trains: one replica decides all of them, because one may supersede another."""
    return Share(queue, lambda _key: "releasetrains", lambda: list(caches.trains.cache))


def highest_term(caches: Caches, shard: int) -> int:
    """The highest term that a component of ``shard`` was ever decided in."""
    mine = (each for each in caches.components.cache.values() if shard_of(each.name) == shard)
    return max((component.status.term for component in mine), default=0)

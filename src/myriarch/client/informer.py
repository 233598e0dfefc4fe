"""A cache of one resource, kept true by list and watch, that tells handlers what changed.

``run`` lists, then watches from there. A dropped watch goes on where it was; a version too old (410) means
a new list, whose differences from the cache become additions, updates and deletions, so that no deletion is
ever missed. Errors of the API never end it: it waits, longer each time, and tries again. Handlers are plain
functions called in order between two awaits; they put keys on queues and do no more. An error in a handler
is ours and ends ``run``.

What a list says counts as it is. Events of a watch that come late (again after newer ones, or for what has been deleted
since) are passed over: versions of a resource can be compared as numbers (KEP-5504; etcd's revisions always could).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import aclosing
from typing import Any, Final, Generic, NoReturn, TypeVar

from myriarch.base.clock import Clock
from myriarch.base.errors import ProgrammerError
from myriarch.client.backoff import Backoff
from myriarch.client.client import Client
from myriarch.client.errors import ApiError, Gone
from myriarch.client.objects import Bookmark, Deleted, Identity, WatchEvent, identity
from myriarch.client.resource import ObjectKey, ResourceRef

T = TypeVar("T")

Handler = Callable[[T | None, T | None], None]
"""Called with (old, new): (None, new) for an addition, (old, None) for a deletion."""

SHORTEST_WATCH_SECONDS: Final = 1.0
"""A watch that ends sooner, having told nothing, counts as failed: else a broken server is asked without
end.
"""


DELETED_MAX: Final = 1024
"""So many deleted objects are remembered, lest late events bring them back."""


class Informer(Generic[T]):
    """``cache`` may be read at any time and must not be written; its objects are shared."""

    def __init__(
        self,
        client: Client,
        ref: ResourceRef,
        kind: type[T],
        clock: Clock,
        *,
        namespace: str = "",
        label_selector: str = "",
        field_selector: str = "",
        seed: int = 0,
        watch_timeout_seconds: float | None = None,
        on_error: Callable[[ApiError], None] | None = None,
    ) -> None:
        """``seed`` jitters the waits; ``on_error`` hears of every error of the API that was survived."""
        self.cache: dict[ObjectKey, T] = {}
        self.ref = ref
        self._client = client
        self._kind = kind
        self._clock = clock
        self._namespace = namespace
        self._selectors = {"label_selector": label_selector, "field_selector": field_selector}
        self._watch_timeout_seconds = watch_timeout_seconds
        self._on_error = on_error
        self._backoff = Backoff(seed, f"informer {client.cluster} {ref}")
        self._resource_version = ""
        self._deleted: dict[ObjectKey, str] = {}
        self._synced = asyncio.Event()
        self._on_add: list[Handler[T]] = []
        self._on_update: list[Handler[T]] = []
        self._on_delete: list[Handler[T]] = []

    @property
    def has_synced(self) -> bool:
        """Whether the first list is in the cache."""
        return self._synced.is_set()

    async def wait_synced(self) -> None:
        await self._synced.wait()

    def get(self, name: str, namespace: str = "") -> T | None:
        return self.cache.get(ObjectKey(namespace, name))

    def add_handlers(
        self,
        on_add: Handler[T] | None = None,
        on_update: Handler[T] | None = None,
        on_delete: Handler[T] | None = None,
    ) -> None:
        """Call these from now on; ``on_add`` hears at once of what the cache holds."""
        for handler, handlers in (
            (on_add, self._on_add),
            (on_update, self._on_update),
            (on_delete, self._on_delete),
        ):
            if handler is not None:
                handlers.append(handler)
        if on_add is not None:
            for obj in list(self.cache.values()):
                on_add(None, obj)

    def on_change(self, handler: Handler[T]) -> None:
        """Call ``handler`` for additions, updates and deletions."""
        self.add_handlers(handler, handler, handler)

    async def run(self) -> NoReturn:
        """Keep the cache true until cancelled. Raises ProgrammerError when a handler fails."""
        while True:
            try:
                await self._list_once()
                await self._watch_once()
            except Gone as error:
                self._resource_version = ""
                await self._survive(error)
            except ApiError as error:
                await self._survive(error)

    async def _survive(self, error: ApiError) -> None:
        if self._on_error is not None:
            self._on_error(error)
        await self._clock.sleep(self._backoff.next_seconds(error.retry_after_seconds))

    async def _list_once(self) -> None:
        """List, unless it is known from which version to watch."""
        if self._resource_version:
            return
        listing = await self._client.list(self.ref, self._kind, self._namespace, **self._selectors)
        self._replace_all(listing.items)
        self._resource_version = listing.resource_version
        self._synced.set()

    async def _watch_once(self) -> None:
        begun, told = self._clock.now(), False
        watch = self._client.watch(
            self.ref,
            self._kind,
            self._namespace,
            resource_version=self._resource_version,
            timeout_seconds=self._watch_timeout_seconds,
            **self._selectors,
        )
        async with aclosing(watch) as events:
            async for event in events:
                if not told:
                    told = True
                    self._backoff.reset()
                self._take(event)
        if not told and self._clock.now() - begun < SHORTEST_WATCH_SECONDS:
            await self._clock.sleep(self._backoff.next_seconds())
        else:
            self._backoff.reset()

    def _take(self, event: WatchEvent[T]) -> None:
        if isinstance(event, Bookmark):
            self._seen(event.object.metadata.resource_version or "")
            return
        found = identity(event.object)
        if not self._late(found):
            if isinstance(event, Deleted):
                self._bury(found)
                self._remove(found.key)
            else:
                self._store(event.object, found)
        self._seen(found.resource_version)

    def _seen(self, version: str) -> None:
        if not is_older(version, self._resource_version):
            self._resource_version = version

    def _late(self, found: Identity) -> bool:
        """Whether something newer is known of the object."""
        known = self.cache.get(found.key)
        newest = self._deleted.get(found.key, "") if known is None else identity(known).resource_version
        return is_older(found.resource_version, newest)

    def _bury(self, found: Identity) -> None:
        self._deleted.pop(found.key, None)
        self._deleted[found.key] = found.resource_version
        if len(self._deleted) > DELETED_MAX:
            del self._deleted[next(iter(self._deleted))]

    def _replace_all(self, items: list[T]) -> None:
        self._deleted.clear()
        found = [identity(item) for item in items]
        if self.cache:
            keys = {each.key for each in found}
            for key in [key for key in self.cache if key not in keys]:
                self._remove(key)
        for item, each in zip(items, found, strict=True):
            self._store(item, each)

    def _store(self, new: T, found: Identity) -> None:
        """Put ``new`` in the cache; one of the same name but another uid is another object."""
        old = self.cache.get(found.key)
        if old is not None:
            before = identity(old)
            if before.resource_version == found.resource_version and before.uid == found.uid:
                return
            if before.uid != found.uid:
                self._remove(found.key)
                old = None
        self.cache[found.key] = new
        self._tell(self._on_add if old is None else self._on_update, old, new)

    def _remove(self, key: ObjectKey) -> None:
        old = self.cache.pop(key, None)
        if old is not None:
            self._tell(self._on_delete, old, None)

    def _tell(self, handlers: list[Handler[T]], old: T | None, new: T | None) -> None:
        for handler in handlers:
            try:
                handler(old, new)
            except Exception as error:
                raise ProgrammerError(f"a handler of {self.ref} failed: {error!r}") from error


def is_older(version: str, than: str) -> bool:
    """Whether one resource version is older than another; never where they are no numbers."""
    return version.isdigit() and than.isdigit() and int(version) < int(than)


def run_informers(informers: Iterable[Informer[Any]]) -> list[asyncio.Task[NoReturn]]:
    """One task for each, in order; the caller cancels them."""
    return [asyncio.create_task(informer.run(), name=f"informer {informer.ref}") for informer in informers]

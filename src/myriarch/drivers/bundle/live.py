"""The bundle's objects as they are in the cluster: one watch a kind, chosen by the bundle's label.

Kinds come and go with the revisions, so watches are started and ended as ``want`` is told. A watch of a kind that
isn't served yet tries again until it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from myriarch.base.clock import Clock
from myriarch.client.client import Client
from myriarch.client.informer import Informer
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef


class LiveObjects:
    """Objects that bear ``label_selector``; ``changed(old, new)`` hears of each change."""

    def __init__(
        self, client: Client, clock: Clock, label_selector: str, changed: Callable[[Raw | None, Raw | None], None]
    ) -> None:
        self._client = client
        self._clock = clock
        self._selector = label_selector
        self._changed = changed
        self._informers: dict[ResourceRef, Informer[Raw]] = {}
        self._tasks: dict[ResourceRef, asyncio.Task[None]] = {}

    def want(self, refs: Sequence[ResourceRef]) -> None:
        """Watch these and no others."""
        for ref in [ref for ref in self._tasks if ref not in refs]:
            self._tasks.pop(ref).cancel()
            del self._informers[ref]
        for ref in refs:
            if ref not in self._tasks:
                informer = Informer(self._client, ref, Raw, self._clock, label_selector=self._selector)
                informer.on_change(self._changed)
                self._informers[ref] = informer
                self._tasks[ref] = asyncio.create_task(informer.run(), name=f"bundle {ref}")

    def synced(self, ref: ResourceRef) -> bool:
        """Whether what ``get`` says of the kind can be believed."""
        informer = self._informers.get(ref)
        return informer is not None and informer.has_synced

    def get(self, ref: ResourceRef, name: str, namespace: str) -> Raw | None:
        informer = self._informers.get(ref)
        return informer.get(name, namespace if ref.namespaced else "") if informer else None

    async def close(self) -> None:
        """End every watch."""
        tasks = list(self._tasks.values())
        self.want(())
        await asyncio.gather(*tasks, return_exceptions=True)

"""What all handlers share: the store, the types, the watches, the clock, and where each bucket's objects live.

A ``Backend`` hides the one difference between objects: most are stored, while the Nodes of simulated
clusters are rendered (``nodes.py``). Handlers are written once, over backends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from myriarch.apiserver.call import Call
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.record import Bucket, Change, Key, Record, encode
from myriarch.apiserver.registry import Registry
from myriarch.apiserver.shelf import Place
from myriarch.apiserver.status import ApiError
from myriarch.apiserver.store import Store
from myriarch.apiserver.uids import Uids
from myriarch.apiserver.watch import Watches
from myriarch.base.clock import Clock
from myriarch.base.errors import UserFault

MAX_OBJECT_BYTES = 1_536 * 1024


class Backend(Protocol):
    """Where the objects of a bucket are. ``head`` is what a write builds on; the rest sees committed state."""

    def version(self) -> int: ...

    def get(self, key: Key) -> Record | None: ...

    def head(self, key: Key) -> Record | None: ...

    def records(
        self, bucket: Bucket, namespace: str | None, after: Place | None = None, at_version: int | None = None
    ) -> Iterator[Record]: ...

    def changes_since(self, bucket: Bucket, version: int) -> list[Change]: ...

    def save(self, rtype: ResourceType, key: Key, obj: dict[str, Any]) -> Record:
        """Write the object (stored form), stamping its resourceVersion."""

    def remove(self, rtype: ResourceType, key: Key) -> Record: ...


class StoredBackend:
    """Objects in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.get = store.get
        self.head = store.head
        self.records = store.records
        self.changes_since = store.changes_since

    def version(self) -> int:
        return self._store.version

    def save(self, rtype: ResourceType, key: Key, obj: dict[str, Any]) -> Record:
        version = self._store.allot()
        obj["metadata"]["resourceVersion"] = str(version)
        # Kind and version first: lists of built-in types leave them out (``negotiate.py``).
        data = encode({"kind": obj.get("kind"), "apiVersion": obj.get("apiVersion"), **obj})
        if len(data) > MAX_OBJECT_BYTES:
            raise ApiError(413, "RequestEntityTooLarge", f"the object is too large: limit is {MAX_OBJECT_BYTES} bytes")
        record = Record(key, version, data)
        self._store.put(record)
        return record

    def remove(self, rtype: ResourceType, key: Key) -> Record:
        return self._store.remove(key, self._store.allot())


class NodeBackends(Protocol):
    """The rendered Nodes, as far as ``Core`` must know them."""

    def has_cluster(self, cluster: str) -> bool: ...

    @property
    def backend(self) -> Backend: ...


AdmissionCheck = Callable[[dict[str, Any]], list[UserFault]]
"""What a kind must obey beyond its schema; called with objects that the schema has admitted."""


class Guard(Protocol):
    """What writes of users without full rights must be allowed beyond their verb (``access/guard.py``)."""

    def check(self, call: Call, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None: ...

    def creation(self, call: Call) -> None: ...


@dataclass(eq=False)
class Core:
    clock: Clock
    store: Store
    registry: Registry
    watches: Watches
    uids: Uids
    stored: Backend
    nodes: NodeBackends | None = None
    admission: Mapping[str, AdmissionCheck] = field(default_factory=dict)
    guard: Guard | None = None

    def backend(self, call: Call) -> Backend:
        if self.nodes is not None and call.type.kind == "Node" and self.nodes.has_cluster(call.cluster):
            return self.nodes.backend
        return self.stored

"""The Nodes of simulated clusters: not stored, but rendered from the fleet, with what users wrote on top.

A cluster that somebody reads or watches gets a shelf: its nodes rendered once, each at a version from the
store's counter, kept up to date by the fleet's change notices, with a short history to resume watches
from. Shelves that nobody watches are dropped, the least recently used first; a cluster that nobody looks at
costs nothing, whatever happens in it.

Users may write labels, annotations, taints and ``unschedulable`` (``overlay.py``); what they wrote is
stored and merged into every rendering. All else comes from the fleet and is refused.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from myriarch.apiserver.history import History
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.overlay import check_writable, merged, overlay_of
from myriarch.apiserver.record import Bucket, Change, ChangeType, Key, Record, encode
from myriarch.apiserver.shelf import Place, Shelf
from myriarch.apiserver.status import method_not_allowed
from myriarch.apiserver.store import Store
from myriarch.apiserver.watch import Watches

NODES = "nodes"
OVERLAYS = "nodeoverlays.internal"
MAX_IDLE_SHELVES = 64
MAX_NODE_CHANGES = 1_024
MAX_NODE_BYTES = 4 * 1024 * 1024

Object = dict[str, Any]


class NodeSource(Protocol):
    """What the fleet offers."""

    def cluster_names(self) -> Sequence[str]: ...

    def has_cluster(self, cluster: str) -> bool: ...

    def node_names(self, cluster: str) -> Sequence[str]: ...

    def render_node(self, cluster: str, name: str) -> Object | None:
        """A full v1 Node without resourceVersion; uid and creationTimestamp are functions of its identity."""

    def subscribe(self, listener: Callable[[str, Sequence[str]], None]) -> None:
        """``listener(cluster, names of nodes changed, added or removed)`` after each change."""


class SimulatedNodes:
    """The ``Backend`` of Nodes in simulated clusters."""

    def __init__(self, source: NodeSource, store: Store, watches: Watches) -> None:
        self._source = source
        self._store = store
        self._watches = watches
        self._shelves: OrderedDict[str, Shelf] = OrderedDict()
        source.subscribe(self._fleet_changed)
        store.subscribe(self._overlay_changed)

    def has_cluster(self, cluster: str) -> bool:
        return self._source.has_cluster(cluster)

    @property
    def backend(self) -> SimulatedNodes:
        return self

    # -- reading ---------------------------------------------------------------------------------------

    def version(self) -> int:
        return self._store.version

    def get(self, key: Key) -> Record | None:
        return self._shelf(key.bucket.cluster).records.get(key[1:])

    def head(self, key: Key) -> Record | None:
        overlay_key = _overlay_key(key)
        overlay = self._store.head(overlay_key)
        if overlay is self._store.get(overlay_key) or overlay is None:
            return self.get(key)
        return self._rendered(key, overlay.version, overlay)

    def records(
        self, bucket: Bucket, namespace: str | None, after: Place | None = None, at_version: int | None = None
    ) -> Iterator[Record]:
        version = None if at_version is None or at_version >= self.version() else at_version
        return self._shelf(bucket.cluster).read(namespace, after, version)

    def changes_since(self, bucket: Bucket, version: int) -> list[Change]:
        return self._shelf(bucket.cluster).history.since(version)

    # -- writing ---------------------------------------------------------------------------------------

    def save(self, rtype: ResourceType, key: Key, obj: Object) -> Record:
        """Keep what users may write. Raises ApiError 405 for a new node, 422 for other changes."""
        base = self._source.render_node(key.bucket.cluster, key.name)
        head = self.head(key)
        if base is None or head is None:
            raise method_not_allowed()
        check_writable(head.decode(), obj)
        version = self._store.allot()
        overlay = Record(_overlay_key(key), version, encode(overlay_of(base, obj)))
        self._store.put(overlay)
        record = self._rendered(key, version, overlay)
        return record if record is not None else head

    def remove(self, rtype: ResourceType, key: Key) -> Record:
        raise method_not_allowed()

    # -- following the fleet ---------------------------------------------------------------------------

    def _fleet_changed(self, cluster: str, names: Sequence[str]) -> None:
        if not self._store.is_empty(Bucket(cluster, OVERLAYS)):
            self._drop_overlays(cluster, names)
        shelf = self._shelves.get(cluster)
        if shelf is not None:
            bucket = Bucket(cluster, NODES)
            for name in names:
                self._refresh(shelf, Key(bucket, "", name), self._store.allot())

    def _drop_overlays(self, cluster: str, names: Sequence[str]) -> None:
        """What was written on a node goes with it: another node of that name begins anew."""
        for name in names:
            key = Key(Bucket(cluster, OVERLAYS), "", name)
            if self._store.head(key) is not None and self._source.render_node(cluster, name) is None:
                self._store.remove(key, self._store.allot())

    def _overlay_changed(self, change: Change) -> None:
        bucket = change.record.key.bucket
        shelf = self._shelves.get(bucket.cluster) if bucket.resource == OVERLAYS else None
        if shelf is not None:
            key = Key(Bucket(bucket.cluster, NODES), "", change.record.key.name)
            fresh = change.version > shelf.newest
            self._refresh(shelf, key, change.version if fresh else self._store.allot())

    def _refresh(self, shelf: Shelf, key: Key, version: int) -> None:
        previous = shelf.records.get(key[1:])
        record = self._rendered(key, version, self._store.get(_overlay_key(key)))
        if record is None and previous is None:
            return
        shelf.set(key[1:], record)
        kind: ChangeType = "MODIFIED" if previous is not None else "ADDED"
        if record is None and previous is not None:
            kind, record = "DELETED", previous.at_version(version)
        if record is not None:
            change = Change(kind, record, previous)
            shelf.history.append(change)
            shelf.newest = version
            self._watches.publish(change)

    def _rendered(self, key: Key, version: int, overlay: Record | None) -> Record | None:
        node = self._source.render_node(key.bucket.cluster, key.name)
        if node is None:
            return None
        if overlay is not None:
            node = merged(node, overlay.decode())
        node["metadata"] = {**node["metadata"], "resourceVersion": str(version)}
        return Record(key, version, encode(node))

    # -- shelves ---------------------------------------------------------------------------------------

    def _shelf(self, cluster: str) -> Shelf:
        shelf = self._shelves.get(cluster)
        if shelf is None:
            shelf = self._shelves[cluster] = self._filled(cluster)
            self._drop_idle()
        self._shelves.move_to_end(cluster)
        return shelf

    def _filled(self, cluster: str) -> Shelf:
        version = self._store.allot()
        shelf = Shelf(History(version, max_changes=MAX_NODE_CHANGES, max_bytes=MAX_NODE_BYTES))
        bucket = Bucket(cluster, NODES)
        for name in self._source.node_names(cluster):
            key = Key(bucket, "", name)
            record = self._rendered(key, version, self._store.get(_overlay_key(key)))
            if record is not None:
                shelf.records[key[1:]] = record
        shelf.order = sorted(shelf.records)
        shelf.newest = version
        return shelf

    def _drop_idle(self) -> None:
        excess = len(self._shelves) - MAX_IDLE_SHELVES
        if excess <= 0:
            return
        idle = [name for name in self._shelves if not self._watches.is_watched(Bucket(name, NODES))]
        for name in idle[:-1][:excess]:
            del self._shelves[name]


def _overlay_key(key: Key) -> Key:
    return Key(Bucket(key.bucket.cluster, OVERLAYS), "", key.name)

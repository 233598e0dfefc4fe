"""Dependents go with their owners: what has lost all its owners is deleted, as the owners' deletion wishes it.

An index of owners' uids is kept from what the store tells. An owner that waits for its dependents (finalizer
``foregroundDeletion``) goes when they have gone; one that leaves them behind (``orphan``) is first taken out of them.
An owner of a kind that isn't served is taken for alive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.record import Bucket, Change, Key, Record
from myriarch.apiserver.registry import storage_name
from myriarch.apiserver.removal import FOREGROUND_FINALIZER, ORPHAN_FINALIZER
from myriarch.lightcontrollers.world import Kind, Object, Task, World

OWNER, DEPENDENT = "owner:", "dependent:"
_MARK = b'"ownerReferences"'
_ENDING = (b'"' + FOREGROUND_FINALIZER.encode() + b'"', b'"' + ORPHAN_FINALIZER.encode() + b'"')


class _Reference(msgspec.Struct):
    uid: str = ""


class _Meta(msgspec.Struct, rename="camel"):
    uid: str = ""
    owner_references: list[_Reference] = []


class _Head(msgspec.Struct):
    metadata: _Meta


_HEAD = msgspec.json.Decoder(_Head)


class Garbage:
    """``types(cluster)`` are those served there; ``add`` takes what is to be looked at."""

    def __init__(self, world: World, types: Callable[[str], list[ResourceType]], add: Callable[[Task], None]) -> None:
        self._world = world
        self._types = types
        self._add = add
        self._dependents: dict[tuple[str, str], dict[Key, None]] = {}
        self._owners: dict[Key, tuple[str, ...]] = {}
        self._waiting: dict[tuple[str, str], Key] = {}  # (cluster, uid) of owners that wait for dependents

    def learn(self, record: Record) -> None:
        """Take in an object that was there before."""
        if _MARK in record.data:
            self._index(record)
            self._add(_task(DEPENDENT, record.key))
        if any(mark in record.data for mark in _ENDING):
            self._add(_task(OWNER, record.key))

    def hear(self, change: Change) -> None:
        """Take in a change: cheap where no owner is concerned."""
        record = change.record
        key, data = record.key, record.data
        if change.type == "DELETED":
            if self._dependents:
                self._went(record)
            return
        if _MARK in data:
            fresh = key not in self._owners
            self._index(record)
            if fresh:
                self._add(_task(DEPENDENT, key))
        elif key in self._owners:
            self._unindex(key)
        if any(mark in data for mark in _ENDING):
            self._add(_task(OWNER, key))

    def _went(self, record: Record) -> None:
        cluster = record.key.bucket.cluster
        uid = _HEAD.decode(record.data).metadata.uid
        for dependent in self._dependents.get((cluster, uid), {}):
            self._add(_task(DEPENDENT, dependent))
        for owner in self._owners.get(record.key, ()):
            waiting = self._waiting.get((cluster, owner))
            if waiting is not None:
                self._add(_task(OWNER, waiting))
        self._unindex(record.key)

    def _index(self, record: Record) -> None:
        key = record.key
        owners = tuple(each.uid for each in _HEAD.decode(record.data).metadata.owner_references)
        if self._owners.get(key) == owners:
            return
        self._unindex(key)
        self._owners[key] = owners
        for uid in owners:
            self._dependents.setdefault((key.bucket.cluster, uid), {})[key] = None

    def _unindex(self, key: Key) -> None:
        for uid in self._owners.pop(key, ()):
            place = (key.bucket.cluster, uid)
            held = self._dependents.get(place, {})
            held.pop(key, None)
            if not held:
                self._dependents.pop(place, None)

    async def look(self, task: Task) -> None:
        """Do what a task of this collector asks for."""
        role, _, storage = task.kind.partition(":")
        rtype = next((t for t in self._types(task.cluster) if storage_name(t) == storage), None)
        if rtype is None:
            return
        kind = _kind(rtype)
        obj = self._world.get(kind, task.cluster, task.namespace, task.name)
        key = Key(Bucket(task.cluster, storage), task.namespace, task.name)
        if obj is None:
            return
        if f"{role}:" == OWNER:
            await self._end(kind, task.cluster, key, obj)
        else:
            await self._collect(kind, task.cluster, obj)

    async def _collect(self, kind: Kind, cluster: str, obj: Object) -> None:
        """Delete a dependent that no owner keeps, or take out of it the owners that are gone."""
        meta = obj["metadata"]
        references = meta.get("ownerReferences") or []
        if not references or meta.get("deletionTimestamp"):
            return
        alive = [(each, self._owner(cluster, meta.get("namespace", ""), each)) for each in references]
        kept = [each for each, owner in alive if owner is not _GONE and not _waits(owner)]
        if any(_waits(owner) for _, owner in alive) and not kept:
            await self._world.delete(kind, cluster, obj, policy="Foreground")
        elif not kept:
            await self._world.delete(kind, cluster, obj)
        elif len(kept) < len(references):
            await self._world.patch(kind, cluster, obj, {"metadata": {"ownerReferences": kept}})

    def _owner(self, cluster: str, namespace: str, reference: Object) -> Object:
        """The owner that a reference means; ``_GONE`` where there is none of that uid."""
        for rtype in self._types(cluster):
            if rtype.kind == reference["kind"] and rtype.group == _group(reference["apiVersion"]):
                place = namespace if rtype.namespaced else ""
                found = self._world.get(_kind(rtype), cluster, place, reference["name"])
                return found if found is not None and found["metadata"]["uid"] == reference["uid"] else _GONE
        return {}

    async def _end(self, kind: Kind, cluster: str, key: Key, owner: Object) -> None:
        """Bring an owner that is being deleted to its end: its dependents first, or without them."""
        meta = owner["metadata"]
        finalizers = meta.get("finalizers") or []
        if not meta.get("deletionTimestamp"):
            return
        dependents = list(self._dependent_objects(cluster, meta["uid"]))
        if ORPHAN_FINALIZER in finalizers:
            for other, obj in dependents:
                left = [each for each in obj["metadata"]["ownerReferences"] if each["uid"] != meta["uid"]]
                await self._world.patch(other, cluster, obj, {"metadata": {"ownerReferences": left or None}})
            await self._release(kind, cluster, owner, ORPHAN_FINALIZER)
        elif FOREGROUND_FINALIZER in finalizers:
            blocking = [obj for _, obj in dependents if _blocks(obj, meta["uid"])]
            if not blocking:
                self._waiting.pop((cluster, meta["uid"]), None)
                await self._release(kind, cluster, owner, FOREGROUND_FINALIZER)
                return
            self._waiting[cluster, meta["uid"]] = key
            for other, obj in dependents:
                await self._collect(other, cluster, obj)

    def _dependent_objects(self, cluster: str, uid: str) -> Iterator[tuple[Kind, Object]]:
        kinds = {storage_name(rtype): _kind(rtype) for rtype in self._types(cluster)}
        for key in sorted(self._dependents.get((cluster, uid), {})):
            kind = kinds.get(key.bucket.resource)
            obj = self._world.get(kind, cluster, key.namespace, key.name) if kind else None
            if kind is not None and obj is not None:
                yield kind, obj

    async def _release(self, kind: Kind, cluster: str, owner: Object, finalizer: str) -> None:
        left = [each for each in owner["metadata"]["finalizers"] if each != finalizer]
        await self._world.patch(kind, cluster, owner, {"metadata": {"finalizers": left or None}})


_GONE: Object = {"metadata": {}}


def _waits(owner: Object) -> bool:
    meta = owner.get("metadata") or {}
    return bool(meta.get("deletionTimestamp")) and FOREGROUND_FINALIZER in (meta.get("finalizers") or ())


def _blocks(obj: Object, uid: str) -> bool:
    return any(r["uid"] == uid and r.get("blockOwnerDeletion") for r in obj["metadata"].get("ownerReferences") or ())


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]


def _task(role: str, key: Key) -> Task:
    return Task(f"{role}{key.bucket.resource}", key.bucket.cluster, key.namespace, key.name)


def _kind(rtype: ResourceType) -> Kind:
    prefix = f"/apis/{rtype.group_version}" if rtype.group else f"/api/{rtype.version}"
    return Kind(rtype.kind, rtype.plural, storage_name(rtype), prefix, rtype.group_version)

"""CustomResourceDefinitions at work: served once committed, saying so in their status, taking their objects along.

The hub's own kinds are stored as definitions too, so that they can be read; they are served without them, and
can't be deleted. A definition that goes deletes its objects; while finalizers hold one, it stays ``Terminating``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from myriarch.apiserver.builtin.crd import CRD
from myriarch.apiserver.core import Core
from myriarch.apiserver.definition_types import stored_version
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.record import Bucket, Change, Key, Record
from myriarch.apiserver.registry import storage_name
from myriarch.apiserver.routes import HUB
from myriarch.base.clock import rfc3339

RESOURCE = storage_name(CRD)
CLEANUP = "customresourcecleanup.apiextensions.k8s.io"

Object = dict[str, Any]


class Definitions:
    """Make one a server; it follows the store from then on."""

    def __init__(self, core: Core, own: Sequence[Object]) -> None:
        self._core = core
        self._seed(own)
        for cluster in core.store.clusters_with(RESOURCE):
            for record in list(core.store.records(Bucket(cluster, RESOURCE), None)):
                self._apply(record)
                self._settle(record.key)
        core.store.subscribe(self._changed)

    def _seed(self, own: Sequence[Object]) -> None:
        """Store the hub's own definitions as this version of the program has them."""
        for crd in own:
            key = Key(Bucket(HUB, RESOURCE), "", crd["metadata"]["name"])
            head = self._core.store.head(key)
            before = None if head is None else head.decode()
            if before is not None and before["spec"] == crd["spec"]:
                continue
            meta = before["metadata"] if before is not None else self._metadata(key.name)
            obj = {**crd, "metadata": {**crd["metadata"], **meta}}
            obj["status"] = self._status(obj)
            self._core.stored.save(CRD, key, obj)

    def _metadata(self, name: str) -> Object:
        core = self._core
        uid = core.uids.uid(core.store.next_version)
        return {"name": name, "uid": uid, "creationTimestamp": rfc3339(core.clock.now()), "generation": 1}

    def _changed(self, change: Change) -> None:
        key = change.record.key
        if key.bucket.resource != RESOURCE:
            return
        if change.type == "DELETED":
            self._core.registry.forget(key.bucket.cluster, key.name)
            return
        self._apply(change.record)
        asyncio.get_running_loop().call_soon(self._settle, key)

    def _apply(self, record: Record) -> None:
        registry, cluster = self._core.registry, record.key.bucket.cluster
        if not registry.is_own(cluster, record.key.name):
            registry.define(cluster, record.decode())

    def _settle(self, key: Key) -> None:
        """Bring the status in step with the spec."""
        head = self._core.store.head(key)
        if head is None:
            return
        obj = head.decode()
        wanted = self._status(obj)
        if obj.get("status") != wanted and not obj["metadata"].get("deletionTimestamp"):
            obj["status"] = wanted
            self._core.stored.save(CRD, key, obj)

    def _status(self, crd: Object) -> Object:
        before = crd.get("status") or {}
        conditions = before.get("conditions") or []
        if not conditions:
            since = rfc3339(self._core.clock.now())
            conditions = [
                _condition("NamesAccepted", "NoConflicts", "no conflicts found", since),
                _condition("Established", "InitialNamesAccepted", "the initial names have been accepted", since),
            ]
        stored = list(before.get("storedVersions") or [])
        if stored_version(crd) not in stored:
            stored.append(stored_version(crd))
        return {"conditions": conditions, "acceptedNames": crd["spec"]["names"], "storedVersions": stored}


def _condition(kind: str, reason: str, message: str, since: str) -> Object:
    return {"type": kind, "status": "True", "lastTransitionTime": since, "reason": reason, "message": message}


def instances(core: Core, cluster: str, definition: str) -> list[tuple[ResourceType, Record]]:
    """The objects of a definition, as the last writers left them."""
    types = core.registry.defined_types(cluster, definition)
    if not types:
        return []
    bucket = Bucket(cluster, storage_name(types[0]))
    return [(types[0], record) for record in core.store.all_heads(bucket)]


def terminating(obj: Object, since: str) -> None:
    """Mark a definition whose objects are on their way out, in place."""
    meta = obj["metadata"]
    meta["finalizers"] = [*dict.fromkeys([*(meta.get("finalizers") or []), CLEANUP])]
    conditions = [c for c in (obj.get("status") or {}).get("conditions") or [] if c["type"] != "Terminating"]
    conditions.append(_condition("Terminating", "InstanceDeletionInProgress", "objects are being deleted", since))
    obj["status"] = {**(obj.get("status") or {}), "conditions": conditions}

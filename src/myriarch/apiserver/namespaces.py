"""Namespaces: some are in every logical cluster, objects need theirs to exist, and it goes with its content.

Deleting a namespace deletes what is in it in the same turn. Objects with finalizers are only marked; the
namespace stays ``Terminating`` until the last of them is gone.
"""

from __future__ import annotations

from typing import Any

from myriarch.apiserver.core import Core
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.record import Bucket, Key, Record
from myriarch.apiserver.registry import storage_name
from myriarch.apiserver.status import forbidden, not_found
from myriarch.base.clock import rfc3339

DEFAULT = "default"
STANDING = (DEFAULT, "kube-node-lease", "kube-public", "kube-system")
NAME_LABEL = "kubernetes.io/metadata.name"
RESOURCE = "namespaces"
FINALIZER = "kubernetes"


class Namespaces:
    def __init__(self, core: Core) -> None:
        self._core = core
        self._prepared: set[str] = set()

    def prepare(self, cluster: str) -> None:
        """Make the namespaces that every cluster has, where they are missing. Cheap after the first time."""
        if cluster in self._prepared:
            return
        self._prepared.add(cluster)
        for name in STANDING:
            if self._core.store.head(key_of(cluster, name)) is None:
                self._create(cluster, name)

    def _create(self, cluster: str, name: str) -> None:
        core = self._core
        rtype = core.registry.find(cluster, "", "v1", RESOURCE)
        if rtype is None:
            return
        meta: dict[str, Any] = {
            "name": name,
            "uid": core.uids.uid(core.store.next_version),
            "creationTimestamp": rfc3339(core.clock.now()),
        }
        obj = {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}
        complete(obj)
        core.stored.save(rtype, key_of(cluster, name), obj)

    def require(self, call_type: ResourceType, cluster: str, namespace: str, name: str) -> None:
        """Refuse to create in a namespace that isn't there (404) or is being deleted (403)."""
        record = self._core.store.head(key_of(cluster, namespace))
        if record is None:
            raise not_found(RESOURCE, "", namespace)
        if record.decode()["metadata"].get("deletionTimestamp"):
            problem = f"unable to create new content in namespace {namespace} because it is being terminated"
            refusal = forbidden(call_type.plural, call_type.group, name, problem)
            cause = f"namespace {namespace} is being terminated"
            details = refusal.details or {}
            details["causes"] = [{"reason": "NamespaceTerminating", "message": cause, "field": "metadata.namespace"}]
            raise refusal

    def contents(self, cluster: str, namespace: str) -> list[tuple[ResourceType, Record]]:
        """Everything in the namespace, as the last writers left it."""
        core = self._core
        found: list[tuple[ResourceType, Record]] = []
        for rtype in core.registry.namespaced_storages(cluster):
            bucket = Bucket(cluster, storage_name(rtype))
            found += [(rtype, record) for record in core.store.heads(bucket, namespace)]
        return found

    def settle(self, cluster: str, namespace: str) -> None:
        """Remove a terminating namespace once nothing is left in it."""
        key = key_of(cluster, namespace)
        record = self._core.store.head(key)
        if record is None:
            return
        meta = record.decode()["metadata"]
        if not meta.get("deletionTimestamp") or meta.get("finalizers") or self.contents(cluster, namespace):
            return
        self._core.store.remove(key, self._core.store.allot())


def key_of(cluster: str, name: str) -> Key:
    return Key(Bucket(cluster, RESOURCE), "", name)


def complete(obj: dict[str, Any]) -> None:
    """What the server sets on every new namespace."""
    meta = obj["metadata"]
    meta["labels"] = {**(meta.get("labels") or {}), NAME_LABEL: meta["name"]}
    obj["spec"] = {"finalizers": [FINALIZER]}
    obj["status"] = {"phase": "Active"}

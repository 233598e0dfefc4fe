"""How objects go: at once, by and by, or not before others have let go.

An object goes at once unless finalizers hold it, or it is a pod on a node, which is given time to end. A namespace
and a definition take their content along. What a deletion says of dependents (orphan them, wait for them) is
written down as a finalizer, as Kubernetes does; who collects dependents is a controller's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from myriarch.apiserver import definitions
from myriarch.apiserver.builtin.crd import CRD
from myriarch.apiserver.builtin.pod import GRACE_SECONDS
from myriarch.apiserver.core import Core
from myriarch.apiserver.kinds import ResourceType
from myriarch.apiserver.namespaces import Namespaces
from myriarch.apiserver.record import Bucket, Key, Record
from myriarch.apiserver.status import forbidden
from myriarch.base.clock import rfc3339

ORPHAN_FINALIZER = "orphan"
FOREGROUND_FINALIZER = "foregroundDeletion"
_BY_POLICY = {"Orphan": ORPHAN_FINALIZER, "Foreground": FOREGROUND_FINALIZER}
_ORPHANING_KINDS = ("Job",)

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Manner:
    """``policy`` is Orphan, Background, Foreground or empty (the kind's own); ``grace_seconds`` None: the object's."""

    policy: str = ""
    grace_seconds: int | None = None


def remove(core: Core, rtype: ResourceType, record: Record, manner: Manner) -> Record | None:
    """Delete the object, or mark it where something holds it; then the marked record is returned.

    Namespaces and definitions are marked in any case: that is how their deletion is answered.
    """
    obj = record.decode()
    key = record.key
    set_finalizers(obj["metadata"], _finalizers(rtype, obj, manner.policy))
    held = bool(obj["metadata"].get("finalizers"))
    if rtype.kind == "Namespace":
        held = _empty(core, Namespaces(core).contents(key.bucket.cluster, key.name)) or held
    if rtype is CRD:
        held = _empty_definition(core, key, obj) or held
    grace = _grace_seconds(rtype, obj, manner)
    if held or grace:
        return _mark(core, rtype, record, obj, grace)
    if rtype.kind == "Namespace":
        marked = _mark(core, rtype, record, obj, grace)
        Namespaces(core).settle(key.bucket.cluster, key.name)
        return marked
    if rtype is CRD:
        definitions.terminating(obj, rfc3339(core.clock.now()))
        marked = _mark(core, rtype, record, obj, grace)
        gone(core, key)
        return marked
    core.stored.remove(rtype, key)
    gone(core, key)
    return None


def gone(core: Core, key: Key) -> None:
    """After an object went: the namespace or definition that waited for it may go too."""
    cluster = key.bucket.cluster
    if key.namespace:
        Namespaces(core).settle(cluster, key.namespace)
    for name in core.registry.definitions(cluster):
        crd_key = Key(Bucket(cluster, definitions.RESOURCE), "", name)
        head = core.store.head(crd_key)
        if head is None or definitions.CLEANUP.encode() not in head.data:
            continue
        obj = head.decode()
        if obj["metadata"].get("deletionTimestamp") and not definitions.instances(core, cluster, name):
            set_finalizers(obj["metadata"], [f for f in obj["metadata"]["finalizers"] if f != definitions.CLEANUP])
            if obj["metadata"].get("finalizers"):
                core.stored.save(CRD, crd_key, obj)
            else:
                core.stored.remove(CRD, crd_key)


def _finalizers(rtype: ResourceType, obj: Object, policy: str) -> list[str]:
    """The object's finalizers under a policy: at most one of the two about dependents."""
    had = obj["metadata"].get("finalizers") or []
    if not policy and any(each in had for each in _BY_POLICY.values()):
        return had
    chosen = _BY_POLICY.get(policy or ("Orphan" if rtype.kind in _ORPHANING_KINDS else ""))
    kept = [each for each in had if each not in _BY_POLICY.values()]
    return [*kept, chosen] if chosen else kept


def set_finalizers(meta: Object, finalizers: list[str]) -> None:
    if finalizers:
        meta["finalizers"] = finalizers
    else:
        meta.pop("finalizers", None)


def _grace_seconds(rtype: ResourceType, obj: Object, manner: Manner) -> int:
    """How long a pod on a node may take to end; nothing else is given time."""
    spec = obj.get("spec") or {}
    if rtype.kind != "Pod" or not spec.get("nodeName"):
        return 0
    if (obj.get("status") or {}).get("phase") in ("Failed", "Succeeded"):
        return 0
    wanted = manner.grace_seconds
    if wanted is None:
        wanted = int(spec.get("terminationGracePeriodSeconds", GRACE_SECONDS))
    return max(wanted, 0)


def _mark(core: Core, rtype: ResourceType, record: Record, obj: Object, grace: int) -> Record:
    meta = obj["metadata"]
    if meta.get("deletionTimestamp") and grace >= meta.get("deletionGracePeriodSeconds", 0):
        return record if obj == record.decode() else core.stored.save(rtype, record.key, obj)
    meta["deletionTimestamp"] = rfc3339(core.clock.now() + grace)
    meta["deletionGracePeriodSeconds"] = grace
    if rtype.counts_generation:
        meta["generation"] = meta.get("generation", 0) + 1
    if rtype.kind == "Namespace":
        obj["status"] = {**obj.get("status", {}), "phase": "Terminating"}
    return core.stored.save(rtype, record.key, obj)


def _empty(core: Core, contents: list[tuple[ResourceType, Record]]) -> bool:
    """Delete what is there; True where something is left."""
    left = [remove(core, rtype, record, Manner("Background")) for rtype, record in contents]
    return any(record is not None for record in left)


def _empty_definition(core: Core, key: Key, obj: Object) -> bool:
    cluster, name = key.bucket.cluster, key.name
    if core.registry.is_own(cluster, name):
        raise forbidden(CRD.plural, CRD.group, name, "the hub itself works with this kind")
    left = _empty(core, definitions.instances(core, cluster, name))
    if left:
        definitions.terminating(obj, rfc3339(core.clock.now()))
    return left

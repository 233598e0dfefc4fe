"""Deletes what a bundle no longer holds: what stands in the way of others first, Namespaces last.

An object is deleted only if it bears the bundle's label and is the very one that was applied (by uid): one that
somebody re-created is left alone. Kinds whose deletion takes with them what others put there are left too, unless the
payload says ``pruneDangerous``, and so is whatever is annotated ``myriarch.io/prune: disabled``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from myriarch.base.errors import MyriarchError
from myriarch.client.client import Client
from myriarch.client.errors import Conflict, NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef
from myriarch.drivers.bundle.apply import at_once
from myriarch.drivers.bundle.faults import troubled_by
from myriarch.drivers.bundle.inventory import Entry, bundle_of
from myriarch.drivers.bundle.objects import DANGEROUS, DISABLED, PRUNE_ANNOTATION, label_of, rank_of
from myriarch.drivers.bundle.resources import Resources

BACKGROUND: Final = "Background"

_CUSTOM: Final = rank_of("")
_CRD: Final = rank_of("CustomResourceDefinition")
_NAMESPACE: Final = rank_of("Namespace")


async def prune(
    client: Client, resources: Resources, component: str, entries: Sequence[Entry], *, dangerous: bool
) -> list[Entry]:
    """Delete the next of ``entries``; those that are still there and on their way out. Empty: all is done.

    Custom resources are gone before the workloads that may have to finalise them are touched. Raises Troubled where
    deletion is refused.
    """
    groups: dict[tuple[int, int], list[Entry]] = {}
    for entry in entries:
        if dangerous or entry.kind not in DANGEROUS:
            groups.setdefault((-entry.step, -_tier(entry.kind)), []).append(entry)

    async def one(entry: Entry) -> Entry | None:
        return await _prune_one(client, resources, component, entry)

    for key in sorted(groups):
        pending = [entry for entry in await at_once(groups[key], one) if entry is not None]
        if pending:
            return pending
    return []


async def _prune_one(client: Client, resources: Resources, component: str, entry: Entry) -> Entry | None:
    """The entry while the object is there; None once it is gone, or none of ours."""
    ref = await resources.find(entry.group, entry.version, entry.kind)
    if ref is None:
        return None  # Its kind is gone, and it with it.
    namespace = entry.namespace if ref.namespaced else ""
    try:
        live = await client.get(ref, Raw, entry.name, namespace)
        if not _may_delete(live, entry, component):
            return None
        if not live["metadata"].get("deletionTimestamp"):
            await _delete(client, ref, live, namespace)
        live = await client.get(ref, Raw, entry.name, namespace)
    except NotFound:
        return None
    except MyriarchError as error:
        troubled = troubled_by(error, entry.id)
        if troubled is None:
            raise
        raise troubled from None
    return entry if live["metadata"].get("deletionTimestamp") else None


async def _delete(client: Client, ref: ResourceRef, live: Raw, namespace: str) -> None:
    metadata = live["metadata"]
    try:
        await client.delete(ref, metadata["name"], namespace, uid=metadata["uid"], propagation=BACKGROUND)
    except Conflict:
        return  # Another of the same name took its place in between.


def _may_delete(live: Raw, entry: Entry, component: str) -> bool:
    metadata = live["metadata"]
    same = entry.uid in ("", metadata["uid"])
    kept = (metadata.get("annotations") or {}).get(PRUNE_ANNOTATION) == DISABLED
    return same and not kept and bundle_of(live) == label_of(component)


def _tier(kind: str) -> int:
    """Later tiers are deleted first."""
    rank = rank_of(kind)
    if rank in (_NAMESPACE, _CRD):
        return rank
    return _CRD + 1 + (rank >= _CUSTOM) + (rank > _CUSTOM)

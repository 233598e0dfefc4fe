"""What a bundle has put into a cluster, written down in the cluster: a ConfigMap a bundle.

It is written before anything is applied (with all that stands and all that will), and again when everything stands
and what is no longer wanted is gone, so that a crash at any point leaves nothing that nobody knows. Names alone
don't make an object ours: each entry holds the uid that was applied.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from myriarch.client.client import Client
from myriarch.client.errors import AlreadyExists, Conflict, NotFound
from myriarch.client.objects import Raw
from myriarch.client.resource import NAMESPACES, ObjectKey
from myriarch.drivers.bundle.objects import BUNDLE_LABEL, BundleObject, ObjectId, label_of, manager_of
from myriarch.drivers.bundle.render import Context
from myriarch.drivers.bundle.resources import CONFIG_MAPS

INVENTORY_NAMESPACE: Final = "myriarch-system"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One object. ``uid`` is empty until it is known to be applied."""

    group: str
    version: str
    kind: str
    namespace: str
    name: str
    uid: str = ""
    step: int = 0

    @property
    def id(self) -> ObjectId:
        return ObjectId(self.group, self.kind, self.namespace, self.name)


class Inventory(msgspec.Struct, frozen=True):
    """``revision`` is where the bundle stands ('': nowhere), ``applying`` where it is going ('': nowhere) since
    ``began`` (Unix seconds). ``context`` is what the revision was rendered with."""

    revision: str
    applying: str
    began: float
    context: Context
    entries: tuple[Entry, ...]
    resource_version: str = ""

    def uid_of(self, key: ObjectId) -> str:
        """'' where the object isn't listed or its uid isn't known."""
        return next((entry.uid for entry in self.entries if entry.id == key), "")


EMPTY: Final = Inventory("", "", 0.0, Context({}, ""), ())
_ENTRIES: Final = msgspec.json.Decoder(tuple[Entry, ...])
_CONTEXT: Final = msgspec.json.Decoder(Context)


def key_of(component: str) -> ObjectKey:
    """Where the inventory of the component's bundle is."""
    return ObjectKey(INVENTORY_NAMESPACE, f"bundle-{label_of(component)}")


def read_inventory(config_map: Raw) -> Inventory:
    """Raises ValueError where somebody wrote something else into it."""
    data = config_map.get("data") or {}
    try:
        return Inventory(
            revision=data.get("revision", ""),
            applying=data.get("applying", ""),
            began=float(data.get("began", "0")),
            context=_CONTEXT.decode(data.get("context", '{"parameters":{},"kubeVersion":""}')),
            entries=_ENTRIES.decode(data.get("objects", "[]")),
            resource_version=config_map["metadata"].get("resourceVersion", ""),
        )
    except msgspec.DecodeError as error:
        raise ValueError(f"the inventory can't be read: {error}") from None


async def load_inventory(client: Client, component: str) -> Inventory | None:
    """The inventory as it is now; None where there is none. Raises ValueError as ``read_inventory``."""
    key = key_of(component)
    try:
        return read_inventory(await client.get(CONFIG_MAPS, Raw, key.name, key.namespace))
    except NotFound:
        return None


async def save_inventory(client: Client, component: str, inventory: Inventory) -> Inventory:
    """Write it; the inventory as written. Raises Conflict where another wrote since it was read."""
    key = key_of(component)
    metadata: dict[str, Any] = {
        "name": key.name,
        "namespace": key.namespace,
        "labels": {"app.kubernetes.io/managed-by": "myriarch"},
        "annotations": {"myriarch.io/component": component},
    }
    data = {
        "revision": inventory.revision,
        "applying": inventory.applying,
        "began": repr(inventory.began),
        "context": msgspec.json.encode(inventory.context).decode(),
        "objects": msgspec.json.encode(inventory.entries).decode(),
    }
    body: Raw = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
    manager = manager_of(component)
    if inventory.resource_version:
        metadata["resourceVersion"] = inventory.resource_version
        saved = await client.replace(CONFIG_MAPS, body, field_manager=manager)
    else:
        await _ensure_namespace(client, manager)
        try:
            saved = await client.create(CONFIG_MAPS, body, field_manager=manager)
        except AlreadyExists as error:
            raise Conflict(error.status) from None
    return msgspec.structs.replace(inventory, resource_version=saved["metadata"]["resourceVersion"])


def entries_of(objects: Iterable[BundleObject], before: Inventory) -> tuple[Entry, ...]:
    """Entries of the objects, with the uids that are known."""
    uids = {entry.id: entry.uid for entry in before.entries}
    return tuple(Entry(o.id.group, o.version, *o.id[1:], uid=uids.get(o.id, ""), step=o.step) for o in objects)


def union(new: Iterable[Entry], old: Iterable[Entry]) -> tuple[Entry, ...]:
    """All of both; ``new`` wins."""
    merged = {entry.id: entry for entry in old} | {entry.id: entry for entry in new}
    return tuple(merged.values())


def with_uids(entries: Iterable[Entry], uids: dict[ObjectId, str]) -> tuple[Entry, ...]:
    """The entries with the uids that the API gave."""
    return tuple(msgspec.structs.replace(entry, uid=uids.get(entry.id, entry.uid)) for entry in entries)


def bundle_of(live: Raw) -> str:
    """The bundle that the object is marked with; ''."""
    found: str = (live["metadata"].get("labels") or {}).get(BUNDLE_LABEL, "")
    return found


async def _ensure_namespace(client: Client, manager: str) -> None:
    body: Raw = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": INVENTORY_NAMESPACE}}
    try:
        await client.get(NAMESPACES, Raw, INVENTORY_NAMESPACE)
    except NotFound:
        try:
            await client.create(NAMESPACES, body, field_manager=manager)
        except AlreadyExists:
            return

"""Where orders are written: on each Node, as an annotation; of a cluster that moves as one, on a ConfigMap.

The annotations come back with the Nodes that the driver watches; only the ConfigMap need be read.
"""

from __future__ import annotations

import contextlib
from typing import Final

from myriarch.client.client import Client
from myriarch.client.errors import AlreadyExists, NotFound
from myriarch.client.objects import Raw, Unread
from myriarch.client.resource import NODES, ResourceRef
from myriarch.drivers.mover import THE_CLUSTER
from myriarch.drivers.orders import annotation_of

FIELD_MANAGER: Final = "myriarch-driver"
NAMESPACE: Final = "myriarch-system"
"""Where Myriarch keeps its own objects in a cluster."""

CONFIG_MAPS: Final = ResourceRef("", "v1", "configmaps", namespaced=True)
NAMESPACES: Final = ResourceRef("", "v1", "namespaces")
_KEY: Final = "order"


class OrderStore:
    """The orders of one cluster, as text."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def write(self, component: str, node: str, text: str) -> None:
        """Raises NotFound where the node is gone."""
        if node == THE_CLUSTER:
            await self._write_whole(component, text)
            return
        patch = {"metadata": {"annotations": {annotation_of(component): text}}}
        await self._client.patch(NODES, Unread, node, patch, field_manager=FIELD_MANAGER)

    async def read_whole(self, component: str) -> str:
        """The order of a cluster that moves as one; '' where none was ever given."""
        try:
            found = await self._client.get(CONFIG_MAPS, Raw, _map_name(component), NAMESPACE)
        except NotFound:
            return ""
        return str((found.get("data") or {}).get(_KEY, ""))

    async def _write_whole(self, component: str, text: str) -> None:
        try:
            await self._patch_map(component, text)
        except NotFound:
            await self._create_map(component, text)

    async def _patch_map(self, component: str, text: str) -> None:
        await self._client.patch(
            CONFIG_MAPS,
            Unread,
            _map_name(component),
            {"data": {_KEY: text}},
            namespace=NAMESPACE,
            field_manager=FIELD_MANAGER,
        )

    async def _create_map(self, component: str, text: str) -> None:
        body: Raw = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": _map_name(component), "namespace": NAMESPACE},
            "data": {_KEY: text},
        }
        try:
            await self._client.create(CONFIG_MAPS, body, field_manager=FIELD_MANAGER)
        except NotFound:
            await make_namespace(self._client, NAMESPACE)
            await self._client.create(CONFIG_MAPS, body, field_manager=FIELD_MANAGER)


async def make_namespace(client: Client, name: str) -> None:
    """Make it, unless it is there."""
    namespace: Raw = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    with contextlib.suppress(AlreadyExists):
        await client.create(NAMESPACES, namespace, field_manager=FIELD_MANAGER)


def _map_name(component: str) -> str:
    return f"order-{component}"[:253]

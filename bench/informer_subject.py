"""One client library that keeps a copy of all ConfigMaps, in this process alone: prints what that took, as JSON.

Libraries without an informer get the shortest program that does the same in their own words: list into a dict by
namespace and name, then watch and put what comes in its place.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from myriarch.base.clock import wall_seconds
from processes import cpu_seconds, peak_bytes, resident_bytes

Key = tuple[str, str]


class Mark:
    """When the copy was true, and when it had heard of ``objects`` changes."""

    def __init__(self, objects: int) -> None:
        self.objects = objects
        self.done = asyncio.Event()
        self._told: dict[str, float] = {}
        self._seen = 0
        self._wall = self._cpu = 0.0
        self._pids = [os.getpid()]
        self._bare = resident_bytes(self._pids)
        self._lap()

    def synced(self, count: int) -> None:
        """Raises RuntimeError where something is missing."""
        if count != self.objects:
            raise RuntimeError(f"{count} objects of {self.objects}")
        self._told["syncSeconds"], self._told["syncCpuSeconds"] = self._lap()
        self._told["residentBytes"] = float(resident_bytes(self._pids) - self._bare)

    def event(self) -> None:
        self._seen += 1
        if self._seen == self.objects:
            self._told["eventSeconds"], self._told["eventCpuSeconds"] = self._lap()
            self._told["peakBytes"] = float(peak_bytes(self._pids[0]))
            self.done.set()

    def told(self) -> dict[str, float]:
        return self._told

    def _lap(self) -> tuple[float, float]:
        before = self._wall, self._cpu
        self._wall, self._cpu = wall_seconds(), cpu_seconds(self._pids)
        return self._wall - before[0], self._cpu - before[1]


async def myriarch_structs(kubeconfig: str, objects: int) -> Mark:
    """Our informer, as our own kinds are read: straight to Structs."""
    import msgspec

    from myriarch.api.meta import ObjectMeta

    ConfigMap = msgspec.defstruct("ConfigMap", [("metadata", ObjectMeta), ("data", dict[str, str], {})])
    return await _our_informer(kubeconfig, objects, ConfigMap)


async def myriarch_dicts(kubeconfig: str, objects: int) -> Mark:
    """Our informer, with objects of no known type."""
    from myriarch.client.objects import Raw

    return await _our_informer(kubeconfig, objects, Raw)


async def _our_informer(kubeconfig: str, objects: int, kind: Any) -> Mark:
    from pathlib import Path

    from myriarch.base.clock import RealClock
    from myriarch.client.client import Client
    from myriarch.client.informer import Informer
    from myriarch.client.kubeconfig import load_kubeconfig
    from myriarch.client.remote import RemoteTransport
    from myriarch.client.resource import ResourceRef

    mark = Mark(objects)
    ref = ResourceRef("", "v1", "configmaps", namespaced=True)
    async with RemoteTransport(load_kubeconfig(Path(kubeconfig))) as transport:
        informer = Informer(Client(transport), ref, kind, RealClock())
        informer.add_handlers(on_update=lambda _old, _new: mark.event())
        running = asyncio.create_task(informer.run())
        await informer.wait_synced()
        mark.synced(len(informer.cache))
        await mark.done.wait()
        running.cancel()
    return mark


async def kubernetes_asyncio(kubeconfig: str, objects: int) -> Mark:
    from kubernetes_asyncio import client, config, watch

    mark = Mark(objects)
    await config.load_kube_config(kubeconfig)
    async with client.ApiClient() as api:
        core = client.CoreV1Api(api)
        listed = await core.list_config_map_for_all_namespaces()
        cache = {(each.metadata.namespace, each.metadata.name): each for each in listed.items}
        version = listed.metadata.resource_version
        del listed
        mark.synced(len(cache))
        async with watch.Watch() as watching:
            stream = watching.stream(core.list_config_map_for_all_namespaces, resource_version=version)
            async for event in stream:
                found = event["object"]
                cache[(found.metadata.namespace, found.metadata.name)] = found
                mark.event()
                if mark.done.is_set():
                    break
    return mark


async def kr8s(kubeconfig: str, objects: int) -> Mark:
    import kr8s as library
    import kr8s.asyncio

    mark = Mark(objects)
    api = await kr8s.asyncio.api(kubeconfig=kubeconfig)
    cache: MutableMapping[Key, Any] = {}
    found: Any
    async for found in api.get("configmaps", namespace=library.ALL):
        cache[(found.namespace, found.name)] = found
    mark.synced(len(cache))
    async for _, found in api.watch("configmaps", namespace=library.ALL):
        cache[(found.namespace, found.name)] = found
        mark.event()
        if mark.done.is_set():
            break
    return mark


async def lightkube(kubeconfig: str, objects: int) -> Mark:
    from lightkube import AsyncClient, KubeConfig
    from lightkube.resources.core_v1 import ConfigMap

    mark = Mark(objects)
    client: Any = AsyncClient(config=KubeConfig.from_file(kubeconfig))
    cache: MutableMapping[Any, Any] = {}
    listed = client.list(ConfigMap, namespace="*", chunk_size=500)
    async for found in listed:
        cache[(found.metadata.namespace, found.metadata.name)] = found
    mark.synced(len(cache))
    async for _, found in client.watch(ConfigMap, namespace="*", resource_version=listed.resourceVersion):
        cache[(found.metadata.namespace, found.metadata.name)] = found
        mark.event()
        if mark.done.is_set():
            break
    return mark


SUBJECTS: dict[str, Callable[[str, int], Awaitable[Mark]]] = {
    "myriarch": myriarch_structs,
    "myriarch-dicts": myriarch_dicts,
    "kubernetes-asyncio": kubernetes_asyncio,
    "kr8s": kr8s,
    "lightkube": lightkube,
}


async def main(name: str, kubeconfig: str, objects: int) -> None:
    mark = await SUBJECTS[name](kubeconfig, objects)
    print(json.dumps(mark.told()), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))

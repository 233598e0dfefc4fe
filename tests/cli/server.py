"""An API server with Myriarch's kinds on a free port, and nobody behind it: tests write what controllers would."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from myriarch.api.cluster import Cluster, ClusterSpec, ClusterStatus
from myriarch.api.component import Component, ComponentSpec
from myriarch.api.crd import all_crds
from myriarch.api.meta import ObjectMeta
from myriarch.api.release import Release, ReleaseSpec
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.apiserver.auth import TokenAuth
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.apiserver.kubeconfig import write_kubeconfig
from myriarch.apiserver.serve import LoopServer
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.base.clock import RealClock
from myriarch.client import refs
from myriarch.client.client import Client
from myriarch.client.objects import Raw

T = TypeVar("T")
TOKEN = "a-token-of-tests"


class Server:
    """Runs in a thread; ``do`` runs a coroutine with a client there."""

    def __init__(self, folder: Path) -> None:
        self.kubeconfig = folder / "kubeconfig"
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._start())

    async def _start(self) -> None:
        self.api = ApiServer(clock=RealClock(), crds=all_crds(), store=Store())
        self.http = LoopServer(self.api.handle, TokenAuth({TOKEN: "admin"}))
        await self.http.start()
        write_kubeconfig(self.kubeconfig, url=self.http.url, token=TOKEN)

    def _run(self, work: Awaitable[T]) -> T:
        async def waited() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(waited(), self.loop).result(20)

    def do(self, work: Callable[[Client], Awaitable[T]]) -> T:
        return self._run(work(Client(InProcessTransport(self.api, user="tests"))))

    def restart(self) -> None:
        """Cut every connection, and answer again on the same port."""

        async def restart() -> None:
            await self.http.stop()
            await asyncio.sleep(0.5)
            port = int(self.http.url.rpartition(":")[2])
            self.http = LoopServer(self.api.handle, TokenAuth({TOKEN: "admin"}), port=port)
            await self.http.start()

        self._run(restart())

    def stop(self) -> None:
        async def stop() -> None:
            await self.http.stop()
            await self.api.close()

        self._run(stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()

    # What there is

    def furnish(self) -> None:
        """Two environments of clusters, a component with revisions v1 and v2, and one of another component."""
        for name, nodes, environment in (("sim-a", 10, "sim"), ("prod-a", 100, "prod"), ("prod-b", 40, "prod")):
            self.cluster(name, nodes, environment)
        self.create(refs.COMPONENTS, Component(metadata=meta("agent"), spec=ComponentSpec(initial_revision="v1")))
        for name, component in (("v1", "agent"), ("v2", "agent"), ("w1", "other")):
            self.create(refs.REVISIONS, Revision(metadata=meta(name), spec=RevisionSpec(component=component)))

    def create(self, ref: Any, obj: T) -> T:
        return self.do(lambda client: client.create(ref, obj))

    def cluster(self, name: str, nodes: int, environment: str) -> None:
        cluster = Cluster(metadata=meta(name), spec=ClusterSpec(environment=environment))
        made = self.create(refs.CLUSTERS, cluster)
        half = nodes // 2
        made.status = ClusterStatus(
            nodes=nodes, ready_nodes=nodes - 1, strata={"os": {"Debian 12": half, "Ubuntu 24.04": nodes - half}}
        )
        self.do(lambda client: client.replace_status(refs.CLUSTERS, made))

    def release(self, name: str, **status: Any) -> Release:
        """A release of the component to v2 with this status, as a controller would have written it."""
        spec = ReleaseSpec(component="agent", revision="v2", policy="careful")
        release = Release(metadata=ObjectMeta(name=name, namespace="default"), spec=spec)
        self.create(refs.RELEASES, release)
        return self.tell(name, **status)

    def tell(self, name: str, **status: Any) -> Release:
        return self.do(
            lambda client: client.patch(
                refs.RELEASES, Release, name, {"status": status}, namespace="default", subresource="status"
            )
        )

    def get(self, ref: Any, name: str) -> Raw:
        namespace = "default" if ref.namespaced else ""
        return self.do(lambda client: client.get(ref, Raw, name, namespace))

    def names(self, ref: Any) -> list[str]:
        listing = self.do(lambda client: client.list(ref, Raw))
        return [item["metadata"]["name"] for item in listing.items]


def meta(name: str) -> ObjectMeta:
    return ObjectMeta(name=name)

"""The two servers that are compared: the embedded one in this process, and a real control plane.

Both serve the same custom resources (``crds.yaml``), and both are spoken to by HTTP. The real one runs without the
taint of new nodes, which a kubelet would take away, and with the controllers of namespaces, owners and accounts alone:
what deployments and jobs become is no matter of the protocol. It reads old versions from etcd and not from its own
cache, so that they can be made to go (``FORGET``).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from tests.contract.case import PATHS, Step
from tests.contract.exchange import Endpoint
from tests.kube.control_plane import ControlPlane

from myriarch.api.crd import all_crds
from myriarch.apiserver.auth import TokenAuth
from myriarch.apiserver.history import MAX_BYTES
from myriarch.apiserver.record import Bucket, Key, Record, encode
from myriarch.apiserver.routes import HUB
from myriarch.apiserver.serve import LoopServer
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.base.clock import RealClock
from myriarch.lightcontrollers.controllers import LightControllers

CRDS = Path(__file__).parent / "crds.yaml"
TOKEN = "contract"
ADMIN = "admin"
UNWANTED_ADMISSION = "TaintNodesByCondition"
UNWANTED_FEATURE = "ListFromCacheSnapshot"
FIRST_KEY = "AA=="
CONTROLLERS = "garbage-collector-controller,namespace-controller,serviceaccount-controller"
FILLER_BYTES = 4 * 1024 * 1024
ESTABLISH_SECONDS = 30.0
ESTABLISH_PAUSE_SECONDS = 0.1


@asynccontextmanager
async def embedded() -> AsyncIterator[Endpoint]:
    """The embedded server, listening on loopback in this loop, with the collector of what lost its owner."""
    clock = RealClock()
    server = ApiServer(clock=clock, crds=_crds(), store=Store())
    collector = asyncio.create_task(LightControllers(server, clock, workloads=False).run())
    listener = LoopServer(server.handle, TokenAuth({TOKEN: ADMIN}))
    await listener.start()
    try:
        async with aiohttp.ClientSession(headers=_bearer(TOKEN)) as session:
            yield Endpoint(listener.url, session, partial(_outgrow, server.store))
    finally:
        collector.cancel()
        await asyncio.gather(collector, return_exceptions=True)
        await server.close()
        await listener.stop()


def start_real(folder: Path) -> ControlPlane:
    """A control plane with nothing in it."""
    return ControlPlane.start(
        folder,
        controller_manager=True,
        users={ADMIN: ["system:masters"]},
        apiserver_flags=[
            f"--disable-admission-plugins={UNWANTED_ADMISSION}",
            f"--feature-gates={UNWANTED_FEATURE}=false",
        ],
        controllers=CONTROLLERS,
    )


@asynccontextmanager
async def real(plane: ControlPlane) -> AsyncIterator[Endpoint]:
    """A control plane of ``start_real``, serving the custom resources."""
    trusting = aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=str(plane.ca_file)))
    async with aiohttp.ClientSession(headers=_bearer(plane.token_for_user(ADMIN)), connector=trusting) as session:
        endpoint = Endpoint(plane.url, session, partial(_compact, plane.etcd_url))
        await _install(endpoint)
        yield endpoint


def _crds() -> list[dict[str, Any]]:
    return [*yaml.safe_load_all(CRDS.read_text()), *all_crds()]


async def _compact(etcd_url: str, _resource: str) -> None:
    """etcd drops every version but the newest."""
    async with aiohttp.ClientSession(etcd_url) as etcd:
        async with etcd.post("/v3/kv/range", json={"key": FIRST_KEY}) as reply:
            newest = (await reply.json())["header"]["revision"]
        async with etcd.post("/v3/kv/compaction", json={"revision": newest, "physical": True}) as reply:
            reply.raise_for_status()


async def _outgrow(store: Store, resource: str) -> None:
    """The history of a resource drops what is old, because it is full."""
    key = Key(Bucket(HUB, resource), "filler", "filler")
    filler = {"metadata": {"name": key.name, "namespace": key.namespace}, "filler": "x" * FILLER_BYTES}
    for _ in range(MAX_BYTES // FILLER_BYTES + 1):
        version = store.allot()
        filler["metadata"]["resourceVersion"] = str(version)
        store.put(Record(key, version, encode(filler)))
    store.remove(key, store.allot())


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def _install(endpoint: Endpoint) -> None:
    """Make the custom resources known, and wait until they are served."""
    for crd in _crds():
        await endpoint.send(Step("POST", PATHS["crds"], body=crd), [])
    async with asyncio.timeout(ESTABLISH_SECONDS):
        for crd in _crds():
            version, plural = crd["spec"]["versions"][0]["name"], crd["spec"]["names"]["plural"]
            collection = f"/apis/{crd['spec']['group']}/{version}/{plural}"
            while (await endpoint.send(Step("GET", collection), [])).status != 200:  # noqa: ASYNC110
                await asyncio.sleep(ESTABLISH_PAUSE_SECONDS)

"""The two servers that are compared: the embedded one in this process, and a real control plane.

Both serve the same custom resources (``crds.yaml``), and both are spoken to by HTTP. The
real one is started by ``tests/kube``; where its binaries are absent, that says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from myriarch.apiserver.auth import TokenAuth
from myriarch.apiserver.serve import LoopServer
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.base.clock import RealClock
from tests.contract.case import Step
from tests.contract.exchange import Endpoint

CRDS = Path(__file__).parent / "crds.yaml"
TOKEN = "contract"
ESTABLISH_SECONDS = 30.0
ESTABLISH_PAUSE_SECONDS = 0.1


def crds() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(CRDS.read_text()))


@asynccontextmanager
async def embedded() -> AsyncIterator[Endpoint]:
    """The embedded server, listening on loopback in this loop."""
    server = ApiServer(clock=RealClock(), crds=crds(), store=Store())
    listener = LoopServer(server.handle, TokenAuth({TOKEN: "admin"}))
    await listener.start()
    try:
        async with aiohttp.ClientSession(headers={"authorization": f"Bearer {TOKEN}"}) as session:
            yield Endpoint("embedded", listener.url, session)
    finally:
        await server.close()
        await listener.stop()


async def install(endpoint: Endpoint) -> None:
    """Make the custom resources known to a server that is empty yet, and wait until it serves them."""
    for crd in crds():
        await endpoint.send(Step("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body=crd), [])
    async with asyncio.timeout(ESTABLISH_SECONDS):
        for crd in crds():
            version, plural = crd["spec"]["versions"][0]["name"], crd["spec"]["names"]["plural"]
            collection = f"/apis/{crd['spec']['group']}/{version}/{plural}"
            while (await endpoint.send(Step("GET", collection), [])).status != 200:
                await asyncio.sleep(ESTABLISH_PAUSE_SECONDS)

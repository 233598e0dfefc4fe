"""The two servers that are compared: the embedded one in this process, and a real control plane.

Both serve the same custom resources (Myriarch's own and those of ``crds.yaml``), and both are spoken to by HTTP. The
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

from myriarch.api.crd import all_crds
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


def crds() -> list[dict[str, Any]]:
    return [*all_crds(), *yaml.safe_load_all(CRDS.read_text())]


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

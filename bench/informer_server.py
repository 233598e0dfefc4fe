"""A server for the informers of ``informers.py``: the embedded one, whose watch of ConfigMaps is already rendered.

Prints the path of a kubeconfig, serves until stdin ends. Lists are the embedded server's own. A watch of ConfigMaps
tells of one change of each object, as fast as it is read, so that the client is what is measured, not the server.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec

from kube import MAPS, map_object
from myriarch.apiserver.access.user import User
from myriarch.apiserver.auth import TokenAuth
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.apiserver.serve import LoopServer
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.base.clock import RealClock
from myriarch.client.client import Client
from myriarch.client.http import Request, Response
from myriarch.client.objects import Raw
from myriarch.client.resource import ResourceRef

CHUNK_EVENTS = 50
CONFIG_MAPS = ResourceRef("", "v1", "configmaps", namespaced=True)
ALL_MAPS = "/api/v1/configmaps"
TOKEN = "bench"


class Played:
    """``handle`` of the embedded server, but for watches of ConfigMaps."""

    def __init__(self, api: ApiServer) -> None:
        self._api = api
        self._chunks: list[bytes] = []

    async def prepare(self, objects: int) -> None:
        """Make the objects, and render a change of each."""
        client = Client(InProcessTransport(self._api))
        lines = []
        for number in range(objects):
            body = map_object(f"{number:05d}", "created")
            made: Raw = await client.create(CONFIG_MAPS, body)
            version = str(objects * 2 + number)
            changed = {**made, "metadata": {**made["metadata"], "resourceVersion": version}, "data": body["data"]}
            lines.append(msgspec.json.encode({"type": "MODIFIED", "object": changed}) + b"\n")
        self._chunks = [b"".join(lines[at : at + CHUNK_EVENTS]) for at in range(0, objects, CHUNK_EVENTS)]

    async def handle(self, request: Request, user: User) -> Response:
        if request.path in (MAPS, ALL_MAPS) and request.query.get("watch") in ("true", "True", "1"):
            return Response(200, b"", {"content-type": "application/json"}, self._events())
        return await self._api.handle(request, user)

    async def _events(self) -> AsyncGenerator[bytes, None]:
        for chunk in self._chunks:
            yield chunk
        await asyncio.Event().wait()


async def serve(folder: Path, objects: int) -> None:
    """Until stdin ends."""
    played = Played(ApiServer(clock=RealClock(), crds=[], store=Store(), bookmark_seconds=None))
    await played.prepare(objects)
    server = LoopServer(played.handle, TokenAuth({TOKEN: "bench"}))
    await server.start()
    kubeconfig = folder / "kubeconfig"
    kubeconfig.write_text(json.dumps(_kubeconfig(server.url)), encoding="utf-8")
    print(kubeconfig, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()


def _kubeconfig(url: str) -> dict[str, object]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "bench", "cluster": {"server": url}}],
        "users": [{"name": "bench", "user": {"token": TOKEN}}],
        "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench", "namespace": "default"}}],
        "current-context": "bench",
    }


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))

"""Reads and writes a second of the embedded server, with growing numbers of objects.

Over HTTP: 16 connections, from another process, SQLite synced before each acknowledgement. The peer is a bare ASGI
application on the same uvicorn, asked in the same way in the same run: the limit that Python's part of the work can
approach. In process: as controllers and agents ask it, in memory.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench_server import TOKEN
from http_load import rate, request
from measurement import Measurement, progress
from myriarch.api.crd import all_crds
from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.apiserver.server import ApiServer
from myriarch.apiserver.store import Store
from myriarch.base.clock import RealClock, wall_seconds
from myriarch.client.client import Client
from myriarch.client.objects import Raw, Unread
from myriarch.client.refs import CLUSTERS

SECONDS = 3.0
IN_PROCESS_REQUESTS = 3_000
PATCH_BYTES = 160
COLLECTION = "/apis/myriarch.io/v1alpha1/clusters"
MERGE = "application/merge-patch+json"
SCRIPT = Path(__file__).with_name("bench_server.py")
BARE = "a bare ASGI application on the same uvicorn, same run"


def run(sizes: Sequence[int], _seed: int) -> list[Measurement]:
    """Rates for each number of Cluster objects."""
    found = []
    for objects in sizes:
        progress(f"server with {objects:,} objects")
        bare_read, bare_write = asyncio.run(_bare())  # each time anew: the machine may have become busier
        command = f"python bench/run.py server --sizes {objects}"
        reads, writes = asyncio.run(_over_http(objects))
        found.append(_rate(f"server.http.reads.{objects}", reads, command, bare_read))
        found.append(_rate(f"server.http.writes.{objects}", writes, command, bare_write))
        reads, writes = asyncio.run(_in_process(objects))
        found.append(_rate(f"server.in-process.reads.{objects}", reads, command))
        found.append(_rate(f"server.in-process.writes.{objects}", writes, command))
    return found


async def _bare() -> tuple[float, float]:
    with _served("--bare") as url:
        reads = await rate(url, lambda _: request("GET", COLLECTION, TOKEN), SECONDS)
        writes = await rate(url, lambda _: request("PUT", COLLECTION, TOKEN, b"x" * PATCH_BYTES), SECONDS)
    return reads, writes


def _rate(name: str, value: float, command: str, bare: float | None = None) -> Measurement:
    return Measurement(name, value, "1/s", command, BARE if bare else "", bare, higher_is_better=True)


@contextmanager
def _served(*arguments: str) -> Iterator[str]:
    """The URL of a server in a process of its own."""
    with TemporaryDirectory() as directory:
        command = [sys.executable, str(SCRIPT), directory, *arguments]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
            process.communicate()


async def _over_http(objects: int) -> tuple[float, float]:
    with _served() as url:
        bodies = [msgspec.json.encode(cluster(number)) for number in range(objects)]
        made = 0

        def create(_number: int) -> bytes:
            nonlocal made
            made += 1
            if made > objects:
                return request("GET", f"{COLLECTION}/{name_of(0)}", TOKEN)
            return request("POST", COLLECTION, TOKEN, bodies[made - 1])

        while made < objects:
            await rate(url, create, 0.25)
        reads = await rate(url, lambda n: request("GET", f"{COLLECTION}/{name_of(n % objects)}", TOKEN), SECONDS)
        writes = await rate(url, lambda n: _patch(n, objects), SECONDS)
    return reads, writes


def _patch(number: int, objects: int) -> bytes:
    path = f"{COLLECTION}/{name_of(number % objects)}/status"
    return request("PATCH", path, TOKEN, msgspec.json.encode(status_patch(number)), MERGE)


async def _in_process(objects: int) -> tuple[float, float]:
    server = ApiServer(clock=RealClock(), crds=all_crds(), store=Store(), bookmark_seconds=None)
    client = Client(InProcessTransport(server))
    for number in range(objects):
        await client.create(CLUSTERS, cluster(number))
    begun = wall_seconds()
    for number in range(IN_PROCESS_REQUESTS):
        await client.get(CLUSTERS, Raw, name_of(number % objects))
    read = wall_seconds()
    for number in range(IN_PROCESS_REQUESTS):
        name = name_of(number % objects)
        await client.patch(CLUSTERS, Unread, name, status_patch(number), subresource="status", field_manager="bench")
    written = wall_seconds()
    await server.close()
    return IN_PROCESS_REQUESTS / (read - begun), IN_PROCESS_REQUESTS / (written - read)


def name_of(number: int) -> str:
    return f"prod-eu1-{number:05d}"


def cluster(number: int) -> Raw:
    """A Cluster as the hub makes it."""
    labels = {"myriarch.io/environment": "prod", "topology.kubernetes.io/region": "eu1"}
    metadata = {"name": name_of(number), "labels": labels}
    spec = {"environment": "prod", "access": "Embedded", "mode": "Manage"}
    return {"apiVersion": "myriarch.io/v1alpha1", "kind": "Cluster", "metadata": metadata, "spec": spec}


def status_patch(number: int) -> Raw:
    """What an agent tells, always something new."""
    component = {"component": "node-agent", "attempt": 1, "revision": "node-agent-2", "nodes": 100}
    status = {"nodes": 100, "readyNodes": number % 100, "components": [component | {"updated": number % 101}]}
    return {"status": status}

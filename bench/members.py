"""A three-stage release of pull clusters on a real hub: how long beyond its soaks, and what the hub spends on it.

The hub is etcd (synced to disk), kube-apiserver and one replica of ``myriarch controllers`` with no more rights than
``myriarch install`` gives. The members are simulated clusters joined by ``myriarch fleet join``: one process runs all
of their agents, each cluster with its own Lease. Their nodes move within about a second, so that the machinery is what
is measured. A heartbeat's delay is from the moment that an agent speaks until a watch of the Leases hears of it.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from measurement import Measurement, progress
from members_stage import NODES, RELEASE, SOAKS_SECONDS, fleet_file, prepare, release
from myriarch.api.cluster import Cluster
from myriarch.api.release import Phase, Release
from myriarch.base.clock import parse_rfc3339, real_now, wall_seconds
from myriarch.client.client import Client
from myriarch.client.kubeconfig import load_kubeconfig
from myriarch.client.objects import Bookmark, Raw
from myriarch.client.refs import CLUSTERS, RELEASES
from myriarch.client.remote import RemoteTransport
from myriarch.hub.rights import AGENTS_NAMESPACE
from myriarch.runtime.lease import LEASES, Lease
from processes import cpu_seconds, load_average, resident_bytes, wait
from targets import COMPONENTS, MINOR, built, install

SIZES = (100, 1_000)
AIMS_SECONDS = {100: 12.0, 1_000: 60.0}
LONGEST_SECONDS = 300.0
READY_SECONDS = 180.0
LOOK_SECONDS = 0.25
MEGA = 1e6
POLL_SECONDS = 0.1


def run(_sizes: Sequence[int], _seed: int) -> list[Measurement]:
    """Figures of each number of members."""
    found = []
    for clusters in SIZES:
        progress(f"a release over {clusters:,} members of {NODES} nodes on a real hub (load {load_average()})")
        figures = _one(clusters)
        print(f"  {figures}", file=sys.stderr, flush=True)
        found += figures.measurements()
    return found


@dataclass(slots=True)
class Figures:
    """Of one release. ``hub_bytes`` is held by API server, etcd and controllers; ``delays`` of heartbeats: seconds."""

    clusters: int
    seconds: float = 0.0
    writes: float = 0.0
    hub_bytes: int = 0
    controllers_bytes: int = 0
    members_bytes: int = 0
    server_cpu_seconds: float = 0.0
    controllers_cpu_seconds: float = 0.0
    members_cpu_seconds: float = 0.0
    delays: list[float] = field(default_factory=list, repr=False)

    def measurements(self) -> list[Measurement]:
        command, name = "python bench/run.py members", f"members.{self.clusters}"
        delays = sorted(self.delays) or [0.0]

        def told(what: str, value: float, unit: str) -> Measurement:
            return Measurement(f"{name}.{what}", value, unit, command)

        beyond = self.seconds - SOAKS_SECONDS
        return [
            Measurement(f"{name}.beyond-soaks", beyond, "s", command, "aim", AIMS_SECONDS.get(self.clusters)),
            told("release", self.seconds, "s"),
            told("writes", self.writes / self.seconds, "1/s"),
            told("writes-per-cluster", self.writes / self.clusters, ""),
            told("hub-memory", self.hub_bytes / MEGA, "MB"),
            told("controllers-memory", self.controllers_bytes / MEGA, "MB"),
            told("members-memory", self.members_bytes / MEGA, "MB"),
            told("api-server-cpu", self.server_cpu_seconds, "s"),
            told("controllers-cpu", self.controllers_cpu_seconds, "s"),
            told("members-cpu", self.members_cpu_seconds, "s"),
            told("heartbeats", len(self.delays), ""),
            told("heartbeat-delay-p50", delays[len(delays) // 2], "s"),
            told("heartbeat-delay-p99", delays[int(len(delays) * 0.99)], "s"),
        ]


@dataclass(frozen=True, slots=True)
class _Pids:
    hub: tuple[int, ...]
    controllers: int
    members: int


def _one(clusters: int) -> Figures:
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        plane = stack.enter_context(built().start(folder / "hub", MINOR, fsync=True))
        install(plane.admin_kubeconfig)
        token = plane.token_for("myriarch-system", "myriarch-controllers")
        limited = plane.kubeconfig_with_token("myriarch-controllers", token)
        asyncio.run(_with_client(plane.admin_kubeconfig, prepare))
        fleet = fleet_file(folder / "fleet.yaml", clusters)
        join = ("fleet", "join", "--kubeconfig", str(plane.admin_kubeconfig), "--fleet", str(fleet))
        members = stack.enter_context(_command(folder / "members.log", *join, "--data", str(folder / "members")))
        controllers = stack.enter_context(
            _command(folder / "controllers.log", "controllers", "--kubeconfig", str(limited), "--replica", "bench")
        )
        pids = _Pids(tuple(plane.process(each).pid for each in COMPONENTS), controllers, members)
        measured = _Measured(clusters, pids)
        asyncio.run(_with_client(plane.admin_kubeconfig, measured.measure))
        return measured.figures


async def _with_client(kubeconfig: Path, work: Any) -> None:
    async with RemoteTransport(load_kubeconfig(kubeconfig)) as transport:
        await work(Client(transport))


@contextmanager
def _command(log: Path, *arguments: str) -> Iterator[int]:
    """A running command's process id, once it has said that it is ready."""
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "myriarch", *arguments], stdout=out, stderr=out)
    try:
        _until_ready(process, log)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = wall_seconds() + READY_SECONDS
    while "ready: " not in (said := log.read_text("utf-8")):
        if process.poll() is not None or wall_seconds() > deadline:
            raise RuntimeError(f"not ready, exit code {process.returncode}: {said}")
        wait(POLL_SECONDS)


class _Measured:
    """One release, watched from start to end."""

    def __init__(self, clusters: int, pids: _Pids) -> None:
        self.figures = Figures(clusters)
        self._pids = pids

    async def measure(self, client: Client) -> None:
        await _until_settled(client, self.figures.clusters)
        hearing = asyncio.create_task(self._hear(client))
        figures, before, spent = self.figures, await _version(client), self._spent()
        begun = wall_seconds()
        await client.create(RELEASES, release())
        await self._follow(client)
        figures.seconds = wall_seconds() - begun
        figures.writes = await _version(client) - before
        after = [now - then for now, then in zip(self._spent(), spent, strict=True)]
        figures.server_cpu_seconds, figures.controllers_cpu_seconds, figures.members_cpu_seconds = after
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)

    def _spent(self) -> tuple[float, float, float]:
        """Processors' time of the API server and etcd, of the controllers, of the members."""
        pids = self._pids
        return cpu_seconds(pids.hub), cpu_seconds([pids.controllers]), cpu_seconds([pids.members])

    async def _follow(self, client: Client) -> None:
        """Until it has ended; meanwhile the most memory that anybody held."""
        figures, pids = self.figures, self._pids
        deadline = wall_seconds() + LONGEST_SECONDS
        while True:
            found = await client.get(RELEASES, Release, RELEASE, "default")
            figures.hub_bytes = max(figures.hub_bytes, resident_bytes((*pids.hub, pids.controllers)))
            figures.controllers_bytes = max(figures.controllers_bytes, resident_bytes([pids.controllers]))
            figures.members_bytes = max(figures.members_bytes, resident_bytes([pids.members]))
            if found.status.ended_at is not None:
                break
            if wall_seconds() > deadline:
                raise SystemExit(f"the release has not ended: {found.status.message}")
            await asyncio.sleep(LOOK_SECONDS)
        for entry in found.status.timeline:
            progress(f"  {entry.at} {entry.phase} {entry.stage}/{entry.wave}")
        if found.status.phase is not Phase.SUCCEEDED:
            raise SystemExit(f"the release ended as {found.status.phase}: {found.status.message}")

    async def _hear(self, client: Client) -> None:
        version = (await client.list(LEASES, Raw, AGENTS_NAMESPACE)).resource_version
        async for event in client.watch(LEASES, Lease, AGENTS_NAMESPACE, resource_version=version):
            if not isinstance(event, Bookmark) and event.object.spec.renew_time is not None:
                self.figures.delays.append(real_now() - parse_rfc3339(event.object.spec.renew_time))


async def _until_settled(client: Client, clusters: int) -> None:
    """All members are known and stand at the first revision, as they told themselves."""
    async with asyncio.timeout(READY_SECONDS):
        while True:
            found = (await client.list(CLUSTERS, Cluster)).items
            if len(found) == clusters and all(each.status.components for each in found):
                return
            await asyncio.sleep(1.0)


async def _version(client: Client) -> int:
    """The hub's revision, which every write raises by one."""
    return int((await client.list(LEASES, msgspec.Raw, "default")).resource_version)

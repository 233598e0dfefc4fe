"""A good release over a whole simulated fleet, in this process: wall time, memory, and that it ended well.

Run by ``run.py`` in a process of its own, so that the peak of memory is this run's. Prints one JSON object.
The fleet has clusters of one size in a simulated and a production environment; the policy is the common one:
canaries that cover every stratum, then growing waves, hours of soak (virtual) in between.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import re
import resource
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from myriarch.api.component import Component, ComponentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.api.policy import ReleasePolicy, ReleasePolicySpec, Stage, Wave
from myriarch.api.release import Phase, Release, ReleaseSpec
from myriarch.api.revision import Revision, RevisionSpec
from myriarch.base.clock import Clock, wall_seconds
from myriarch.client import refs
from myriarch.client.client import Client
from myriarch.fleet.defaults import uniform_spec
from myriarch.fleet.fleet import DEFAULT_START, Fleet
from myriarch.hub.hub import Hub
from myriarch.sim.loop import running_clock
from myriarch.sim.run import run_virtual

COMPONENT = "node-agent"
OLD, NEW = "node-agent-1", "node-agent-2"
LOOK_SECONDS = 1800.0
LONGEST_DAYS = 14.0
RELEASE = "good"


def policy_spec() -> ReleasePolicySpec:
    """Simulated in two waves, production in four, soaks between."""
    rehearsal = Stage(
        name="simulated", environment="sim", soak="1h", waves=[Wave(clusters="cover", nodes="cover"), Wave()]
    )
    production = Stage(
        name="production",
        environment="prod",
        soak="4h",
        waves=[
            Wave(clusters="cover", nodes="cover", soak="6h"),
            Wave(clusters="20%", exposure="2%"),
            Wave(clusters="50%", exposure="20%"),
            Wave(),
        ],
    )
    return ReleasePolicySpec(stages=[rehearsal, production])


async def _prepare(client: Client) -> None:
    spec = ComponentSpec(initial_revision=OLD)
    await client.create(refs.COMPONENTS, Component(metadata=ObjectMeta(name=COMPONENT), spec=spec))
    for name in (OLD, NEW):
        revision = Revision(
            metadata=ObjectMeta(name=name), spec=RevisionSpec(component=COMPONENT, version=name.rsplit("-", 1)[1])
        )
        await client.create(refs.REVISIONS, revision)
    await client.create(refs.POLICIES, ReleasePolicy(metadata=ObjectMeta(name="usual"), spec=policy_spec()))


async def _release(hub: Hub, client: Client, clock: Clock) -> Release:
    """Start the release and return it once it has ended, or when its time is up."""
    meta = ObjectMeta(name=RELEASE, namespace="default")
    spec = ReleaseSpec(component=COMPONENT, revision=NEW, policy="usual")
    release = await client.create(refs.RELEASES, Release(metadata=meta, spec=spec))
    deadline = clock.now() + LONGEST_DAYS * 86_400
    while release.status.ended_at is None and clock.now() < deadline:
        await clock.sleep(LOOK_SECONDS)
        hub.check()
        release = await client.get(refs.RELEASES, Release, RELEASE, "default")
    return release


def _stood(fleet: Fleet) -> Counter[str]:
    """Present nodes by the revision that they stand at."""
    names = fleet.revision_names(COMPONENT)
    counts: Counter[str] = Counter()
    for cluster in fleet.cluster_names():
        seen = fleet.cluster(cluster).observe(COMPONENT)
        counts.update(names[int(code)] for code in seen.revision[seen.present])
    return counts


async def measure(clusters: int, nodes: int, seed: int) -> dict[str, Any]:
    """Build a fleet, start a hub, let the release run to its end."""
    begun, clock, bare = wall_seconds(), running_clock(), peak_bytes()
    fleet = Fleet(uniform_spec(clusters, nodes, seed), start=clock.now())
    fleet.set_base(COMPONENT, OLD)
    hub = Hub(clock=clock, fleet=fleet, seed=seed)
    client = hub.client()
    await hub.start()
    await _prepare(client)
    started = wall_seconds()
    release = await _release(hub, client, clock)
    ended = wall_seconds()
    result = {
        "clusters": clusters,
        "nodes": fleet.node_count,
        "phase": release.status.phase,
        "succeeded": release.status.phase is Phase.SUCCEEDED,
        "startSeconds": started - begun,
        "releaseSeconds": ended - started,
        "wallSeconds": ended - begun,
        "virtualHours": (clock.now() - DEFAULT_START) / 3600,
        "cpuSeconds": cpu_seconds(),
        "bareBytes": bare,
        "peakBytes": peak_bytes(),
        "columnBytes": fleet.memory_bytes,
        "stood": dict(_stood(fleet)),
    }
    await hub.stop()
    return result


def peak_bytes() -> int:
    """The most memory that this process has held.

    Linux tells it of the program itself; ``ru_maxrss`` also counts what the parent held when it started us.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status.read_text("ascii"), re.MULTILINE)
        if found is not None:
            return int(found.group(1)) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def cpu_seconds() -> float:
    """What this process has used: on a machine with other work it tells more than the wall."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clusters", type=int, default=1000)
    parser.add_argument("--nodes", type=int, default=100, help="of each cluster")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--profile", action="store_true", help="print the hot spots to stderr")
    given = parser.parse_args()
    profile = cProfile.Profile()
    if given.profile:
        profile.enable()
    result = run_virtual(measure(given.clusters, given.nodes, given.seed), DEFAULT_START)
    if given.profile:
        profile.disable()
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(70)
    print(json.dumps(result))


if __name__ == "__main__":
    main()

"""``myriarch fleet join``: simulated clusters join any hub by pull, and live until the command is stopped."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from myriarch.base.clock import RealClock
from myriarch.base.errors import UserFault
from myriarch.cli.connect import access_of
from myriarch.cli.controllers_process import until_stopped
from myriarch.cli.hub_fleet import DEFAULT_CLUSTERS, open_fleet, read_fleet
from myriarch.cli.target import Target, hub_options
from myriarch.client.client import Client
from myriarch.client.remote import RemoteTransport
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.fleet import Fleet
from myriarch.fleet.spec import FleetSpec
from myriarch.hub.members import Members


@dataclass(frozen=True, slots=True)
class JoinOptions:
    """As given; ``clusters``, ``file`` and ``seed`` are None where they weren't."""

    target: Target
    data: Path
    clusters: int | None
    file: Path | None
    seed: int | None
    environments: tuple[str, ...]


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of the fleet.")
@click.option("--clusters", type=click.IntRange(min=2), help="Clusters of a new fleet.  [default: 100]")
@click.option("--fleet", "file", type=click.Path(path_type=Path), metavar="FILE", help="Fleet file instead.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of a new fleet.  [default: 0]")
@click.option(
    "--environment",
    "environments",
    multiple=True,
    metavar="NAME",
    help="Only the clusters of this environment. May be repeated.",
)
@hub_options
def join(
    target: Target,
    data: Path,
    clusters: int | None,
    file: Path | None,
    seed: int | None,
    environments: tuple[str, ...],
) -> None:
    """Let simulated clusters join a hub by pull, and live until stopped (SIGTERM or Ctrl-C).

    Clusters and environments that the hub doesn't know are registered. Everything is kept in the folder DATA: started
    again on it, the clusters go on where they were.
    """
    options = JoinOptions(target, data, clusters, file, seed, environments)
    asyncio.run(_live(options))


async def _live(options: JoinOptions) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    access = access_of(options.target)
    fleet = _open(options)
    try:
        async with RemoteTransport(access) as transport:
            members = Members(Client(transport), fleet, RealClock(), seed=fleet.spec.seed, say=click.echo)
            await until_stopped(asyncio.create_task(members.run(), name="members"), stop)
    finally:
        fleet.close()
    click.echo("stopped")


def _open(options: JoinOptions) -> Fleet:
    """The fleet in the folder, or a new one, of the wished environments only."""
    wanted = read_fleet(options.clusters, options.file, options.seed)
    if not options.environments:
        return open_fleet(options.data, options.clusters, wanted, options.seed)
    whole = wanted or default_spec(options.clusters or DEFAULT_CLUSTERS, options.seed or 0)
    return open_fleet(options.data, None, _only(whole, options.environments), None)


def _only(spec: FleetSpec, names: tuple[str, ...]) -> FleetSpec:
    """The part of a fleet that is in the environments ``names``."""
    known = [environment.name for environment in spec.environments]
    for name in names:
        if name not in known:
            raise UserFault("--environment", name, "the fleet has none of this name", f"Give some of: {known}.")
    kept = tuple(environment for environment in spec.environments if environment.name in names)
    for environment in kept:
        if environment.mirror_of and environment.mirror_of not in names:
            cure = f"Give --environment {environment.mirror_of} too, or a fleet file of your own."
            raise UserFault("--environment", environment.name, f"it mirrors {environment.mirror_of}", cure)
    return msgspec.structs.replace(spec, environments=kept)

"""``myriarch hub``: a hub with a simulated fleet, in one process, until it is stopped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from myriarch.cli.hub_process import DEFAULT_DATA, DEFAULT_PORT, HubOptions, serve


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=DEFAULT_DATA, show_default=True, help="Its folder.")
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0: any free one.")
@click.option("--clusters", type=click.IntRange(min=2), help="Clusters of a new fleet.  [default: 100]")
@click.option("--fleet", type=click.Path(path_type=Path), metavar="FILE", help="Fleet file, instead of --clusters.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of a new fleet.  [default: 0]")
@click.option("--kubeconfig", type=click.Path(path_type=Path), help="Where to write it.  [default: DATA/kubeconfig]")
def hub(
    data: Path, port: int, clusters: int | None, fleet: Path | None, seed: int | None, kubeconfig: Path | None
) -> None:
    """Run a hub with a simulated fleet until it is stopped (SIGTERM or Ctrl-C).

    It prints one line when it is ready to be used. Everything is kept in the folder DATA: started again on it, the
    hub goes on where it was, and --clusters, --fleet and --seed can be left out.
    """
    options = HubOptions(data, port, clusters, fleet, seed, kubeconfig or data / "kubeconfig")
    asyncio.run(serve(options, click.echo))

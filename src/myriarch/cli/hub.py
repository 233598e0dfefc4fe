"""``myriarch hub``: a hub with a simulated fleet, in one process, until it is stopped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from myriarch.apiserver.serve import LOOPBACK
from myriarch.cli.hub_access import Listening
from myriarch.cli.hub_data import data_option
from myriarch.cli.hub_process import DEFAULT_PORT, HubOptions, serve


@click.command()
@data_option
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0: any free one.")
@click.option("--clusters", type=click.IntRange(min=2), help="Clusters of a new fleet.  [default: 100]")
@click.option("--fleet", type=click.Path(path_type=Path), metavar="FILE", help="Fleet file, instead of --clusters.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of a new fleet.  [default: 0]")
@click.option("--kubeconfig", type=click.Path(path_type=Path), help="Where to write it.  [default: DATA/kubeconfig]")
@click.option("--listen", default=LOOPBACK, show_default=True, metavar="ADDRESS", help="Beyond loopback with TLS only.")
@click.option("--tls", is_flag=True, help="Speak TLS on loopback too.")
@click.option("--tls-cert", type=click.Path(path_type=Path), metavar="FILE", help="Certificate chain, instead of ours.")
@click.option("--tls-key", type=click.Path(path_type=Path), metavar="FILE", help="Its key.")
@click.option("--tls-san", multiple=True, metavar="NAME", help="Another name or address of the hub; repeatable.")
@click.option("--audit/--no-audit", default=True, show_default=True, help="Write DATA/audit.log.")
@click.option("--publish-profiles", is_flag=True, help="Publish clusters as ClusterProfiles of SIG Multicluster.")
def hub(
    data: Path,
    port: int,
    clusters: int | None,
    fleet: Path | None,
    seed: int | None,
    kubeconfig: Path | None,
    listen: str,
    tls: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    tls_san: tuple[str, ...],
    audit: bool,
    publish_profiles: bool,
) -> None:
    """Run a hub with a simulated fleet until it is stopped (SIGTERM or Ctrl-C).

    It prints one line when it is ready to be used. Everything is kept in the folder DATA: started again on it, the
    hub goes on where it was, and --clusters, --fleet and --seed can be left out. It listens on loopback; told to
    --listen elsewhere, it speaks TLS, with a certificate of its own unless it is given one.
    """
    listening = Listening(listen, tls, tls_cert, tls_key, tls_san)
    written = kubeconfig or data / "kubeconfig"
    options = HubOptions(data, port, clusters, fleet, seed, written, listening, audit, publish_profiles)
    asyncio.run(serve(options, click.echo))

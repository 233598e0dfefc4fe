"""``myriarch controllers``: the controllers of a hub whose API server runs elsewhere, until they are stopped."""

from __future__ import annotations

import asyncio

import click

from myriarch.cli.controllers_process import ControllersOptions, serve
from myriarch.cli.target import Target, hub_options


@click.command()
@click.option("--replica", default="", metavar="NAME", help="Its name among replicas.  [default: the host's name]")
@click.option(
    "--lease-seconds",
    type=click.FloatRange(min=1.0, max=300.0),
    default=15.0,
    show_default=True,
    help="After so long without a sign of life another replica takes over.",
)
@click.option("--allow-exec", is_flag=True, help="Run the programs that kubeconfigs of push clusters name.")
@click.option("--publish-profiles", is_flag=True, help="Publish clusters as ClusterProfiles of SIG Multicluster.")
@hub_options
def controllers(target: Target, replica: str, lease_seconds: float, allow_exec: bool, publish_profiles: bool) -> None:
    """Run the controllers of a hub until they are stopped (SIGTERM or Ctrl-C).

    'myriarch install' makes a hub of an API server. Any number of replicas may run, each under a name of its own:
    they share the work by Leases, and take over from one another.
    """
    asyncio.run(serve(ControllersOptions(target, replica, lease_seconds, allow_exec, publish_profiles), click.echo))

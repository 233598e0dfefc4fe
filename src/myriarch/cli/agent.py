"""``myriarch agent``: the agent of one cluster, run near it; or the manifests that it needs there."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from myriarch.base.errors import UserFault
from myriarch.cli.output import Output, output_option, print_document

ALLOWED = ("bundle", "machine")


@click.command()
@click.option("--cluster", default="", metavar="NAME", help="Name of the cluster at the hub.")
@click.option("--bootstrap", default="", metavar="FILE", help="Kubeconfig that 'clusters join' wrote.")
@click.option("--kubeconfig", default="", metavar="FILE", help="Kubeconfig of the cluster; else its own account in it.")
@click.option("--context", default="", metavar="NAME", help="Context of the cluster's kubeconfig.")
@click.option("--state", default="", metavar="DIR", help="Folder for the credential and what it must remember.")
@click.option("--allow-exec", is_flag=True, help="Run the program that the cluster's kubeconfig names.")
@click.option("--export", is_flag=True, help="Print what the cluster must be given, for 'kubectl apply -f -'.")
@click.option("--allow", multiple=True, type=click.Choice(ALLOWED), help="With --export: rights for such components.")
@click.option("--user", default="", metavar="NAME", help="With --export: give the rights to this user too.")
@output_option(Output.YAML, Output.JSON, default=Output.YAML)
def agent(
    cluster: str,
    bootstrap: str,
    kubeconfig: str,
    context: str,
    state: str,
    allow_exec: bool,
    export: bool,
    allow: tuple[str, ...],
    user: str,
    output: Output,
) -> None:
    """Run the agent of one cluster until it is stopped.

    It calls the hub and is never called. In its first run it needs --bootstrap; after that it has a credential of its
    own, which it renews. While the hub is away it works on inside its grants.
    """
    if export:
        _export(allow, user, output)
        return
    from myriarch.cli.agent_process import AgentOptions, run_agent

    if not cluster:
        raise UserFault("--cluster", "", "it is not said which cluster this is", "Name it as the hub does.")
    if allow or user:
        raise UserFault("--allow", ",".join(allow) or user, "is for --export", "Leave it out, or add --export.")
    paths = (Path(bootstrap) if bootstrap else None, Path(kubeconfig) if kubeconfig else None)
    options = AgentOptions(cluster, paths[0], paths[1], context, Path(state) if state else None, allow_exec)
    asyncio.run(run_agent(options, lambda line: click.echo(line)))


def _export(allow: tuple[str, ...], user: str, output: Output) -> None:
    from myriarch.agent.member_manifests import member_manifests
    from myriarch.api.component import DriverName

    manifests = member_manifests([DriverName(name) for name in allow], user)
    if output is Output.YAML:
        print_document(output, tuple(manifests))
    else:
        print_document(output, {"apiVersion": "v1", "kind": "List", "items": manifests})

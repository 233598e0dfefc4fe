"""``myriarch install``: make a hub of any API server."""

from __future__ import annotations

import click

from myriarch.base.clock import RealClock
from myriarch.cli.connect import Session, ask
from myriarch.cli.output import Output, print_document
from myriarch.cli.target import Target, hub_options
from myriarch.hub.install import install, install_objects


@click.command("install")
@click.option("--export", is_flag=True, help="Print what would be applied, and do nothing.")
@hub_options
def install_hub(target: Target, export: bool) -> None:
    """Make a hub of an API server: its kinds, namespaces, and the account of the controllers with its rights.

    Everything is applied server-side; doing it again is harmless, and brings kinds up to date. What --export prints
    goes through 'kubectl apply --server-side -f -'.
    """
    if export:
        print_document(Output.YAML, tuple(install_objects()))
        return

    async def work(session: Session) -> None:
        await install(session.client, RealClock(), click.echo)

    ask(target, work)

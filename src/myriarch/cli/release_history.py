"""``myriarch release history``: what was released, and what became of it."""

from __future__ import annotations

import click

from myriarch.api.release import Release
from myriarch.cli.connect import ask
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.release_list import list_releases, table
from myriarch.cli.release_view import entry_line
from myriarch.cli.target import Target, hub_options
from myriarch.client.refs import RELEASES


@click.command()
@click.argument("name", required=False)
@click.option("-c", "--component", default="", metavar="NAME", help="Only releases of this component.")
@click.option("-A", "--all-namespaces", "everywhere", is_flag=True, help="Releases of all namespaces.")
@hub_options
@output_option()
def history(name: str | None, component: str, everywhere: bool, target: Target, output: Output) -> None:
    """List releases, newest first; with NAME, every transition of that release."""
    if name is not None:
        release = ask(target, lambda session: session.find(RELEASES, Release, name, "release"))
        lines = [entry_line(entry) for entry in release.status.timeline]
        emit(output, release.status.timeline, lambda: "\n".join(lines) or "Nothing has happened yet.")
        return
    found = ask(target, lambda session: list_releases(session, component, everywhere))
    document = {"apiVersion": "v1", "kind": "List", "items": found}
    emit(output, document, lambda: table(found, everywhere) if found else "There is no release.")

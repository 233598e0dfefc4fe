"""``myriarch release status``: where releases stand, and why."""

from __future__ import annotations

import click

from myriarch.api.release import Release
from myriarch.cli.connect import ask
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.release_list import list_releases, table
from myriarch.cli.release_view import describe
from myriarch.cli.target import Target, hub_options
from myriarch.client.refs import RELEASES
from myriarch.engine.phases import ENDED


@click.command()
@click.argument("name", required=False)
@click.option("-A", "--all-namespaces", "everywhere", is_flag=True, help="Releases of all namespaces.")
@hub_options
@output_option()
def status(name: str | None, everywhere: bool, target: Target, output: Output) -> None:
    """Tell where the release NAME stands, why, and what it waits for; without NAME, list those underway."""
    if name is not None:
        release = ask(target, lambda session: session.find(RELEASES, Release, name, "release"))
        emit(output, release, lambda: describe(release))
        return
    found = ask(target, lambda session: list_releases(session, everywhere=everywhere))
    underway = [release for release in found if release.status.phase not in ENDED]
    document = {"apiVersion": "v1", "kind": "List", "items": underway}
    emit(output, document, lambda: table(underway, everywhere) if underway else "No release is underway.")

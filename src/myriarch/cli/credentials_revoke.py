"""``myriarch credentials revoke``: the tokens of a user end at once, also at a hub that runs."""

from __future__ import annotations

from pathlib import Path

import click

from myriarch.apiserver.access.credentials import FILE, read_given, write_given
from myriarch.base.errors import UserFault
from myriarch.cli.hub_access import kept_endpoint
from myriarch.cli.hub_data import data_option


@click.command()
@click.argument("name")
@data_option
def revoke(name: str, data: Path) -> None:
    """Let every token of NAME end now. Client certificates can't be revoked: they end by themselves."""
    kept_endpoint(data)
    path = data / FILE
    given = read_given(path)
    left = [each for each in given if each.name != name]
    if len(left) == len(given):
        known = ", ".join(sorted({each.name for each in given})) or "nobody"
        raise UserFault("name", name, "was given no token", f"Tokens were given to: {known}.")
    write_given(path, left)
    click.echo(f"revoked: {len(given) - len(left)} of {name}")

"""``myriarch credentials list``: which tokens were given to whom. Tokens themselves are nowhere kept."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from myriarch.apiserver.access.credentials import FILE, read_given
from myriarch.base.clock import real_now, rfc3339
from myriarch.cli.hub_access import kept_endpoint
from myriarch.cli.hub_data import data_option
from myriarch.cli.output import Column, Output, Table, emit, output_option

COLUMNS: Final = (Column("Name"), Column("Cluster"), Column("Expires"), Column("Groups"))


@click.command("list")
@data_option
@output_option()
def list_credentials(data: Path, output: Output) -> None:
    """List the tokens that were given and are still good. Certificates are not kept track of."""
    kept_endpoint(data)
    now = real_now()
    given = [each for each in read_given(data / FILE) if each.expires > now]
    items = [
        {"name": each.name, "groups": list(each.groups), "cluster": each.realm, "expires": rfc3339(each.expires)}
        for each in given
    ]
    rows = [(each.name, each.realm, rfc3339(each.expires), ",".join(each.groups)) for each in given]
    emit(output, {"items": items}, lambda: Table(COLUMNS, rows) if rows else "no tokens were given")

"""``myriarch release abort``: end a release and leave its nodes where they are."""

from __future__ import annotations

from typing import Any

import click

from myriarch.api.release import Order, Phase, Release
from myriarch.cli.output import Output, output_option
from myriarch.cli.release_orders import order, ordered, require_underway
from myriarch.cli.target import Target, hub_options


@click.command()
@click.argument("name")
@hub_options
@output_option()
def abort(name: str, target: Target, output: Output) -> None:
    """End the release NAME and leave its nodes where they are. 'rollback' still brings them back."""
    order(target, name, _decide, "aborted", output)


def _decide(release: Release) -> dict[str, Any]:
    if release.status.phase is Phase.ABORTED:
        return {}
    require_underway(release, "aborted")
    return ordered(release, Order.ABORT)

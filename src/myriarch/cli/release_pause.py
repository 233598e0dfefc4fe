"""``myriarch release pause``: hold forward steps."""

from __future__ import annotations

from typing import Any

import click

from myriarch.api.release import Release
from myriarch.base.errors import UserFault
from myriarch.cli.output import Output, output_option
from myriarch.cli.release_orders import order, require_underway
from myriarch.cli.target import Target, hub_options
from myriarch.engine.phases import BACKWARD


@click.command()
@click.argument("name")
@hub_options
@output_option()
def pause(name: str, target: Target, output: Output) -> None:
    """Hold the forward steps of the release NAME. Nodes in hand are finished; nothing is reverted."""
    order(target, name, _decide, "paused", output)


def _decide(release: Release) -> dict[str, Any]:
    require_underway(release, "paused")
    if release.status.phase in BACKWARD:
        cure = "Let it end, or end it where it is with 'myriarch release abort'."
        raise UserFault("release", release.name, "it is rolling back; a pause holds forward steps only", cure)
    return {} if release.spec.paused else {"paused": True}

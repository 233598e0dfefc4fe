"""``myriarch release resume``: let a paused release go on."""

from __future__ import annotations

from typing import Any

import click

from myriarch.api.release import Release
from myriarch.cli.output import Output, output_option
from myriarch.cli.release_orders import approvals_with, approved, harm_approval_of, order, require_underway
from myriarch.cli.target import Target, hub_options


@click.command()
@click.argument("name")
@click.option("--by", default="", metavar="NAME", help="Who accepts failures; by default the user of this shell.")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@hub_options
@output_option()
def resume(name: str, by: str, reason: str, target: Target, output: Output) -> None:
    """Let the release NAME go on after a pause.

    Where it paused because of harm, this accepts the failures of its wave, and is recorded as an approval.
    """

    def decide(release: Release) -> dict[str, Any]:
        require_underway(release, "resumed")
        spec: dict[str, Any] = {"paused": False} if release.spec.paused else {}
        what = harm_approval_of(release)
        if what and not approved(release, what):
            spec["approvals"] = approvals_with(release, what, by, reason)
        return spec

    order(target, name, decide, "resumed", output)

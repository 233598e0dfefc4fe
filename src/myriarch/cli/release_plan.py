"""``myriarch release plan``: what a release would do, before anything moves."""

from __future__ import annotations

from pathlib import Path

import click

from myriarch.base.errors import UserFault
from myriarch.cli.connect import ask
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.plan_making import plan_offline, plan_online
from myriarch.cli.plan_view import plan_text
from myriarch.cli.release_wish import Wish, wish_options
from myriarch.cli.target import Target, hub_options


@click.command()
@wish_options
@click.option("--fleet", type=click.Path(path_type=Path), metavar="FILE", help="Plan over a fleet file, without a hub.")
@click.option("--strata", is_flag=True, help="Also show how many canaries meet each attribute value.")
@click.option("--node-update", default="", metavar="DURATION", help="How long a node takes; else as far as is known.")
@hub_options
@output_option()
def plan(
    component: str,
    revision: str,
    policy: str,
    policy_file: Path | None,
    selector: str,
    seed: int,
    urgent: str,
    fixes: str,
    fleet: Path | None,
    strata: bool,
    node_update: str,
    target: Target,
    output: Output,
) -> None:
    """Show what a release would do: stages, waves, what they cover, how long, what is in the way. Nothing moves.

    '-o wide' also names the clusters of each wave and the attribute values that it doesn't cover.
    """
    wish = Wish(component, revision, policy, policy_file, selector, seed, urgent=urgent, fixes=fixes)
    if fleet is None:
        document = ask(target, lambda session: plan_online(session, wish, node_update)).document
    else:
        if policy_file is None:
            raise UserFault("--policy-file", "", "is missing", "Give it: a fleet file holds no policies.")
        if fixes:
            raise UserFault("--fixes", fixes, "needs a hub", "Leave it out: a fleet file holds no releases.")
        document = plan_offline(wish, fleet, node_update).document
    emit(output, document, lambda: plan_text(document, output is Output.WIDE, strata))

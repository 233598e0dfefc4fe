"""``myriarch release plan``: what a release would do, before anything moves."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask
from myriarch.cli.exits import ExitCode
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.plan_against import against_offline, against_online, comparison, comparison_text
from myriarch.cli.plan_making import Made, plan_offline, plan_online
from myriarch.cli.plan_view import plan_text
from myriarch.cli.release_wish import Wish, wish_options
from myriarch.cli.target import Target, hub_options

TRIALS_MAX: Final = 100
CHECK_HELP: Final = "With --fleet: run it so often on the simulator, and check what the plan says."


@click.command()
@wish_options
@click.option("--fleet", type=click.Path(path_type=Path), metavar="FILE", help="Plan over a fleet file, without a hub.")
@click.option("--strata", is_flag=True, help="Also show how many canaries meet each attribute value.")
@click.option("--node-update", default="", metavar="DURATION", help="How long a node takes; else as far as is known.")
@click.option("--against", default="", metavar="POLICY", help="Compare with this policy: a file, or a name.")
@click.option("--check", "trials", type=click.IntRange(0, TRIALS_MAX), default=0, metavar="TRIALS", help=CHECK_HELP)
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
    against: str,
    trials: int,
    target: Target,
    output: Output,
) -> int:
    """Show what a release would do: stages, waves, what they cover, how long, what is in the way. Nothing moves.

    '-o wide' also names the clusters of each wave and the attribute values that it doesn't cover.
    """
    wish = Wish(component, revision, policy, policy_file, selector, seed, urgent=urgent, fixes=fixes)
    _refuse(wish, fleet, against, trials)
    if fleet is None:
        one, two = ask(target, lambda session: _online(session, wish, node_update, against))
    else:
        one, two = _offline(wish, fleet, node_update, against)
    if two is not None:
        rows = comparison(one, two)
        compared = {"plans": [one.document, two.document], "comparison": rows}
        emit(output, compared, lambda: comparison_text(one, two, rows))
        return ExitCode.OK
    if trials and fleet is not None:
        from myriarch.cli.plan_trial import check_plan  # the simulator is large, and plans want it seldom

        return check_plan(one, fleet, trials, output)
    emit(output, one.document, lambda: plan_text(one.document, output is Output.WIDE, strata))
    return ExitCode.OK


def _refuse(wish: Wish, fleet: Path | None, against: str, trials: int) -> None:
    """Raises UserFault for options that don't go together."""
    if trials and fleet is None:
        cure = "Give a fleet file, such as one made by 'myriarch fleet import'."
        raise UserFault("--check", trials, "runs the release on a simulated fleet and needs --fleet", cure)
    if trials and against:
        raise UserFault("--check", trials, "checks one plan", "Leave --against out.")
    if fleet is not None and wish.policy_file is None:
        raise UserFault("--policy-file", "", "is missing", "Give it: a fleet file holds no policies.")
    if fleet is not None and wish.fixes:
        raise UserFault("--fixes", wish.fixes, "needs a hub", "Leave it out: a fleet file holds no releases.")


def _offline(wish: Wish, fleet: Path, node_update: str, against: str) -> tuple[Made, Made | None]:
    one = plan_offline(wish, fleet, node_update)
    return one, against_offline(one, wish, against, fleet) if against else None


async def _online(session: Session, wish: Wish, node_update: str, against: str) -> tuple[Made, Made | None]:
    one = await plan_online(session, wish, node_update)
    return one, await against_online(session, one, wish, against) if against else None

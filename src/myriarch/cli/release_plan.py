"""``myriarch release plan``: what a release would do, before anything moves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from myriarch.api.freezewindow import FreezeWindow
from myriarch.base.clock import real_now
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask
from myriarch.cli.freeze_conflicts import freeze_warnings
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.plan_gates import changes_document, gates_document
from myriarch.cli.plan_offline import clusters_of_file
from myriarch.cli.plan_strata import pair_warnings, strata_warnings
from myriarch.cli.plan_view import plan_document, plan_text
from myriarch.cli.release_wish import Checked, Wish, check, planned, policy_of_file, wish_options
from myriarch.cli.target import Target, hub_options
from myriarch.client.refs import FREEZE_WINDOWS


@click.command()
@wish_options
@click.option("--fleet", type=click.Path(path_type=Path), metavar="FILE", help="Plan over a fleet file, without a hub.")
@click.option("--strata", is_flag=True, help="Also show how many canaries meet each attribute value.")
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
    target: Target,
    output: Output,
) -> None:
    """Show the stages and waves of a release: clusters, nodes, what they cover, exposure, soaks. Nothing moves.

    '-o wide' also names the clusters of each wave and the attribute values that it doesn't cover.
    """
    wish = Wish(component, revision, policy, policy_file, selector, seed, urgent=urgent, fixes=fixes)
    if fleet is None:
        document = ask(target, lambda session: _online(session, wish))
    else:
        if policy_file is None:
            raise UserFault("--policy-file", "", "is missing", "Give it: a fleet file holds no policies.")
        if fixes:
            raise UserFault("--fixes", fixes, "needs a hub", "Leave it out: a fleet file holds no releases.")
        document = _document(_offline(wish, fleet))
    emit(output, document, lambda: plan_text(document, output is Output.WIDE, strata))


def _offline(wish: Wish, fleet: Path) -> Checked:
    policy = policy_of_file(wish)
    return planned(wish, policy, True, clusters_of_file(fleet, policy.spec.coverage.pairs))


async def _online(session: Session, wish: Wish) -> dict[str, Any]:
    checked = await check(session, wish)
    document = {**_document(checked), "changes": await changes_document(session, checked)}
    windows = (await session.client.list(FREEZE_WINDOWS, FreezeWindow)).items
    document["warnings"] += freeze_warnings(windows, document, wish.component, real_now())
    return document


def _document(checked: Checked) -> dict[str, Any]:
    spec = checked.spec
    about = {"component": spec.component, "revision": spec.revision, "policy": spec.policy, "seed": spec.seed}
    about |= {"pace": list(checked.pace)}
    document = {**about, **plan_document(checked.plan, checked.clusters, checked.policy.spec), "warnings": []}
    document["warnings"] = _warnings(document) + pair_warnings(checked.clusters, checked.policy.spec.coverage)
    document["gates"] = gates_document(checked.policy.spec)
    return document


def _warnings(document: dict[str, Any]) -> list[str]:
    """Blind spots: a first wave that doesn't meet every value there is."""
    found = []
    for stage in document["stages"]:
        blind = stage["waves"][0]["uncovered"]
        if blind:
            named = ", ".join(blind[:5]) + (", …" if len(blind) > 5 else "")
            found.append(f"the first wave of stage {stage['name']} doesn't meet {len(blind)} values: {named}")
        found += strata_warnings(stage)
    return found

"""``myriarch release rollback``: bring nodes back to where they came from.

A release that is underway, or was aborted, is ordered back and reverts each node to its own last-known-good.
One that succeeded has proven its revision; going back from there is a new release, of the revision that
was proven before.
"""

from __future__ import annotations

from typing import Any

import click

from myriarch.api.component import Component
from myriarch.api.meta import ObjectMeta
from myriarch.api.release import Order, Phase, Release, ReleaseSpec
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask
from myriarch.cli.lazy import program
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.release_list import list_releases
from myriarch.cli.release_orders import FIELD_MANAGER, change, ordered
from myriarch.cli.target import Target, hub_options
from myriarch.client.refs import COMPONENTS, RELEASES


@click.command()
@click.argument("name")
@hub_options
@output_option()
def rollback(name: str, target: Target, output: Output) -> None:
    """Bring the nodes of the release NAME back to where they came from, under its policy's budgets."""
    release, said = ask(target, lambda session: _roll_back(session, name))
    emit(output, release, lambda: said)


async def _roll_back(session: Session, name: str) -> tuple[Release, str]:
    release = await session.find(RELEASES, Release, name, "release")
    if release.status.phase is not Phase.SUCCEEDED:
        changed, release = await change(session, name, _decide)
        return release, f"release/{name} rolling back" + ("" if changed else " already")
    wanted = await _release_back(session, release)
    made = await session.client.create(RELEASES, wanted, field_manager=FIELD_MANAGER)
    follow = f"Follow it with: {program()} release watch {made.name} -n {session.namespace}"
    return made, f"release/{made.name} started: {release.spec.component} to {made.spec.revision}. {follow}"


def _decide(release: Release) -> dict[str, Any]:
    if release.status.phase in (Phase.ROLLED_BACK, Phase.ROLLING_BACK, Phase.ROLLBACK_HELD):
        return {}
    if release.status.phase is Phase.SUPERSEDED:
        cure = "Roll back the release that superseded it."
        raise UserFault("release", release.name, "another release superseded it", cure)
    return ordered(release, Order.ROLL_BACK)


async def _release_back(session: Session, release: Release) -> Release:
    """A release of the revision that was proven before this one. Raises UserFault where there is none."""
    spec = release.spec
    succeeded = [
        each
        for each in await list_releases(session, spec.component, everywhere=True)
        if each.status.phase is Phase.SUCCEEDED
    ]
    if succeeded[0].metadata.uid != release.metadata.uid:
        cure = f"Roll back {succeeded[0].name}, or start a release of the revision that you want."
        raise UserFault("release", release.name, f"{succeeded[0].name} has moved {spec.component} since", cure)
    component = await session.find(COMPONENTS, Component, spec.component, "component")
    earlier = [each.spec.revision for each in succeeded[1:]] + [component.spec.initial_revision]
    previous = next((each for each in earlier if each not in ("", spec.revision)), "")
    if not previous:
        cure = "Start a release of the revision that you want."
        raise UserFault("release", release.name, "no revision was proven before it", cure)
    return Release(
        metadata=ObjectMeta(name=f"{release.name}-rollback", namespace=session.namespace),
        spec=ReleaseSpec(
            component=spec.component,
            revision=previous,
            policy=spec.policy,
            selector=spec.selector,
            priority=spec.priority,
            seed=spec.seed,
        ),
    )

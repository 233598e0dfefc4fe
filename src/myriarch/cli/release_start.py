"""``myriarch release start``: check everything, then write one Release."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from myriarch.api.component import Component
from myriarch.api.meta import ObjectMeta
from myriarch.api.release import Release
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask
from myriarch.cli.exits import ExitCode
from myriarch.cli.lazy import program
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.release_orders import FIELD_MANAGER
from myriarch.cli.release_watch import verdict, watched
from myriarch.cli.release_wish import Wish, check, wish_options
from myriarch.cli.target import Target, hub_options
from myriarch.client.errors import NotFound
from myriarch.client.refs import COMPONENTS, POLICIES, RELEASES


@click.command()
@click.argument("name")
@wish_options
@click.option(
    "--priority", type=click.IntRange(-1000, 1000), default=0, show_default=True, help="Recorded, not acted on yet."
)
@click.option("--wait", is_flag=True, help="Follow it until it ends; exit 1 unless it succeeded.")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="With --wait: give up after so long.")
@hub_options
@output_option()
def start(
    name: str,
    component: str,
    revision: str,
    policy: str,
    policy_file: Path | None,
    selector: str,
    seed: int,
    urgent: str,
    fixes: str,
    priority: int,
    wait: bool,
    timeout: float | None,
    target: Target,
    output: Output,
) -> int:
    """Start the release NAME, which moves a component to a revision under a policy.

    Everything is checked before anything is written. A policy of --policy-file that the hub lacks is created;
    nothing else is.
    """
    wish = Wish(component, revision, policy, policy_file, selector, seed, priority, urgent, fixes)
    release, said = ask(target, lambda session: _start(session, name, wish))
    if not wait:
        emit(output, release, lambda: said)
        return ExitCode.OK
    click.echo(said, err=True)
    final = ask(target, lambda session: watched(session, name, Output.TABLE, sys.stderr, timeout))
    emit(output, final, lambda: f"release/{name} {final.status.phase}")
    return verdict(final)


async def _start(session: Session, name: str, wish: Wish) -> tuple[Release, str]:
    """The release as written, and what to tell the user."""
    await _require_free(session, name)
    checked = await check(session, wish)
    lines = []
    if checked.new_policy:
        await session.client.create(POLICIES, checked.written, field_manager=FIELD_MANAGER)
        lines.append(f"releasepolicy/{checked.written.name} created")
    component = await session.client.get(COMPONENTS, Component, wish.component)
    underway = component.status.active_release
    wanted = Release(metadata=ObjectMeta(name=name, namespace=session.namespace), spec=checked.spec)
    release = await session.client.create(RELEASES, wanted, field_manager=FIELD_MANAGER)
    namespace = "" if session.namespace == "default" else f" -n {session.namespace}"
    lines.append(f"release/{name} started: {wish.component} to {wish.revision}")
    lines += [f"Pace: {text}" for text in checked.pace]
    if underway:
        lines.append(f"It takes the place of release {underway}, which was under way")
    lines.append(f"Follow it with: {program()} release watch {name}{namespace}")
    return release, "\n".join(lines)


async def _require_free(session: Session, name: str) -> None:
    try:
        await session.client.get(RELEASES, Release, name, session.namespace)
    except NotFound:
        return
    problem = f"there is a release of this name in namespace {session.namespace}"
    raise UserFault("NAME", name, problem, "Give another name: a release is one intention, and is kept.")

"""``myriarch stop``: one command stops all forward motion of the fleet.

It writes a FreezeWindow named ``stop`` over everything, at which every grant turns to hold. Rollbacks go on:
a freeze never blocks them. ``--lift`` removes it.
"""

from __future__ import annotations

import getpass

import click

from myriarch.api.freezewindow import FreezeWindow, FreezeWindowSpec
from myriarch.api.meta import ObjectMeta
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask
from myriarch.cli.lazy import program
from myriarch.cli.output import Output, emit, output_option
from myriarch.cli.target import Target, hub_options
from myriarch.client.client import PatchKind
from myriarch.client.errors import AlreadyExists, NotFound
from myriarch.client.refs import FREEZE_WINDOWS

NAME = "stop"
FIELD_MANAGER = "myriarch-cli"


@click.command()
@click.option("--reason", default="", metavar="TEXT", help="Why; shown to everyone who waits. Required to stop.")
@click.option("--lift", is_flag=True, help="Lift the stop: releases go on where they were.")
@hub_options
@output_option()
def stop(reason: str, lift: bool, target: Target, output: Output) -> None:
    """Stop all forward motion of the fleet at once, until the stop is lifted. Rollbacks go on."""
    if lift:
        lifted = ask(target, _lift)
        document = {"stopped": False, "changed": lifted}
        emit(output, document, lambda: "stop lifted: releases go on" if lifted else "no stop is in force")
        return
    if not reason.strip():
        raise UserFault("--reason", reason, "is empty", "Say why the fleet stops, for those who wait.")
    window = ask(target, lambda session: _stop(session, reason))
    emit(output, window, lambda: f"stopped: nothing moves forward until '{program()} stop --lift'")


async def _stop(session: Session, reason: str) -> FreezeWindow:
    """Whatever window of that name there was, it now covers everything."""
    why = f"{reason} (stopped by {getpass.getuser()})"
    window = FreezeWindow(metadata=ObjectMeta(name=NAME), spec=FreezeWindowSpec(stop=True, reason=why))
    try:
        return await session.client.create(FREEZE_WINDOWS, window, field_manager=FIELD_MANAGER)
    except AlreadyExists:
        # Without a resourceVersion: a stop waits for nobody.
        narrower = dict.fromkeys(("environments", "components", "selector", "weekly", "once"))
        patch = {"spec": {"stop": True, "reason": why, **narrower}}
        return await session.client.patch(
            FREEZE_WINDOWS, FreezeWindow, NAME, patch, patch_kind=PatchKind.MERGE, field_manager=FIELD_MANAGER
        )


async def _lift(session: Session) -> bool:
    """Whether there was a stop to lift."""
    try:
        await session.client.delete(FREEZE_WINDOWS, NAME)
    except NotFound:
        return False
    return True

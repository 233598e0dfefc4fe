"""``myriarch clusters manage`` and ``observe``: whether anything may be written to clusters."""

from __future__ import annotations

import click

from myriarch.api.cluster import Cluster, Mode
from myriarch.cli.connect import Session, ask
from myriarch.cli.target import Target, hub_options
from myriarch.client.objects import Unread
from myriarch.client.refs import CLUSTERS

FIELD_MANAGER = "myriarch-cli"


@click.command("manage")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@hub_options
@click.pass_obj
def manage(above: Target, names: tuple[str, ...], target: Target) -> None:
    """Let releases reach the clusters NAME."""
    _set(target.over(above), names, Mode.MANAGE, "managed: releases reach it")


@click.command("observe")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@hub_options
@click.pass_obj
def observe(above: Target, names: tuple[str, ...], target: Target) -> None:
    """Only look at the clusters NAME: nothing is written to them any more."""
    _set(target.over(above), names, Mode.OBSERVE, "only observed: nothing is written to it")


def _set(target: Target, names: tuple[str, ...], mode: Mode, said: str) -> None:
    async def change(session: Session) -> list[bool]:
        clusters = [await session.find(CLUSTERS, Cluster, name, "cluster") for name in names]
        changed = [cluster.spec.mode is not mode for cluster in clusters]
        for name, needed in zip(names, changed, strict=True):
            if needed:
                patch = {"spec": {"mode": mode}}
                await session.client.patch(CLUSTERS, Unread, name, patch, field_manager=FIELD_MANAGER)
        return changed

    for name, changed in zip(names, ask(target, change), strict=True):
        click.echo(f"cluster/{name} {'is now' if changed else 'is already'} {said}")

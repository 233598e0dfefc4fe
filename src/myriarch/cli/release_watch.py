"""``myriarch release watch``: follow a release until it ends."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing
from typing import TextIO

import click

from myriarch.api.release import Release
from myriarch.base.errors import ProgrammerError
from myriarch.cli.connect import Session, ask
from myriarch.cli.exits import ExitCode, Failed
from myriarch.cli.follow import follow
from myriarch.cli.live import view_for
from myriarch.cli.output import Output, output_option
from myriarch.cli.target import Target, hub_options
from myriarch.engine.phases import EVERYWHERE


@click.command()
@click.argument("name")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Give up after so long.")
@hub_options
@output_option(Output.TABLE, Output.JSON)
def watch(name: str, timeout: float | None, target: Target, output: Output) -> int:
    """Follow the release NAME until it ends. The exit code is 0 where it succeeded, else 1.

    On a terminal a picture; elsewhere a line for each change; '-o json' gives a JSON object a line.
    """
    final = ask(target, lambda session: watched(session, name, output, sys.stdout, timeout))
    return verdict(final)


async def watched(session: Session, name: str, output: Output, stream: TextIO, timeout: float | None) -> Release:
    """Show the release until it has ended; its last state. Raises Failed after ``timeout`` seconds."""
    try:
        async with asyncio.timeout(timeout):
            return await _show(session, name, output, stream)
    except TimeoutError:
        raise Failed(f"release/{name} has not ended after {timeout:g} s") from None


async def _show(session: Session, name: str, output: Output, stream: TextIO) -> Release:
    with view_for(output, stream) as view:
        async with aclosing(follow(session, name)) as states:
            last: Release | None = None
            async for last in states:
                view.show(last)
    if last is None:
        raise ProgrammerError("a release was followed and had no state")
    return last


def verdict(release: Release) -> int:
    """Says on stderr how it ended where that is not what was wanted."""
    status = release.status
    if status.phase in EVERYWHERE:
        return ExitCode.OK
    raise Failed(f"release/{release.name} ended {status.phase}: {status.message or status.reason or 'no reason given'}")

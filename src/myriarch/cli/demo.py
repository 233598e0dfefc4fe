"""``myriarch demo``: a fleet, a hub and three releases, told in a minute."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Final

import click

from myriarch.base.durations import format_duration
from myriarch.cli.demo_keep import keep_up
from myriarch.cli.demo_view import Seats, seats_at
from myriarch.cli.exits import Failed
from myriarch.cli.output import Column, Output, Table, emit, output_option, percent, render
from myriarch.sim.demo.result import DemoResult
from myriarch.sim.demo.teller import EPOCH, open_demo
from myriarch.sim.run import run_virtual

DEFAULT_CLUSTERS: Final = 1000
DEFAULT_SEED: Final = 7
WHY_WIDTH: Final = 100


@click.command()
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=DEFAULT_SEED,
    show_default=True,
    help="Decides fleet and harm.",
)
@click.option(
    "--clusters", type=click.IntRange(min=2), default=DEFAULT_CLUSTERS, show_default=True, help="Clusters of the fleet."
)
@click.option("--no-keep", is_flag=True, help="End after the stories, also on a terminal.")
@click.option(
    "--kubeconfig",
    type=click.Path(path_type=Path),
    help="Where to write it while the hub is kept up.  [default: a temporary folder]",
)
@output_option(Output.TABLE, Output.JSON, Output.YAML)
def demo(seed: int, clusters: int, no_keep: bool, kubeconfig: Path | None, output: Output) -> None:
    """Tell three stories of releases over a simulated fleet, on virtual time.

    A good release reaches everywhere; a harmful one is caught in the simulated environment; one whose harm shows only
    in production is caught at the canaries and rolled back. On a terminal the hub is kept up afterwards, to look around
    in with kubectl.
    """
    keep = not no_keep and output is Output.TABLE and sys.stdout.isatty()
    with seats_at(sys.stderr) as seats:
        result = run_virtual(_run(clusters, seed, seats, output, keep, kubeconfig), EPOCH, detect_deadlock=not keep)
    if not result.as_told:
        amiss = ", ".join(story.name for story in result.stories if not story.as_told)
        raise Failed(f"not every story ended as it should: {amiss}")


async def _run(
    clusters: int, seed: int, seats: Seats, output: Output, keep: bool, kubeconfig: Path | None
) -> DemoResult:
    async with open_demo(clusters, seed, seats) as told:
        result = await told.tell()
        seats.closing()
        emit(output, result, lambda: summary(result))
        if keep:
            await keep_up(told.hub, kubeconfig, click.echo)
    return result


def summary(result: DemoResult) -> str:
    """The table of the stories, and why each ended as it did."""
    names = ("story", "outcome", "exposure", "virtual", "wall", "begun", "reverted", "stuck", "unreachable")
    rows: list[list[object]] = [
        [
            story.name,
            story.phase,
            percent(story.production_exposure),
            format_duration(round(story.virtual_seconds / 60) * 60),
            f"{story.wall_seconds:.1f}s",
            story.nodes_begun,
            story.nodes_reverted,
            story.nodes_stuck,
            story.nodes_unreachable,
        ]
        for story in result.stories
    ]
    why = [_wrapped(f"{story.name}: {story.reason}") for story in result.stories]
    return "\n".join(["", render(Table(tuple(Column(name) for name in names), rows)), "", *why])


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WHY_WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)

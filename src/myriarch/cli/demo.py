"""``myriarch demo``: a fleet, a hub and three releases, told in a minute."""

from __future__ import annotations

import click

from myriarch.cli.output import Output, emit, output_option
from myriarch.sim.demo.teller import EPOCH, tell_demo
from myriarch.sim.run import run_virtual

DEFAULT_CLUSTERS = 1000


class _Silent:
    def opening(self, fleet, policy): ...
    def story(self, story): ...
    def ended(self, story, result): ...
    def state(self, story, release):
        s = release.status
        click.echo(
            f"{story.name} {s.phase} {s.stage_name} {s.wave} {s.message} "
            + str(
                [
                    (e.environment, e.begun, e.updated, e.failed, e.reverted, round(e.exposure, 4))
                    for e in s.environments
                ]
            ),
            err=True,
        )


@click.command()
@click.option("--seed", type=click.IntRange(min=0), default=7, show_default=True, help="Decides every draw.")
@click.option("--clusters", type=click.IntRange(min=2), default=DEFAULT_CLUSTERS, show_default=True, help="How many.")
@click.option("--no-keep", is_flag=True, help="Don't keep the hub up afterwards.")
@output_option(Output.TABLE, Output.JSON, Output.YAML)
def demo(seed: int, clusters: int, no_keep: bool, output: Output) -> None:
    """Tell three stories of releases over a simulated fleet."""
    result = run_virtual(tell_demo(clusters, seed, _Silent()), EPOCH)
    emit(output, result, lambda: str(result))

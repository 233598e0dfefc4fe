"""``myriarch simulate``: run a scenario on virtual time, check it, and say what came of it."""

from __future__ import annotations

from pathlib import Path

import click

from myriarch.cli.output import Output, output_option, print_document
from myriarch.sim.scenario_file import load_scenario, schema


@click.command()
@click.argument("scenario", required=False, type=click.Path(path_type=Path))
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Decides every draw.")
@click.option("--schema", "wants_schema", is_flag=True, help="Print the JSON Schema of scenario files.")
@output_option(Output.TABLE, Output.JSON, Output.YAML)
def simulate(scenario: Path | None, seed: int, wants_schema: bool, output: Output) -> None:
    """Run a SCENARIO file on virtual time: same seed, same run."""
    if wants_schema:
        print_document(Output.JSON, schema())
        return
    if scenario is None:
        raise click.UsageError("SCENARIO: is missing. Name a scenario file.")
    load_scenario(scenario)

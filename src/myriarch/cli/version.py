"""``myriarch version``."""

from __future__ import annotations

import platform

import click

from myriarch import __version__
from myriarch.cli.output import Output, emit, output_option


@click.command()
@output_option()
def version(output: Output) -> None:
    """Print the version."""
    document = {"version": __version__, "python": platform.python_version(), "platform": platform.platform()}
    emit(output, document, lambda: f"myriarch {__version__}")

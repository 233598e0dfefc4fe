"""The folder of an embedded hub, as the commands that work beside it are told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

DEFAULT_DATA: Final = ".myriarch"

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=DEFAULT_DATA,
    show_default=True,
    help="The hub's folder.",
)

"""``myriarch train``: several components as one intention."""

from __future__ import annotations

from typing import Final

import click

from myriarch.cli.lazy import Entry, LazyGroup

ENTRIES: Final[dict[str, Entry]] = {
    "start": Entry("myriarch.cli.train_start:start", "Start a release train."),
    "show": Entry("myriarch.cli.train_show:show", "Tell where trains and their cars stand, and why."),
    "stop": Entry("myriarch.cli.train_stop:stop", "End a train where it is, or bring all its cars back."),
}


@click.command(cls=LazyGroup, entries=ENTRIES)
def train() -> None:
    """Start, show and stop release trains: several components that move together and come back together."""

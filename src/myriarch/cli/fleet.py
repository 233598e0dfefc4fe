"""``myriarch fleet``: fleet files, which say what a simulated fleet is made of."""

from __future__ import annotations

from typing import Final

import click

from myriarch.cli.lazy import Entry, LazyGroup

ENTRIES: Final[dict[str, Entry]] = {
    "import": Entry("myriarch.cli.fleet_import:import_fleet", "Make a fleet file of a real inventory."),
    "join": Entry("myriarch.cli.fleet_join:join", "Let simulated clusters join a hub, until stopped."),
    "show": Entry("myriarch.cli.fleet_show:show", "Show what a fleet file comes to."),
}


@click.command(cls=LazyGroup, entries=ENTRIES)
def fleet() -> None:
    """Make fleets of inventories, show them, and let them join a hub."""

"""The guide of the command line names every command that there is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
from tests.tidy.source import ROOT

from myriarch.cli.main import cli

GUIDE = ROOT / "docs" / "guides" / "cli.md"


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        here = (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, here)
        else:
            yield " ".join(here)


def test_the_guide_names_every_command() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    found = list(commands(cli))
    assert "clusters join" in found
    assert [each for each in found if not re.search(rf"`{each}[ `]", text)] == []

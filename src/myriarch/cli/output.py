"""What a command prints: a table for people, or a document for programs.

A command makes both values and leaves the choice to ``--output``. Tables have bold headings on a terminal
and are plain columns elsewhere, as kubectl's. Documents go to stdout whole; progress never does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

GAP: Final = "   "
NONE: Final = "<none>"


class Output(StrEnum):
    """Forms of output."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class Column:
    """``wide`` columns show with ``--output wide`` only."""

    title: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; a cell that is empty shows as ``<none>``."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[object]]

    def cells(self, wide: bool) -> list[list[str]]:
        """Heading and rows as text."""
        shown = [index for index, column in enumerate(self.columns) if wide or not column.wide]
        heading = [self.columns[index].title.upper() for index in shown]
        return [heading, *([_text(row[index]) for index in shown] for row in self.rows)]


def output_option(*choices: Output, default: Output = Output.TABLE) -> Callable[[F], F]:
    """``-o``; without ``choices`` all of them."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice([str(choice) for choice in (choices or tuple(Output))]),
        callback=lambda _context, _parameter, value: Output(value),
        default=str(default),
        show_default=True,
        help="Form of what is printed.",
    )


def emit(output: Output, document: object, table: Callable[[], Table | str]) -> None:
    """Print ``document``, or what ``table`` makes of it: a table, or text for people."""
    if output in (Output.JSON, Output.YAML):
        print_document(output, document)
        return
    shown = table()
    click.echo(shown if isinstance(shown, str) else render(shown, wide=output is Output.WIDE))


def print_document(output: Output, document: object) -> None:
    """As JSON, or YAML. ``document`` holds plain values or msgspec Structs."""
    click.echo(to_json(document) if output is Output.JSON else to_yaml(document))


def to_json(document: object) -> str:
    return json.dumps(plain(document), indent=2, ensure_ascii=False)


def to_yaml(document: object) -> str:
    """One document, or several where ``document`` is a tuple."""
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    documents = list(document) if isinstance(document, tuple) else [document]
    whole: str = yaml.dump_all(
        [plain(each) for each in documents], Dumper=dumper, sort_keys=False, allow_unicode=True, width=100
    )
    return whole.rstrip("\n")


def plain(document: object) -> Any:
    """Structs and enumerations as JSON values."""
    import msgspec

    return msgspec.to_builtins(document)


def render(table: Table, *, wide: bool = False, terminal: bool | None = None) -> str:
    """Columns with three spaces between them; bold headings on a terminal."""
    cells = table.cells(wide)
    widths = [max(len(row[index]) for row in cells) for index in range(len(cells[0]))]
    lines = [GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    if terminal if terminal is not None else sys.stdout.isatty():
        lines[0] = click.style(lines[0], bold=True)
    return "\n".join(lines)


def percent(share: float) -> str:
    """``0.0123`` as ``1.23%``; never rounds something to nothing or not all to all."""
    if 0 < share < 0.0001:
        return "<0.01%"
    text = f"{min(share * 100, 99.99) if share < 1 else share * 100:.2f}".rstrip("0").rstrip(".")
    return f"{text}%"


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell)
    return NONE if cell is None or cell == "" else str(cell)

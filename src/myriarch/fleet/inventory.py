"""Reading a CSV inventory: one row a node, columns sn, cpu_milli, memory_mib, gpu, model.

The columns may stand in any order and others are ignored. Rows with like machines become one shape with
their count. ``kubenodes.py`` reads ``kubectl get nodes -o json``; ``importing.py`` makes a fleet of either.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from myriarch.base.errors import UserFault
from myriarch.fleet.load import read_text
from myriarch.fleet.shapes import Shape, make_shape

COLUMNS = ("sn", "cpu_milli", "memory_mib", "gpu", "model")
_EXAMPLE = "node-1,96000,393216,8,V100M32"


def read_csv(path: Path) -> tuple[Shape, ...]:
    """The shapes with their counts, most frequent first. Raises UserFault with file and line."""
    rows = csv.reader(io.StringIO(read_text(path)))
    header = [name.strip() for name in next(rows, [])]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        cure = f"Begin the file with the line {','.join(COLUMNS)}."
        raise UserFault(f"{path}:1", ",".join(header), f"no column {', '.join(missing)}", cure)
    counts: dict[tuple[int, int, int, str], int] = {}
    names: dict[str, int] = {}
    for row in rows:
        if row:
            place = f"{path}:{rows.line_num}"
            fields = _fields(header, row, place)
            first = names.setdefault(fields["sn"], rows.line_num)
            if first != rows.line_num:
                problem = f"the node is on line {first} already"
                raise UserFault(f"{place}: sn", fields["sn"], problem, "Remove one of the two lines.")
            machine = _machine(fields, place)
            counts[machine] = counts.get(machine, 0) + 1
    if not counts:
        raise UserFault(str(path), "no rows", "the inventory is empty", f"Add a line per node: {_EXAMPLE}.")
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(make_shape(*machine, count) for machine, count in ordered)


def _fields(header: list[str], row: list[str], place: str) -> dict[str, str]:
    if len(row) != len(header):
        problem = f"{len(row)} fields where the header has {len(header)}"
        raise UserFault(place, ",".join(row), problem, f"Write one row like {_EXAMPLE}.")
    fields = {name: value.strip() for name, value in zip(header, row, strict=True)}
    if not fields["sn"]:
        raise UserFault(f"{place}: sn", "", "empty", "Give each node a name.")
    return fields


def _machine(fields: dict[str, str], place: str) -> tuple[int, int, int, str]:
    cpu = _number(fields, "cpu_milli", place, 1)
    memory = _number(fields, "memory_mib", place, 1)
    gpus = _number(fields, "gpu", place, 0)
    if gpus and not fields["model"]:
        raise UserFault(f"{place}: model", "", "empty, though the node has GPUs", "Name the GPU model.")
    return cpu, memory, gpus, fields["model"] if gpus else ""


def _number(fields: dict[str, str], name: str, place: str, least: int) -> int:
    text = fields[name]
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise UserFault(f"{place}: {name}", text, "not a whole number", "Write digits only, as in 96000.")
    if int(text) < least:
        raise UserFault(f"{place}: {name}", text, "too small", f"Give at least {least}.")
    return int(text)

"""Samples of two arms from a CSV file: rows of one time are one look.

Columns: ``time`` (any text; rows of one look stand together, looks in their order), ``arm`` (``updated`` or
``control``), ``value``, and where there are any ``stratum`` and ``size`` (units at risk, trials or exposure; else 1).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from myriarch.base.errors import UserFault
from myriarch.engine.sequential.metric import Metric, MetricKind, Samples

ARMS = ("updated", "control")
MOST_ROWS = 5_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file."""

    time: str
    updated: bool
    stratum: str
    value: float
    size: float


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """One look: the samples of both arms."""

    time: str
    treated: Samples
    control: Samples


def read_samples(path: Path, metric: Metric) -> tuple[list[str], list[Taken]]:
    """Names of strata and looks in order. Raises UserFault naming the line."""
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            rows = list(_rows(lines, metric))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserFault("FILE", str(path), f"can't be read: {error}", "Give a CSV file in UTF-8.") from error
    strata = sorted({row.stratum for row in rows})
    if not rows:
        raise UserFault("FILE", str(path), "has no samples", "Give rows of time, arm and value.")
    return strata, list(_looks(rows, {name: index for index, name in enumerate(strata)}))


def _rows(lines: Iterator[str], metric: Metric) -> Iterator[Row]:
    reader = csv.DictReader(lines)
    missing = [name for name in ("time", "arm", "value") if name not in (reader.fieldnames or ())]
    if missing:
        problem = f"has no column {' and no column '.join(missing)}"
        raise UserFault("FILE", reader.fieldnames, problem, "Head the file with time,arm,value[,size][,stratum].")
    for number, line in enumerate(reader, start=2):
        if number > MOST_ROWS:
            raise UserFault("FILE", number, f"is over {MOST_ROWS} rows", "Add samples up, or split the file.")
        yield _row(number, line, metric)


def _row(number: int, line: dict[str, str], metric: Metric) -> Row:
    arm = line["arm"]
    if arm not in ARMS:
        raise UserFault(f"line {number}.arm", arm, "is no arm", "Write updated or control.")
    value, size = _number(number, "value", line["value"]), _number(number, "size", line.get("size") or "1")
    hits = metric.kind in (MetricKind.FAILURES, MetricKind.SHARE)
    if hits and value > size:
        raise UserFault(f"line {number}.value", value, f"is more than the size {size:g}", "Give hits and trials.")
    return Row(line["time"] or "", arm == "updated", line.get("stratum") or "", value, size)


def _number(number: int, column: str, text: str | None) -> float:
    try:
        found = float(text or "")
    except ValueError:
        found = math.nan
    if not math.isfinite(found) or found < 0:
        raise UserFault(f"line {number}.{column}", text, "is no number of 0 or more", "Give a number.")
    return found


def _looks(rows: list[Row], strata: dict[str, int]) -> Iterator[Taken]:
    begun, seen = 0, {rows[0].time}
    for index in range(1, len(rows) + 1):
        if index < len(rows) and rows[index].time == rows[begun].time:
            continue
        look = rows[begun:index]
        yield Taken(look[0].time, _samples(look, strata, True), _samples(look, strata, False))
        begun = index
        if index < len(rows) and rows[index].time in seen:
            raise UserFault(f"line {index + 2}.time", rows[index].time, "comes back", "Sort the rows by time.")
        seen.add(rows[min(index, len(rows) - 1)].time)


def _samples(look: list[Row], strata: dict[str, int], updated: bool) -> Samples:
    mine = [row for row in look if row.updated is updated]
    return Samples(
        np.asarray([strata[row.stratum] for row in mine], np.int64),
        np.asarray([row.value for row in mine], np.float64),
        np.asarray([row.size for row in mine], np.float64),
    )

"""``myriarch policy list``: the ready policies, a line each."""

from __future__ import annotations

from typing import Any

import click

from myriarch.api.policy import ReleasePolicySpec
from myriarch.base.durations import format_duration, parse_duration
from myriarch.cli.output import Column, Output, Table, emit, output_option
from myriarch.policies.shipped import purpose, shipped_names, shipped_policy, shipped_text

COLUMNS = (Column("Name"), Column("Stages"), Column("Waves"), Column("At least"), Column("Purpose"))


@click.command("list")
@output_option()
def list_policies(output: Output) -> None:
    """List the ready policies: how many stages and waves, the shortest time of a release, and what each is for."""
    rows = [_row(name) for name in shipped_names()]
    emit(output, rows, lambda: _table(rows))


def _row(name: str) -> dict[str, Any]:
    spec = shipped_policy(name).spec
    return {
        "name": name,
        "stages": len(spec.stages),
        "waves": sum(max(len(stage.waves), 1) for stage in spec.stages),
        "minimumSeconds": _minimum_seconds(spec),
        "purpose": purpose(shipped_text(name)),
    }


def _minimum_seconds(spec: ReleasePolicySpec) -> float:
    """The soaks of all waves and of their nodes: no release is quicker."""
    soaks = [wave.soak or stage.soak for stage in spec.stages for wave in stage.waves]
    soaks += [stage.soak for stage in spec.stages if not stage.waves]
    return sum(parse_duration(soak) + parse_duration(spec.nodes.soak) for soak in soaks)


def _table(rows: list[dict[str, Any]]) -> Table:
    shown = [
        (row["name"], row["stages"], row["waves"], format_duration(row["minimumSeconds"]), row["purpose"])
        for row in rows
    ]
    return Table(COLUMNS, shown)

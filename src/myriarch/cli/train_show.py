"""``myriarch train show``: where trains and their cars stand, and why."""

from __future__ import annotations

from collections.abc import Sequence

import click

from myriarch.api.releasetrain import ReleaseTrain
from myriarch.cli.connect import ask
from myriarch.cli.output import Column, Output, Table, emit, output_option, render
from myriarch.cli.release_view import whole_seconds
from myriarch.cli.target import Target, hub_options
from myriarch.client.refs import TRAINS


@click.command()
@click.argument("name", required=False)
@hub_options
@output_option()
def show(name: str | None, target: Target, output: Output) -> None:
    """Tell where the train NAME stands, a row a car; without NAME, list all trains of the namespace."""
    if name is not None:
        train = ask(target, lambda session: session.find(TRAINS, ReleaseTrain, name, "NAME"))
        emit(output, train, lambda: described(train, wide=output is Output.WIDE))
        return
    listed = ask(target, lambda session: session.client.list(TRAINS, ReleaseTrain, session.namespace))
    document = {"apiVersion": "v1", "kind": "List", "items": listed.items}
    emit(output, document, lambda: _table(listed.items) if listed.items else "There is no release train.")


def described(train: ReleaseTrain, *, wide: bool) -> str:
    """The train in lines, and its cars as a table."""
    spec, status = train.spec, train.status
    paused = ", paused" if spec.paused else ""
    lines = [f"train {train.metadata.namespace}/{train.name}: {status.phase}{paused}, policy {spec.policy}"]
    if status.message:
        lines.append(f"why: {status.message}")
    columns = tuple(Column(name) for name in ("car", "revision", "phase", "stage", "release", "why"))
    rows: list[list[object]] = [
        [row.component, row.revision, row.phase, row.place, row.release, row.message] for row in status.cars
    ]
    if not rows:
        rows = [[car.component, car.revision, "", "", "", ""] for car in spec.cars]
    return "\n".join([*lines, "", render(Table(columns, rows), wide=wide)])


def _table(trains: Sequence[ReleaseTrain]) -> Table:
    columns = tuple(Column(name) for name in ("name", "phase", "car", "policy", "started", "ended"))
    return Table(
        columns,
        [
            [
                train.name,
                train.status.phase,
                train.status.car,
                train.spec.policy,
                whole_seconds(train.status.started_at) if train.status.started_at else "",
                whole_seconds(train.status.ended_at) if train.status.ended_at else "",
            ]
            for train in trains
        ],
    )

"""``myriarch fleet show``: what a fleet file comes to, once its clusters are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from myriarch.cli.output import Column, Output, Table, emit, output_option, percent, render
from myriarch.fleet.build import FleetPlan, plan_fleet
from myriarch.fleet.defaults import default_spec
from myriarch.fleet.load import load_fleet
from myriarch.fleet.spec import FleetSpec

ATTRIBUTES = ("shape", "gpuModel", "os", "kernel", "zone", "pool")
SHOWN_VALUES = 10
"""Values of one attribute in the table; ``--output wide`` and the documents have all."""


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--clusters", type=click.IntRange(min=1), default=100, show_default=True, help="Without FILE.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Without FILE.")
@output_option()
def show(file: Path | None, clusters: int, seed: int, output: Output) -> None:
    """Show the clusters and nodes of a fleet FILE; without one, of the default fleet."""
    spec = load_fleet(file) if file is not None else default_spec(clusters, seed)
    document = summary(spec, plan_fleet(spec))
    emit(output, document, lambda: _tables(document, output is Output.WIDE))


def summary(spec: FleetSpec, plan: FleetPlan) -> dict[str, Any]:
    """Clusters and nodes by environment, and nodes by value of every attribute."""
    return {
        "seed": spec.seed,
        "clusters": len(plan.clusters),
        "nodes": sum(len(cluster.nodes) for cluster in plan.clusters),
        "environments": [_environment(environment.name, plan) for environment in spec.environments],
        "attributes": {name: _values(name, spec, plan) for name in ATTRIBUTES},
    }


def _environment(name: str, plan: FleetPlan) -> dict[str, Any]:
    sizes = sorted(len(cluster.nodes) for cluster in plan.clusters if cluster.environment == name)
    classes = Counter(cluster.size_class for cluster in plan.clusters if cluster.environment == name)
    return {
        "name": name,
        "clusters": len(sizes),
        "nodes": sum(sizes),
        "smallest": sizes[0] if sizes else 0,
        "median": sizes[len(sizes) // 2] if sizes else 0,
        "largest": sizes[-1] if sizes else 0,
        "sizeClasses": dict(sorted(classes.items())),
    }


def _values(attribute: str, spec: FleetSpec, plan: FleetPlan) -> dict[str, int]:
    """Nodes by value, most first. The GPU model follows from the shape."""
    stored = "shape" if attribute == "gpuModel" else attribute
    models = {shape.name: shape.gpu_model for shape in spec.shapes}
    names = plan.vocabulary.values[stored]
    counts: Counter[str] = Counter()
    for cluster in plan.clusters:
        for code, count in Counter(cluster.nodes[stored].tolist()).items():
            counts[models[names[code]] or "none" if attribute == "gpuModel" else names[code]] += count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _tables(document: dict[str, Any], wide: bool) -> str:
    titles = ("environment", "clusters", "nodes", "smallest", "median", "largest")
    rows: list[Sequence[object]] = [
        [each["name"], *(each[title] for title in titles[1:])] for each in document["environments"]
    ]
    total = f"{document['clusters']} clusters, {document['nodes']} nodes, seed {document['seed']}"
    parts = [total, render(Table(tuple(Column(title) for title in titles), rows))]
    return "\n\n".join([*parts, _attribute_table(document, wide)])


def _attribute_table(document: dict[str, Any], wide: bool) -> str:
    rows: list[Sequence[object]] = []
    for attribute, values in document["attributes"].items():
        shown = list(values.items())[: None if wide else SHOWN_VALUES]
        rows += [[attribute, value, nodes, percent(nodes / document["nodes"])] for value, nodes in shown]
        if len(values) > len(shown):
            rest = sum(values.values()) - sum(nodes for _, nodes in shown)
            rows.append([attribute, f"({len(values) - len(shown)} more)", rest, percent(rest / document["nodes"])])
    return render(Table((Column("attribute"), Column("value"), Column("nodes"), Column("share")), rows))

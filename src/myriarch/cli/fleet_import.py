"""``myriarch fleet import``: from a real inventory to a fleet file that a hub or a scenario takes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from myriarch.base.errors import UserFault
from myriarch.fleet.build import build
from myriarch.fleet.importing import import_inventory
from myriarch.fleet.load import dump_fleet


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--clusters", type=click.IntRange(min=1), help="Draw so many clusters from the inventory's nodes.")
@click.option("--mean-nodes", type=click.FloatRange(min=1), help="Mean size of the clusters drawn.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Decides every draw.")
@click.option("-o", "--output", "target", default="-", metavar="FILE", help="Where to write; '-' is stdout.")
def import_fleet(
    files: tuple[Path, ...], clusters: int | None, mean_nodes: float | None, seed: int, target: str
) -> None:
    """Make a fleet file of an inventory.

    FILE is one CSV with the columns sn, cpu_milli, memory_mib, gpu and model, from whose machines clusters of
    heavy-tailed sizes are drawn; or what 'kubectl get nodes -o json' prints, one file a cluster, which are kept as
    they are unless --clusters asks for draws.
    """
    spec = import_inventory(files, clusters=clusters, mean_nodes=mean_nodes, seed=seed)
    plans = build(spec)
    _write(dump_fleet(spec), target)
    nodes = sum(len(plan.nodes) for plan in plans)
    shown = "stdout" if target == "-" else target
    click.echo(f"{shown}: {len(plans)} clusters, {nodes} nodes, {len(spec.shapes)} shapes", err=True)


def _write(text: str, target: str) -> None:
    """All or nothing: the file appears whole. Raises UserFault where it can't be written."""
    if target == "-":
        sys.stdout.write(text)
        return
    path = Path(target)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        problem = f"can't be written ({error.strerror})"
        raise UserFault("--output", target, problem, "Give a path you may write to.") from None

"""``myriarch clusters context``: kubectl contexts for simulated clusters, in the hub's kubeconfig.

A hub of ten thousand clusters doesn't write as many contexts; each is added when somebody wants it.
"""

from __future__ import annotations

from pathlib import Path

import click
import yaml

from myriarch.api.cluster import Cluster
from myriarch.apiserver.kubeconfig import USER, add_contexts
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask, kubeconfig_of
from myriarch.cli.target import Target, hub_options
from myriarch.client.refs import CLUSTERS


@click.command("context")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@hub_options
@click.pass_obj
def add_context(above: Target, names: tuple[str, ...], target: Target) -> None:
    """Add kubectl contexts for the simulated clusters NAME to the hub's kubeconfig."""
    chosen = target.over(above)
    path = kubeconfig_of(chosen)
    _require_ours(path)
    ask(chosen, lambda session: _require_there(session, names))
    add_contexts(path, names)
    for name in names:
        click.echo(f"kubectl --kubeconfig {path} --context {name} get nodes")


async def _require_there(session: Session, names: tuple[str, ...]) -> None:
    for name in names:
        await session.find(CLUSTERS, Cluster, name, "cluster")


def _require_ours(path: Path) -> None:
    """Raises UserFault for a file that the hub did not write: it would be written anew without what it holds."""
    users = yaml.safe_load(path.read_text()).get("users") or []
    if [user.get("name") for user in users] != [USER]:
        cure = "Give the one that 'myriarch hub' prints, with --kubeconfig."
        raise UserFault("kubeconfig", str(path), "is not the kubeconfig of an embedded hub", cure)

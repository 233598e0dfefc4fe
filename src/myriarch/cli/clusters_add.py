"""``myriarch clusters add``: a cluster that the hub calls, with a kubeconfig kept in a Secret of the hub.

The kubeconfig is cut down to the one context that is used, and what it refers to by path is put into it: the hub
follows no path in a Secret. Adding a cluster again replaces its kubeconfig.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from myriarch.api.cluster import Access as Reached
from myriarch.api.cluster import Cluster, ClusterSpec, Mode, SecretKey
from myriarch.api.environment import Environment
from myriarch.api.meta import ObjectMeta
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask
from myriarch.cli.labels import cluster_name, labels_of
from myriarch.cli.lazy import program
from myriarch.cli.target import Target
from myriarch.client.errors import NotFound
from myriarch.client.kubeconfig import flattened
from myriarch.client.refs import CLUSTERS, ENVIRONMENTS
from myriarch.imports.planning import SYSTEM_NAMESPACE
from myriarch.imports.writing import ensure_namespace, put_kubeconfig

FIELD_MANAGER: Final = "myriarch-cli"
KEY: Final = "kubeconfig"


@click.command("add")
@click.argument("name")
@click.option("--kubeconfig", "file", required=True, metavar="FILE", help="Kubeconfig of the cluster to add.")
@click.option("--context", default="", metavar="NAME", help="Context in it; its current one by default.")
@click.option("-e", "--environment", default="", metavar="NAME", help="Environment that it belongs to.")
@click.option("-l", "--label", "labels", multiple=True, metavar="KEY=VALUE", help="Label of the cluster; repeat it.")
@click.option("--allow-exec", is_flag=True, help="Take a kubeconfig that names a program; the hub must allow it too.")
@click.option("--hub-kubeconfig", default="", metavar="FILE", help="Kubeconfig of the hub.")
@click.option("--hub-context", default="", metavar="NAME", help="Context of the hub's kubeconfig.")
@click.pass_obj
def add_cluster(
    above: Target,
    name: str,
    file: str,
    context: str,
    environment: str,
    labels: tuple[str, ...],
    allow_exec: bool,
    hub_kubeconfig: str,
    hub_context: str,
) -> None:
    """Add the cluster NAME, which the hub reaches by a kubeconfig; it is only observed until 'clusters manage'."""
    cluster_name(name)
    config = flattened(Path(file), context, allow_exec=allow_exec)
    wanted = labels_of(labels)
    chosen = Target(hub_kubeconfig, hub_context).over(above)
    made = ask(chosen, lambda session: _add(session, name, environment, wanted, config))
    if made:
        click.echo(f"cluster/{name} added; it is only observed until you say '{program()} clusters manage {name}'")
    else:
        click.echo(f"cluster/{name}: its kubeconfig has been replaced")
    click.echo(f"How it fares: {program()} clusters describe {name}")


async def _add(session: Session, name: str, environment: str, labels: dict[str, str], config: bytes) -> bool:
    """Whether it is new."""
    known = await _known(session, name, environment)
    if known is None:
        if not environment:
            raise UserFault("--environment", "", "a new cluster needs one", "Name its environment.")
        await session.find(ENVIRONMENTS, Environment, environment, "--environment")
    key = known.spec.kubeconfig if known is not None else None
    key = key or SecretKey(namespace=SYSTEM_NAMESPACE, name=f"cluster-{name}", key=KEY)
    await ensure_namespace(session.client)
    where = {"namespace": key.namespace, "name": key.name, "key": key.key}
    await put_kubeconfig(session.client, where, config, FIELD_MANAGER)
    if known is not None:
        return False
    spec = ClusterSpec(environment=environment, access=Reached.PUSH, kubeconfig=key, mode=Mode.OBSERVE)
    made = Cluster(metadata=ObjectMeta(name=name, labels=labels), spec=spec)
    await session.client.create(CLUSTERS, made, field_manager=FIELD_MANAGER)
    return True


async def _known(session: Session, name: str, environment: str) -> Cluster | None:
    try:
        known = await session.client.get(CLUSTERS, Cluster, name)
    except NotFound:
        return None
    if known.spec.access is not Reached.PUSH:
        problem = f"the hub has a cluster of that name, reached by {known.spec.access}"
        raise UserFault("name", name, problem, "Choose another name, or delete that cluster first.")
    if environment not in ("", known.spec.environment):
        cure = "Leave --environment out to replace its kubeconfig."
        raise UserFault("--environment", environment, f"{name} belongs to {known.spec.environment}", cure)
    return known

"""``myriarch clusters join``: a cluster whose own agent calls the hub.

Run by an administrator of the hub. It makes the Cluster object, the agent's account with its few rights, and a
kubeconfig with a token that is good for an hour and one thing: becoming that agent. Joining again makes a new token,
for an agent that has lost its credential.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import click
import yaml

from myriarch.api.cluster import Access as Reached
from myriarch.api.cluster import Cluster, ClusterSpec, Mode
from myriarch.api.environment import Environment
from myriarch.api.meta import ObjectMeta
from myriarch.base.errors import UserFault
from myriarch.cli.connect import Session, ask, kubeconfig_of
from myriarch.cli.labels import cluster_name, labels_of
from myriarch.cli.lazy import program
from myriarch.cli.target import Target, hub_options
from myriarch.client.errors import NotFound
from myriarch.client.kubeconfig import Access, load_kubeconfig
from myriarch.client.proxy import LOOPBACK
from myriarch.client.refs import CLUSTERS, ENVIRONMENTS

VALID_SECONDS: Final = 3600
PRIVATE_FILE: Final = 0o600
FIELD_MANAGER: Final = "myriarch-cli"


@click.command("join")
@click.argument("name")
@click.option("-e", "--environment", default="", metavar="NAME", help="Environment that it belongs to.")
@click.option("-l", "--label", "labels", multiple=True, metavar="KEY=VALUE", help="Label of the cluster; repeat it.")
@click.option("--output-file", default="", metavar="FILE", help="Where the bootstrap kubeconfig goes.")
@click.option("--server", default="", metavar="URL", help="Address of the hub as the agent sees it.")
@hub_options
@click.pass_obj
def join_cluster(
    above: Target, name: str, environment: str, labels: tuple[str, ...], output_file: str, server: str, target: Target
) -> None:
    """Let the agent of the cluster NAME join the hub; it is only observed until 'clusters manage'."""
    chosen = target.over(above)
    file = Path(output_file or f"{cluster_name(name)}-bootstrap.kubeconfig")
    hub = load_kubeconfig(kubeconfig_of(chosen), chosen.context)
    address = server or _without_user(hub.server)
    if not address.startswith("https://") and urlsplit(address).hostname not in LOOPBACK:
        problem = "a token would go there unencrypted"
        raise UserFault("--server", address, problem, "Give the https address of the hub.")
    wanted = labels_of(labels)
    with _ready(file):
        token = ask(chosen, lambda session: _enrol(session, name, environment, wanted))
    _write(file, yaml.safe_dump(_kubeconfig(name, address, hub, token), sort_keys=False).encode())
    click.echo(f"cluster/{name} may join within {VALID_SECONDS // 60} minutes, once. Near that cluster, run:")
    click.echo(f"  {program()} agent --cluster {name} --bootstrap {file} --kubeconfig KUBECONFIG_OF_{name.upper()}")
    click.echo(f"It is only observed until you say '{program()} clusters manage {name}'.")


def _without_user(server: str) -> str:
    """The embedded hub writes its token into its address, for kubectl's sake: it is not for the agent."""
    parts = urlsplit(server)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


async def _enrol(session: Session, name: str, environment: str, labels: dict[str, str]) -> str:
    from myriarch.agent.enrol import enrol

    cluster = await _cluster(session, name, environment, labels)
    return await enrol(session.client, cluster, VALID_SECONDS)


async def _cluster(session: Session, name: str, environment: str, labels: dict[str, str]) -> Cluster:
    """The object, made where it is missing. Raises UserFault where it is another cluster's."""
    try:
        known = await session.client.get(CLUSTERS, Cluster, name)
    except NotFound:
        known = None
    if known is not None:
        if known.spec.access is not Reached.PULL:
            problem = f"the hub has a cluster of that name, reached by {known.spec.access}"
            raise UserFault("name", name, problem, "Choose another name, or delete that cluster first.")
        if environment not in ("", known.spec.environment):
            cure = "Leave --environment out to let its agent join again."
            raise UserFault("--environment", environment, f"{name} belongs to {known.spec.environment}", cure)
        return known
    if not environment:
        raise UserFault("--environment", "", "a new cluster needs one", "Name its environment.")
    await session.find(ENVIRONMENTS, Environment, environment, "--environment")
    spec = ClusterSpec(environment=environment, access=Reached.PULL, mode=Mode.OBSERVE)
    made = Cluster(metadata=ObjectMeta(name=name, labels=labels), spec=spec)
    return await session.client.create(CLUSTERS, made, field_manager=FIELD_MANAGER)


def _kubeconfig(name: str, server: str, hub: Access, token: str) -> dict[str, Any]:
    cluster: dict[str, Any] = {"server": server}
    if hub.ca_pem:
        cluster["certificate-authority-data"] = base64.b64encode(hub.ca_pem).decode()
    if hub.tls_server_name:
        cluster["tls-server-name"] = hub.tls_server_name
    user = f"bootstrap-{name}"
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "hub",
        "clusters": [{"name": "hub", "cluster": cluster}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": "hub", "context": {"cluster": "hub", "user": user}}],
    }


@contextmanager
def _ready(path: Path) -> Iterator[None]:
    """Raises UserFault where ``path`` can't be written, before anything is made at the hub. Where what follows fails,
    the file is as it was."""
    is_new = not path.exists()
    _write(path, b"", os.O_APPEND)
    try:
        yield
    except BaseException:
        if is_new:
            path.unlink(missing_ok=True)
        raise


def _write(path: Path, text: bytes, how: int = os.O_TRUNC) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | how, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, PRIVATE_FILE)
            file.write(text)
    except OSError as error:
        problem = error.strerror or "can't be written"
        raise UserFault("--output-file", str(path), problem, "Give a file that you may write.") from None

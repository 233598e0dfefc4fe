"""A hub and a management cluster, both embedded servers; ``clusters import`` from the one into the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Cli, Result, cli  # noqa: F401 (a fixture)
from tests.cli.server import Server
from tests.imports.stage import NAMESPACES, namespace

from myriarch.api.environment import Environment, EnvironmentClass, EnvironmentSpec
from myriarch.api.meta import ObjectMeta
from myriarch.client.objects import Raw
from myriarch.client.refs import CLUSTERS, ENVIRONMENTS
from myriarch.client.resource import SECRETS, ResourceRef

Import = Callable[..., Result]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Server]:
    """With environments ``prod`` and ``dev``."""
    folder = tmp_path / "hub"
    folder.mkdir()
    server = Server(folder)
    for order, name in enumerate(("dev", "prod")):
        spec = EnvironmentSpec(class_=EnvironmentClass.PRODUCTION, order=order)
        server.create(ENVIRONMENTS, Environment(metadata=ObjectMeta(name=name), spec=spec))
    yield server
    server.stop()


@pytest.fixture
def management(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "management"
    folder.mkdir()
    server = Server(folder)
    for name in ("fleet", "argocd", "inventory"):
        server.create(NAMESPACES, namespace(name))
    yield server
    server.stop()


@pytest.fixture
def put(management: Server) -> Callable[[ResourceRef, Raw], None]:
    """Into the management cluster."""

    def make(ref: ResourceRef, obj: Raw) -> None:
        management.create(ref, {key: value for key, value in obj.items() if key != "status"})
        if "status" in obj:
            name, where = obj["metadata"]["name"], obj["metadata"].get("namespace", "")
            status = {"status": obj["status"]}
            management.do(lambda client: client.patch(ref, dict, name, status, namespace=where, subresource="status"))

    return make


@pytest.fixture
def imports(cli: Cli, hub: Server, management: Server) -> Import:  # noqa: F811
    """``clusters import SOURCE`` into the hub; from the management cluster unless it is told of a file."""

    def run(source: str, *options: object, file: Path | None = None) -> Result:
        place = file or management.kubeconfig
        words = ("clusters", "import", source, "--from-kubeconfig", place, "--kubeconfig", hub.kubeconfig)
        return cli(*words, *options)

    return run


def lines(result: Result) -> dict[str, dict[str, Any]]:
    """Of ``--output json``, by name."""
    assert result.code == 0, result.err
    return {each["name"]: each for each in result.json["clusters"]}


def cluster(hub: Server, name: str) -> dict[str, Any]:
    return hub.get(CLUSTERS, name)


def kept(hub: Server, name: str) -> bytes:
    """The kubeconfig that the hub keeps of a cluster."""
    import base64

    found = hub.do(lambda client: client.get(SECRETS, dict, f"cluster-{name}", "myriarch-system"))
    return base64.b64decode(found["data"]["kubeconfig"])

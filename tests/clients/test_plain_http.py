"""Over plain HTTP, as `myriarch hub` speaks on loopback: clients get in with the kubeconfig that the hub wrote.

Those on aiohttp (kubernetes-asyncio, kopf) refuse by themselves a server's URL that holds the token which is the user's
too. They need TLS; the guide on access says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import kr8s
import kubernetes
import lightkube
import pytest
from lightkube.resources.core_v1 import Node
from tests.clients.house import KUBECTL, NODES, House
from tests.kubectl import Kubectl


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("plain"))
    yield house
    house.stop()


def by_kubectl(house: House) -> int:
    return len(Kubectl(KUBECTL, house.kubeconfig, "default", house.folder)("get", "nodes", "-o", "name").split())


def by_kubernetes(house: House) -> int:
    with kubernetes.config.new_client_from_config(str(house.kubeconfig)) as api:
        return len(kubernetes.client.CoreV1Api(api).list_node().items)


def by_kr8s(house: House) -> int:
    return len(list(kr8s.api(kubeconfig=str(house.kubeconfig)).get("nodes")))


def by_lightkube(house: House) -> int:
    client = lightkube.Client(config=lightkube.KubeConfig.from_file(str(house.kubeconfig)))
    return len(list(client.list(Node)))


@pytest.mark.parametrize("nodes", [by_kubectl, by_kubernetes, by_kr8s, by_lightkube])
def test_nodes_are_listed(plain: House, nodes: Callable[[House], int]) -> None:
    assert plain.url.startswith("http://127.0.0.1:")
    assert nodes(plain) == NODES

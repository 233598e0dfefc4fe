"""A client in the process meets the server as one over a socket does."""

from __future__ import annotations

from tests.apiserver.embedded import Api, run

from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.client.client import Client
from myriarch.client.resource import ResourceRef

ROLES = ResourceRef("rbac.authorization.k8s.io", "v1", "clusterroles", namespaced=False)


def test_names_that_are_quoted_on_their_way_are_found() -> None:
    async def main() -> None:
        client = Client(InProcessTransport(Api().server))
        kind = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole"}
        await client.create(ROLES, {**kind, "metadata": {"name": "myriarch:agent-a"}, "rules": []})
        found = await client.get(ROLES, dict, "myriarch:agent-a")
        assert found["metadata"]["name"] == "myriarch:agent-a"

    run(main)

"""Nodes of simulated clusters: rendered, watched, and written on by users without being stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.apiserver.embedded import APPLY, MERGE, Api, names, run
from tests.apiserver.fake_nodes import FakeNodes

from myriarch.apiserver.inprocess import InProcessTransport
from myriarch.apiserver.nodes import MAX_IDLE_SHELVES
from myriarch.apiserver.sqlite import SqliteJournal
from myriarch.apiserver.store import Store
from myriarch.client.http import Request

NODES = "/clusters/c1/api/v1/nodes"


def fleet() -> FakeNodes:
    return FakeNodes({"c1": {"n1": True, "n2": True}, "c2": {"m": True}})


def test_nodes_are_listed_and_selected() -> None:
    async def main() -> None:
        api = Api(nodes=fleet())
        assert names((await api.call("GET", NODES))[1]) == ["n1", "n2"]
        assert names((await api.call("GET", NODES, labelSelector="kubernetes.io/hostname=n2"))[1]) == ["n2"]
        assert names((await api.call("GET", NODES, fieldSelector="metadata.name=n1"))[1]) == ["n1"]
        found = names((await api.call("GET", "/clusters/c1/api/v1/namespaces"))[1])
        assert found == ["default", "kube-node-lease", "kube-public", "kube-system"]
        assert (await api.call("GET", "/clusters/c1/apis/test.io/v1/widgets"))[0] == 404
        in_process = InProcessTransport(api.server, cluster="c2")
        assert b'"name":"m"' in (await in_process.send(Request("GET", "/api/v1/nodes/m"))).body

    run(main)


def test_a_watch_follows_the_fleet() -> None:
    async def main() -> None:
        nodes = fleet()
        api = Api(nodes=nodes)
        _, listing = await api.call("GET", NODES)
        version = listing["metadata"]["resourceVersion"]
        events = await api.watch(NODES, resourceVersion=version)
        nodes.set("c1", "n1", False)
        nodes.set("c1", "n3", True)
        nodes.set("c1", "n2", None)
        expected = [("MODIFIED", "n1"), ("ADDED", "n3"), ("DELETED", "n2")]
        assert await events.names(3) == expected
        again = await api.watch(NODES, resourceVersion=version)
        assert await again.names(3) == expected
        assert names((await api.call("GET", NODES))[1]) == ["n1", "n3"]

    run(main)


def test_clusters_that_nobody_looks_at_cost_nothing() -> None:
    async def main() -> None:
        nodes = fleet()
        api = Api(nodes=nodes)
        before = api.store.version
        nodes.set("c1", "n1", False)
        assert nodes.rendered == 0
        assert api.store.version == before

    run(main)


def test_idle_clusters_are_forgotten_and_a_stale_watch_is_told() -> None:
    async def main() -> None:
        count = MAX_IDLE_SHELVES + 2
        nodes = FakeNodes({f"c{index}": {"n": True} for index in range(count)})
        api = Api(nodes=nodes)
        watched = await api.watch("/clusters/c0/api/v1/nodes")
        assert await watched.names(1) == [("ADDED", "n")]
        _, listing = await api.call("GET", NODES)
        for index in range(2, count):
            await api.call("GET", f"/clusters/c{index}/api/v1/nodes")
        nodes.set("c0", "n", False)
        assert await watched.names(1) == [("MODIFIED", "n")]
        stale = await api.watch(NODES, resourceVersion=listing["metadata"]["resourceVersion"])
        kind, status = await stale.next()
        assert (kind, status["code"]) == ("ERROR", 410)

    run(main)


def test_what_users_write_stays_on_the_node_through_changes_and_restarts(tmp_path: Path) -> None:
    async def main() -> None:
        nodes = fleet()
        api = Api(Store(SqliteJournal(tmp_path / "hub.db")), nodes=nodes)
        events = await api.watch(f"{NODES}", fieldSelector="metadata.name=n1")
        await events.next()
        taint = {"key": "mine", "effect": "NoExecute"}
        change = {
            "metadata": {"labels": {"team": "x", "topology.kubernetes.io/zone": None}},
            "spec": {"unschedulable": True, "taints": [taint]},
        }
        status, node = await api.call("PATCH", f"{NODES}/n1", change, media=MERGE)
        assert (status, node["metadata"]["labels"]) == (200, {"kubernetes.io/hostname": "n1", "team": "x"})
        kind, seen = await events.next()
        assert (kind, seen) == ("MODIFIED", node)
        nodes.set("c1", "n1", False)
        _, node = await api.call("GET", f"{NODES}/n1")
        assert [each["key"] for each in node["spec"]["taints"]] == ["node.kubernetes.io/not-ready", "mine"]
        await api.server.close()
        again = Api(Store(SqliteJournal(tmp_path / "hub.db")), nodes=nodes)
        _, node = await again.call("GET", f"{NODES}/n1")
        assert (node["spec"]["unschedulable"], node["metadata"]["labels"]["team"]) == (True, "x")
        await again.server.close()

    run(main)


def test_a_removed_node_takes_what_was_written_on_it_along() -> None:
    async def main() -> None:
        nodes = fleet()
        api = Api(nodes=nodes)
        await api.call("PATCH", f"{NODES}/n1", {"metadata": {"labels": {"team": "x"}}}, media=MERGE)
        nodes.set("c1", "n1", None)
        assert (await api.call("GET", f"{NODES}/n1"))[0] == 404
        nodes.set("c1", "n1", True)
        assert "team" not in (await api.call("GET", f"{NODES}/n1"))[1]["metadata"]["labels"]

    run(main)


def test_stale_writes_conflict_and_apply_works() -> None:
    async def main() -> None:
        nodes = fleet()
        api = Api(nodes=nodes)
        _, node = await api.call("GET", f"{NODES}/n1")
        nodes.set("c1", "n1", False)
        assert (await api.call("PUT", f"{NODES}/n1", node))[0] == 409
        applied = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "labels": {"team": "x"}}}
        status, node = await api.call("PATCH", f"{NODES}/n1", applied, media=APPLY, fieldManager="ann")
        assert (status, node["metadata"]["labels"]["team"]) == (200, "x")
        applied["metadata"]["labels"] = {"team": "y"}  # type: ignore[index]
        assert (await api.call("PATCH", f"{NODES}/n1", applied, media=APPLY, fieldManager="bob"))[0] == 409

    run(main)


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("DELETE", f"{NODES}/n1", None, 405),
        ("DELETE", NODES, None, 405),
        ("POST", NODES, {"metadata": {"name": "new"}}, 405),
        ("PATCH", f"{NODES}/n1", {"spec": {"providerID": "mine"}}, 422),
        ("PATCH", f"{NODES}/n1/status", {"status": {"phase": "x"}}, 422),
        ("GET", f"{NODES}/nowhere", None, 404),
    ],
)
def test_what_belongs_to_the_fleet_is_refused(method: str, path: str, body: object, code: int) -> None:
    async def main() -> None:
        api = Api(nodes=fleet())
        status, refusal = await api.call(method, path, body, media=MERGE if method == "PATCH" else "application/json")
        assert status == code, refusal
        assert refusal["message"]
        assert names((await api.call("GET", NODES))[1]) == ["n1", "n2"]

    run(main)

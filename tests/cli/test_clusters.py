"""Clusters: listed, described, and opened to kubectl."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from tests.cli.conftest import Cli
from tests.cli.server import Server

from myriarch.client import refs


def test_clusters_show_revisions_as_they_move(cli: Cli, server: Server) -> None:
    grant = {"component": "agent", "revision": "v2", "rollbackTo": "v1", "attempt": 1, "ceiling": 20}
    told = {"component": "agent", "attempt": 1, "revision": "v2", "updated": 12, "nodes": 100}
    patch = {"spec": {"components": [grant]}, "status": {"components": [told]}}

    async def write(client: Any) -> None:
        await client.patch(refs.CLUSTERS, dict, "prod-a", {"spec": patch["spec"]})
        await client.patch(refs.CLUSTERS, dict, "prod-a", {"status": patch["status"]}, subresource="status")

    server.do(write)
    text = cli("clusters").out
    assert text.splitlines()[0].split() == ["NAME", "ENVIRONMENT", "NODES", "READY", "AGENT", "CONNECTED"]
    assert "v1>v2 12/100" in text
    assert len(cli("clusters", "-e", "prod", "-o", "json").json["items"]) == 2
    assert "sim-a" not in cli("clusters", "-e", "prod").out
    described = cli("clusters", "describe", "prod-a").out
    assert "Forward to v2, at most 20 nodes, attempt 1" in described
    assert "12 updated" in described
    assert cli("clusters", "describe", "nope").code == 2
    assert cli("clusters", "-l", "a in (").code == 1


def test_a_context_is_added_to_the_hubs_kubeconfig_and_to_no_other(cli: Cli, server: Server, tmp_path: Path) -> None:
    result = cli("clusters", "context", "sim-a", "prod-b")
    assert result.code == 0, result.err
    assert len(result.out.splitlines()) == 2
    config = yaml.safe_load(server.kubeconfig.read_text())
    assert [each["name"] for each in config["contexts"]] == ["hub", "sim-a", "prod-b"]
    assert config["current-context"] == "hub"
    assert cli("clusters").code == 0
    assert cli("clusters", "context", "nope").code == 2
    config["users"].append({"name": "someone", "user": {}})
    other = tmp_path / "other"
    other.write_text(yaml.safe_dump(config))
    before = other.read_bytes()
    refused = cli("clusters", "context", "sim-a", "--kubeconfig", other)
    assert refused.code == 2
    assert "not the kubeconfig of an embedded hub" in refused.err
    assert other.read_bytes() == before

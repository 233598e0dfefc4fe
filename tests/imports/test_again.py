"""Importing again, colliding, choosing environments, dry runs: what the hub gets and what it never loses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import Cli
from tests.cli.server import Server
from tests.imports.conftest import Import, cluster, kept, lines
from tests.imports.stage import (
    CRDS,
    NAMESPACES,
    TOKEN,
    Put,
    capi_fleet,
    custom,
    definition,
    kubeconfig,
    namespace,
    secret,
)

from myriarch.client.client import Client
from myriarch.client.kubeconfig import access_of_bytes
from myriarch.client.refs import CLUSTERS
from myriarch.client.resource import SECRETS
from myriarch.imports import capi

REF = capi.REFS[0]
JSON = ("-e", "prod", "-o", "json")


@pytest.fixture
def fleet(put: Put) -> None:
    put(CRDS, definition(REF))
    capi_fleet(put)


@pytest.mark.usefixtures("fleet")
def test_a_dry_run_tells_all_and_writes_nothing(imports: Import, hub: Server) -> None:
    result = imports("capi", "-e", "prod", "--dry-run")
    assert result.code == 0
    heading, first = result.out.splitlines()[:2]
    assert heading.split() == ["NAME", "ACTION", "ACCESS", "ENVIRONMENT", "SERVER", "VERSION", "FROM", "WHY"]
    assert first.split()[:7] == ["east", "would", "add", "Push", "prod", "east.example:6443", "v1.34.2"]
    assert "2 would add, 2 skipped" in result.out
    assert hub.names(CLUSTERS) == []
    assert hub.names(SECRETS) == []


@pytest.mark.usefixtures("fleet")
def test_again_changes_nothing_and_then_what_has_changed(
    imports: Import, cli: Cli, hub: Server, management: Server
) -> None:
    imports("capi", *JSON)
    assert cli("clusters", "manage", "east", "--kubeconfig", hub.kubeconfig).code == 0
    before = cluster(hub, "east")["metadata"]["resourceVersion"]
    assert {line["action"] for line in lines(imports("capi", *JSON)).values()} == {"unchanged", "skip"}
    assert cluster(hub, "east")["metadata"]["resourceVersion"] == before

    labels = {"metadata": {"labels": {"tier": None, "size": "large"}}}
    management.do(lambda client: client.patch(REF, dict, "east", labels, namespace="fleet"))
    renewed = secret("x", "fleet", {"value": kubeconfig("west", {"token": "another"})})["data"]
    management.do(lambda client: client.patch(SECRETS, dict, "west-kubeconfig", {"data": renewed}, namespace="fleet"))
    told = lines(imports("capi", *JSON, "--dry-run"))
    assert (told["east"]["action"], told["east"]["why"]) == ("change", "labels")
    assert (told["west"]["action"], told["west"]["why"]) == ("change", "credentials")
    assert access_of_bytes(kept(hub, "west")).token == TOKEN

    imports("capi", *JSON)
    assert cluster(hub, "east")["metadata"]["labels"] == {"env": "prod", "size": "large"}
    assert cluster(hub, "east")["spec"]["mode"] == "Manage", "an import never takes a cluster back"
    assert access_of_bytes(kept(hub, "west")).token == "another"
    assert {line["action"] for line in lines(imports("capi", *JSON)).values()} == {"unchanged", "skip"}


@pytest.mark.usefixtures("fleet")
def test_what_vanishes_is_told_and_kept(imports: Import, hub: Server, management: Server) -> None:
    imports("capi", *JSON)
    management.do(lambda client: client.delete(REF, "east", "fleet"))
    gone = lines(imports("capi", *JSON))["east"]
    assert gone["action"] == "gone"
    assert "until somebody deletes it" in gone["why"]
    assert cluster(hub, "east")
    assert "east" not in lines(imports("capi", *JSON, "-l", "env=prod")), "of a part nothing can be said"


@pytest.mark.usefixtures("fleet")
def test_labels_changed_on_the_hub_are_not_overwritten(imports: Import, hub: Server) -> None:
    imports("capi", *JSON)
    mine = {"metadata": {"labels": {"tier": "mine"}}}
    hub.do(lambda client: client.patch(CLUSTERS, dict, "east", mine, field_manager="kubectl-edit"))
    line = lines(imports("capi", *JSON))["east"]
    assert line["action"] == "skip"
    assert "kubectl-edit" in line["why"]
    assert cluster(hub, "east")["metadata"]["labels"]["tier"] == "mine"


@pytest.mark.usefixtures("fleet")
def test_two_of_one_name_are_refused_with_both_named(
    imports: Import, hub: Server, management: Server, put: Put
) -> None:
    management.create(NAMESPACES, namespace("other"))
    put(REF, custom(REF, "east", {}, {"phase": "Provisioned"}, namespace="other"))
    put(SECRETS, secret("east-kubeconfig", "other", {"value": kubeconfig("east")}))
    refused = imports("capi", "-e", "prod")
    assert refused.code == 2
    assert "/fleet/east and " in refused.err
    assert "/other/east " in refused.err
    assert hub.names(CLUSTERS) == []
    assert imports("capi", "-e", "prod", "--from-namespace", "fleet").code == 0
    second = ("capi", "-e", "prod", "--from-namespace", "other")
    assert "/fleet/east" in imports(*second).err
    assert imports(*second, "--name-prefix", "other-").code == 0
    assert sorted(hub.names(CLUSTERS)) == ["east", "other-east", "west"]


def test_a_cluster_that_was_not_imported_is_never_taken_over(imports: Import, hub: Server, tmp_path: Path) -> None:
    hub.cluster("a", 3, "prod")
    file = tmp_path / "config"
    file.write_text(kubeconfig("a"))
    refused = imports("kubeconfig", "-e", "prod", file=file)
    assert refused.code == 2
    assert "was not imported" in refused.err
    assert cluster(hub, "a")["spec"].get("access", "Embedded") == "Embedded"


def test_a_context_of_the_same_name_in_another_file_is_another_cluster(
    imports: Import, hub: Server, tmp_path: Path
) -> None:
    file = tmp_path / "config"
    file.write_text(kubeconfig("a"))
    assert imports("kubeconfig", "-e", "prod", file=file).code == 0
    config = yaml.safe_load(kubeconfig("a"))
    config["clusters"][0]["cluster"]["server"] = "https://elsewhere:6443"
    file.write_text(yaml.safe_dump(config))
    assert imports("kubeconfig", "-e", "prod", file=file).code == 2
    assert access_of_bytes(kept(hub, "a")).server == "https://a.example:6443"


@pytest.mark.usefixtures("fleet")
def test_a_cluster_is_not_imported_twice_under_two_names(imports: Import, hub: Server) -> None:
    imports("capi", *JSON)
    again = lines(imports("capi", *JSON, "--name-prefix", "other-"))["other-east"]
    assert (again["action"], again["why"]) == ("skip", "the hub has it already, as east")
    assert sorted(hub.names(CLUSTERS)) == ["east", "west"]


@pytest.mark.usefixtures("fleet")
def test_environments(imports: Import, hub: Server, management: Server) -> None:
    none = lines(imports("capi", "-o", "json", "--dry-run"))["east"]
    assert (none["action"], none["why"]) == ("skip", "give --environment")
    dev, lost = {"metadata": {"labels": {"env": "dev"}}}, {"metadata": {"labels": {"env": "lost"}}}
    management.do(lambda client: client.patch(REF, dict, "west", dev, namespace="fleet"))
    by_label = ("capi", "--environment-from-label", "env", "-o", "json")
    found = lines(imports(*by_label))
    assert (found["east"]["environment"], found["west"]["environment"]) == ("prod", "dev")
    management.do(lambda client: client.patch(REF, dict, "east", lost, namespace="fleet"))
    assert "'lost'. Give one of: dev, prod." in lines(imports(*by_label))["east"]["why"]
    assert "can't change" in lines(imports("capi", *JSON))["west"]["why"]
    assert cluster(hub, "west")["spec"]["environment"] == "dev"


@pytest.mark.usefixtures("fleet")
def test_imported_clusters_are_listed_and_described(imports: Import, cli: Cli, hub: Server) -> None:
    imports("capi", "-e", "prod")
    hub.cluster("here", 3, "prod")
    condition = {"type": "Connected", "status": "False", "reason": "Unreachable", "message": "It does not answer."}

    async def tell(client: Client) -> None:
        status = {"status": {"conditions": [condition]}}
        await client.patch(CLUSTERS, dict, "east", status, subresource="status")

    hub.do(tell)
    rows = [line.split() for line in cli("clusters", "--kubeconfig", hub.kubeconfig).out.splitlines()]
    assert rows[0] == ["NAME", "ENVIRONMENT", "NODES", "READY", "CONNECTED", "ACCESS", "MODE", "TROUBLE"]
    assert rows[1] == ["east", "prod", "0", "0", "False", "Push", "Observe", "Unreachable"]
    assert rows[2][-3:] == ["Embedded", "Manage", "<none>"]
    text = cli("clusters", "describe", "east", "--kubeconfig", hub.kubeconfig).out
    assert re.search(r"^Access: +Push, Observe$", text, re.MULTILINE)
    assert re.search(r"^Kubeconfig: +Secret myriarch-system/cluster-east, key kubeconfig$", text, re.MULTILINE)
    assert re.search(r"^Imported from: +capi:127.0.0.1:[0-9]+/fleet/east$", text, re.MULTILINE)
    assert "Connected: False Unreachable It does not answer." in text

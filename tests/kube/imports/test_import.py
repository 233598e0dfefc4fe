"""``clusters import`` on real API servers: every source, again, without rights, and up to a cluster that answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.conftest import Cli, cli  # noqa: F401 (a fixture)
from tests.kube.agent.house import CLUSTERS, Program, eventually
from tests.kube.control_plane import ControlPlane
from tests.kube.imports.conftest import FLEETS
from tests.kube.rest import RequestFailed

from myriarch.client.resource import HUB
from myriarch.imports import capi

pytestmark = pytest.mark.kube
IMPORTED = {
    "capi": {"east", "west"},
    "argocd": {"token", "certificate"},
    "ocm": {"edge-1"},
    "clusterprofile": {"one", "two", "three", "four"},
}


@pytest.mark.parametrize("source", list(FLEETS))
def test_from_a_real_server_to_a_real_hub(plane: ControlPlane, cli: Cli, source: str) -> None:  # noqa: F811
    """What a dry run says is what is done, and doing it again changes nothing."""
    file = plane.admin_kubeconfig
    words = ("clusters", "import", source, "--from-kubeconfig", file, "--kubeconfig", file, "-e", "prod", "-o", "json")

    def actions(*options: str) -> dict[str, str]:
        result = cli(*words, *options)
        assert result.code == 0, result.err
        return {line["name"]: line["action"] for line in result.json["clusters"] if line["action"] != "skip"}

    wanted = IMPORTED[source]
    assert actions("--dry-run") == dict.fromkeys(wanted, "add")
    assert not any(plane.admin.is_ok(f"{CLUSTERS}/{name}") for name in wanted)
    assert actions() == dict.fromkeys(wanted, "add")
    for name in wanted:
        assert plane.admin.get(f"{CLUSTERS}/{name}")["spec"]["mode"] == "Observe"
    assert actions() == dict.fromkeys(wanted, "unchanged")
    label = {"metadata": {"labels": {"added-by": "somebody"}}}
    name = min(wanted)
    plane.admin.merge(f"{CLUSTERS}/{name}", label)
    assert actions() == dict.fromkeys(wanted, "unchanged"), "others may label clusters too"


def test_what_changes_is_changed_and_the_mode_is_kept(plane: ControlPlane, cli: Cli) -> None:  # noqa: F811
    """Over a real server-side apply: labels that the source drops go, nobody else's do, and a mode stays."""
    hub = plane.admin_kubeconfig
    words = ("clusters", "import", "capi", "--from-kubeconfig", hub, "--kubeconfig", hub, "-e", "prod")
    assert cli(*words).code == 0
    name = "east"
    for mode, word in (("Manage", "manage"), ("Observe", "observe"), ("Manage", "manage")):
        assert cli("clusters", word, name, "--kubeconfig", hub).code == 0
        source = capi.REFS[0].path(HUB, "fleet", "east")
        plane.admin.merge(source, {"metadata": {"labels": {"env": None if mode == "Observe" else "prod", "is": mode}}})
        done = cli(*words, "-o", "json")
        assert done.code == 0, done.err
        assert {line["name"]: line["action"] for line in done.json["clusters"]}[name] == "change"
        made = plane.admin.get(f"{CLUSTERS}/{name}")
        assert made["spec"]["mode"] == mode
        assert made["metadata"]["labels"].get("is") == mode
        assert ("env" in made["metadata"]["labels"]) == (mode == "Manage")


def test_an_imported_cluster_joins(plane: ControlPlane, cli: Cli, tmp_path: Path) -> None:  # noqa: F811
    """What Open Cluster Management knows is reached by pull: the next step that is printed works."""
    hub = plane.admin_kubeconfig
    words = ("clusters", "import", "ocm", "--from-kubeconfig", hub, "--kubeconfig", hub, "-e", "prod")
    if plane.admin.is_ok(f"{CLUSTERS}/edge-1"):
        plane.admin.delete(f"{CLUSTERS}/edge-1")
    done = cli(*words)
    assert "clusters join edge-1" in done.out, done.err
    file = tmp_path / "bootstrap"
    joined = cli("clusters", "join", "edge-1", "--kubeconfig", hub, "--output-file", file)
    assert joined.code == 0, joined.err
    assert file.exists()


@pytest.mark.parametrize(("source", "what"), [("capi", "clusters.cluster.x-k8s.io"), ("argocd", "secrets")])
def test_without_rights(plane: ControlPlane, cli: Cli, source: str, what: str) -> None:  # noqa: F811
    token = plane.token_for("default", "nobody")
    poor = plane.kubeconfig_with_token("nobody", token)
    hub = plane.admin_kubeconfig
    refused = cli("clusters", "import", source, "--from-kubeconfig", poor, "--kubeconfig", hub, "-e", "prod")
    assert refused.code == 2
    assert f"may not list {what}" in refused.err
    assert "Give that account the right" in refused.err
    assert token not in refused.err


def test_a_bad_selector(plane: ControlPlane, cli: Cli) -> None:  # noqa: F811
    file = plane.admin_kubeconfig
    words = ("clusters", "import", "ocm", "--from-kubeconfig", file, "--kubeconfig", file, "-l", "a in (")
    refused = cli(*words)
    assert refused.code == 2
    assert refused.err.startswith("error: --selector: 'a in (': is no label selector.")


def test_an_imported_cluster_is_reached(plane: ControlPlane, cli: Cli, tmp_path: Path) -> None:  # noqa: F811
    """A context of a kubeconfig becomes a cluster that the controllers see into."""
    config: dict[str, Any] = yaml.safe_load(plane.admin_kubeconfig.read_text())
    config["contexts"][0]["name"] = config["current-context"] = "Real@Site"
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(config))
    hub = plane.admin_kubeconfig
    done = cli("clusters", "import", "kubeconfig", "--from-kubeconfig", file, "--kubeconfig", hub, "-e", "prod")
    assert done.code == 0, done.err
    assert "clusters manage real-site" in done.out
    program = Program(tmp_path / "log", "controllers", "--kubeconfig", hub, "--replica", "imports")
    try:
        eventually(lambda: version_of(plane, "real-site"), lambda: program.text)
    finally:
        program.stop()
    assert version_of(plane, "real-site").startswith("v1.34")


def version_of(plane: ControlPlane, name: str) -> str:
    try:
        return str(plane.admin.get(f"{CLUSTERS}/{name}").get("status", {}).get("kubernetesVersion", ""))
    except RequestFailed:
        return ""

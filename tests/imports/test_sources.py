"""Each source: what of it is imported, how it is reached, and why the rest is not."""

from __future__ import annotations

from pathlib import Path

import yaml
from tests.cli.server import Server
from tests.imports.conftest import Import, cluster, kept, lines
from tests.imports.stage import (
    CA,
    CRDS,
    TOKEN,
    Put,
    argocd_fleet,
    capi_fleet,
    definition,
    kubeconfig,
    ocm_fleet,
    profile_definition,
    profile_fleet,
)

from myriarch.client.kubeconfig import access_of_bytes
from myriarch.client.refs import CLUSTERS
from myriarch.imports import capi, ocm

JSON = ("-e", "prod", "-o", "json")


def test_kubeconfig(imports: Import, hub: Server, tmp_path: Path) -> None:
    """Contexts become clusters; what they name by path is put in; programs are refused, each for itself."""
    (tmp_path / "ca.crt").write_bytes(b"an authority")
    (tmp_path / "token").write_text("of-a-file\n")
    config = yaml.safe_load(kubeconfig("Alpha_1", {"tokenFile": "token"}, **{"certificate-authority": "ca.crt"}))
    config["users"] += [
        {"name": "aws", "user": {"exec": {"command": "aws"}}},
        {"name": "basic", "user": {"username": "me", "password": TOKEN}},
    ]
    config["contexts"] += [
        {"name": "eks", "context": {"cluster": "c", "user": "aws"}},
        {"name": "basic", "context": {"cluster": "c", "user": "basic"}},
        {"name": "lost", "context": {"cluster": "nowhere", "user": "u"}},
    ]
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(config))
    found = lines(imports("kubeconfig", *JSON, file=file))
    assert {name: line["action"] for name, line in found.items()} == {
        "alpha-1": "add",
        "eks": "skip",
        "basic": "skip",
        "lost": "skip",
    }
    assert "not run" in found["eks"]["why"]
    assert "service account" in found["eks"]["why"]
    assert "import again" in found["alpha-1"]["why"]
    access = access_of_bytes(kept(hub, "alpha-1"))
    assert (access.server, access.ca_pem, access.token) == (
        "https://Alpha_1.example:6443",
        b"an authority",
        "of-a-file",
    )
    made = cluster(hub, "alpha-1")
    assert made["spec"]["mode"] == "Observe"
    assert made["spec"]["access"] == "Push"
    assert made["metadata"]["annotations"]["myriarch.io/imported-from"] == "kubeconfig:Alpha_1@Alpha_1.example:6443"


def test_chosen_contexts_only(imports: Import, tmp_path: Path) -> None:
    config = yaml.safe_load(kubeconfig("a"))
    config["contexts"] += [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in ("b", "c")]
    file = tmp_path / "config"
    file.write_text(yaml.safe_dump(config))
    found = lines(imports("kubeconfig", *JSON, "--from-context", "a", "--from-context", "c", file=file))
    assert list(found) == ["a", "c"]


def test_cluster_api(imports: Import, hub: Server, put: Put) -> None:
    put(CRDS, definition(capi.REFS[0]))
    capi_fleet(put)
    found = lines(imports("capi", *JSON))
    assert found["east"]["action"] == found["west"]["action"] == "add"
    assert found["east"]["kubernetesVersion"] == "v1.34.2"
    assert found["east"]["server"] == "east.example:6443"
    assert "Provisioning" in found["new"]["why"]
    assert "fleet/bare-kubeconfig is not there" in found["bare"]["why"]
    assert cluster(hub, "east")["metadata"]["labels"] == {"env": "prod", "tier": "gold"}
    assert access_of_bytes(kept(hub, "west")).token == TOKEN


def test_cluster_api_of_the_older_version(imports: Import, put: Put) -> None:
    put(CRDS, definition(capi.REFS[1]))
    capi_fleet(put, capi.REFS[1])
    assert lines(imports("capi", *JSON, "--dry-run"))["east"]["action"] == "add"


def test_argo_cd(imports: Import, hub: Server, put: Put) -> None:
    argocd_fleet(put)
    found = lines(imports("argocd", *JSON))
    assert {name: line["action"] for name, line in found.items()} == {
        "token": "add",
        "certificate": "add",
        "in-cluster": "skip",
        "eks": "skip",
        "exec": "skip",
        "basic": "skip",
    }
    for name in ("eks", "exec", "basic"):
        assert "clusters add" in found[name]["why"]
    assert "some namespaces" in found["certificate"]["why"]
    assert found["token"]["labels"] == {"tier": "gold"}
    access = access_of_bytes(kept(hub, "token"))
    assert (access.token, access.tls_server_name) == (TOKEN, "api.example")
    assert access_of_bytes(kept(hub, "certificate")).key_pem == b"a certificate"


def test_open_cluster_management(imports: Import, hub: Server, put: Put) -> None:
    """No credentials are there: its clusters join by pull."""
    put(CRDS, definition(ocm.REFS[0]))
    ocm_fleet(put)
    text = imports("ocm", "-e", "prod").out
    assert "clusters join edge-1" in text
    assert "hubAcceptsClient" in text
    made = cluster(hub, "edge-1")
    assert made["spec"]["access"] == "Pull"
    assert "kubeconfig" not in made["spec"]
    assert made["metadata"]["labels"] == {"cloud": "Amazon", "region.open-cluster-management.io": "eu"}
    line = lines(imports("ocm", *JSON))["edge-1"]
    assert (line["action"], line["kubernetesVersion"], line["server"]) == (
        "unchanged",
        "v1.33.1",
        "edge-1.example:6443",
    )


def test_cluster_profiles(imports: Import, hub: Server, put: Put) -> None:
    """By push where a Secret beside the profile has what is needed; a Secret elsewhere is not read."""
    put(CRDS, profile_definition())
    profile_fleet(put)
    found = lines(imports("clusterprofile", *JSON))
    assert {name: line["access"] for name, line in found.items() if line["action"] == "add"} == {
        "one": "Push",
        "two": "Push",
        "three": "Pull",
        "four": "Pull",
    }
    assert "kube-system" in found["four"]["why"]
    assert "Myriarch published it" in found["five"]["why"]
    assert access_of_bytes(kept(hub, "one")).server == "https://one.example:6443"
    two = yaml.safe_load(kept(hub, "two"))
    assert two["clusters"][0]["cluster"] == {"server": "https://two.example:6443", "certificate-authority-data": CA}
    assert two["users"][0]["user"] == {"token": TOKEN}
    labels = cluster(hub, "three")["metadata"]["labels"]
    assert labels == {"env": "prod", "topology.kubernetes.io/region": "eu-1"}
    assert len(hub.names(CLUSTERS)) == 4
